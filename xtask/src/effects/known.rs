//! The values of declared secrets on this machine: in the environment, and in `.env*` files beside the components.

use std::fs;
use std::path::Path;

use crate::domain::build_arg::{HiddenValue, is_declared_secret};
use crate::domain::secrets::{environment, plain_text};

/// Files larger than this are no settings, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Names with their values, each as often as it is found; `folders` are relative to the root.
pub fn values(root: &Path, folders: &[&str], declared: &[String]) -> Vec<(String, HiddenValue)> {
    let mut found = in_environment(declared);
    for folder in std::iter::once("").chain(folders.iter().copied()) {
        found.extend(in_folder(&root.join(folder), declared));
    }
    found
}

/// Those of the environment.
pub fn in_environment(declared: &[String]) -> Vec<(String, HiddenValue)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| is_declared_secret(name, declared))
        .map(|(name, value)| (name, HiddenValue::new(value)))
        .collect()
}

fn in_folder(folder: &Path, declared: &[String]) -> Vec<(String, HiddenValue)> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".env"));
    let texts = files.filter_map(|entry| {
        // Links are followed: tools that read such a file do so, too.
        let small = fs::metadata(entry.path()).is_ok_and(|facts| facts.is_file() && facts.len() <= LARGEST);
        small.then(|| fs::read(entry.path()).ok()).flatten()
    });
    let mut found = Vec::new();
    for text in texts {
        let settings = environment(&plain_text(&text));
        let declared = settings.into_iter().filter(|(name, _)| is_declared_secret(name, declared));
        found.extend(declared.map(|(name, value)| (name, HiddenValue::new(value))));
    }
    found
}
