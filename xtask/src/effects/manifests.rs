//! The YAML files of a repository.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::fs::open_listed;
use shown::shown_path;

/// Larger files are no manifests, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Folders whose content is not the repository's own.
const FOREIGN: [&str; 4] = ["node_modules", "target", "venv", "vendor"];

/// Every YAML file with its path below the root and its content, in order.
pub fn yaml_files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() {
                // A folder of workflows and the like holds no manifests.
                if !name.starts_with('.') && !FOREIGN.contains(&name.as_str()) {
                    waiting.push(path);
                }
                continue;
            }
            let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
            if !yaml || entry.metadata().is_ok_and(|facts| facts.len() > LARGEST) {
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
