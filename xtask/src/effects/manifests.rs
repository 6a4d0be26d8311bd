//! Finds the YAML files of a repository that can be manifests.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::fs::open_listed;
use crate::domain::minikube::manifests::{may_be_manifest, may_hold_manifests};
use shown::shown_path;

/// Returns every YAML file that can be a manifest, in order: its path below the root, and its content.
pub fn yaml_files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let name = shown_path(entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() {
                if may_hold_manifests(&name) {
                    waiting.push(path);
                }
                continue;
            }
            // A file of unknown size is read.
            if !may_be_manifest(&path, entry.metadata().map_or(0, |facts| facts.len())) {
                continue;
            }
            let mut text = Vec::new();
            if open_listed(&path).is_ok_and(|mut file| file.read_to_end(&mut text).is_ok()) {
                let shown = shown_path(path.strip_prefix(root).unwrap_or(&path));
                found.push((shown, text));
            }
        }
    }
    found.sort();
    found
}
