//! Finds the YAML files of a repository that can be manifests.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::fs::open_listed;
use crate::domain::manifests::{is_read, may_be_manifest, may_hold_manifests};
use shown::shown_path;

/// The YAML files below a root that can be manifests, by their paths below it, in order.
#[derive(Debug, Default)]
pub struct YamlFiles {
    /// Files with their content.
    pub read: Vec<(String, Vec<u8>)>,
    /// Files that are too large to be read.
    pub too_large: Vec<String>,
}

/// Reads every YAML file that can be a manifest.
pub fn yaml_files(root: &Path) -> YamlFiles {
    let mut found = YamlFiles::default();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if may_hold_manifests(&shown_path(&name)) {
                    waiting.push(folder.join(name));
                }
                continue;
            }
            if !may_be_manifest(Path::new(&name)) {
                continue;
            }
            let path = folder.join(name);
            let shown = shown_path(path.strip_prefix(root).unwrap_or(&path));
            // A file whose size is not known is read.
            if !is_read(entry.metadata().map_or(0, |facts| facts.len())) {
                found.too_large.push(shown);
                continue;
            }
            let mut text = Vec::new();
            if open_listed(&path).is_ok_and(|mut file| file.read_to_end(&mut text).is_ok()) {
                found.read.push((shown, text));
            }
        }
    }
    found.read.sort();
    found.too_large.sort();
    found
}
