//! The values of declared secrets on this machine: in the environment, and in environment files beside the components.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::build_arg::{HiddenValue, is_declared_secret};
use crate::domain::secrets::{
    ENVIRONMENT_FOLDERS, EnvironmentFile, EnvironmentValues, TooLong, environment_values, is_environment_file,
    plain_text,
};

/// Files larger than this are no settings, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What is known.
#[derive(Debug, Default)]
pub struct Known {
    /// Names with their values, one for each reading that differs.
    pub values: Vec<(String, HiddenValue)>,
    /// The environment files that were read, relative to the root.
    pub files: Vec<PathBuf>,
    /// Values that refer to too much, with their files.
    pub too_long: Vec<(PathBuf, TooLong)>,
}

/// The values of the declared names; `folders` are relative to the root, and so are paths in the answer.
pub fn known(root: &Path, folders: &[&str], declared: &[String]) -> Known {
    let mut known = Known { values: in_environment(declared), ..Known::default() };
    for folder in std::iter::once("").chain(folders.iter().copied()) {
        in_folder(root, Path::new(folder), declared, &mut known);
    }
    known.values.sort_by(|first, second| (&first.0, first.1.reveal()).cmp(&(&second.0, second.1.reveal())));
    known.values.dedup();
    known
}

/// Those of the environment.
pub fn in_environment(declared: &[String]) -> Vec<(String, HiddenValue)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| is_declared_secret(name, declared))
        .map(|(name, value)| (name, HiddenValue::new(value)))
        .collect()
}

fn in_folder(root: &Path, folder: &Path, declared: &[String], known: &mut Known) {
    let (mut paths, mut files) = (Vec::new(), Vec::new());
    for path in environment_files(root, folder) {
        // Links are followed: tools that read such a file do so, too.
        let small = fs::metadata(root.join(&path)).is_ok_and(|facts| facts.is_file() && facts.len() <= LARGEST);
        if let Some(text) = small.then(|| fs::read(root.join(&path)).ok()).flatten() {
            files.push(EnvironmentFile::parse(&plain_text(&text)));
            paths.push(path);
        }
    }
    let wanted = |name: &str| is_declared_secret(name, declared);
    let found = environment_values(&files, &wanted, &|name| std::env::var(name).ok());
    for (path, EnvironmentValues { values, too_long }) in paths.iter().zip(found) {
        known.values.extend(values.into_iter().map(|(name, value)| (name, HiddenValue::new(value))));
        known.too_long.extend(too_long.into_iter().map(|too_long| (path.clone(), too_long)));
    }
    known.files.extend(paths);
}

/// The environment files of a folder by their names, and all files of folders that hold nothing else, in order; relative
/// to the root.
fn environment_files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(current) = waiting.pop() {
        for entry in fs::read_dir(root.join(&current)).into_iter().flatten().filter_map(Result::ok) {
            let (path, name) = (current.join(entry.file_name()), entry.file_name());
            let name = name.to_string_lossy();
            // No link to a folder is followed, which could lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if current != folder || ENVIRONMENT_FOLDERS.contains(&name.as_ref()) {
                    waiting.push(path);
                }
            } else if current != folder || is_environment_file(&name) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
