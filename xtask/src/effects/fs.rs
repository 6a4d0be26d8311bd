//! Files. Every error names the path.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use xshell::Shell;

use crate::domain::paths::PathFacts;

/// Looks for a file in a folder and in each folder above it.
pub fn find_upwards(start: &Path, name: &str) -> Option<PathBuf> {
    start.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The text of a file.
pub fn read_text(path: &Path) -> anyhow::Result<String> {
    Ok(Shell::new()?.read_file(path)?)
}

/// What the disk says about a path below `root`, links resolved.
pub fn path_facts(root: &Path, relative: &str) -> PathFacts {
    let (Ok(root), Ok(path)) = (root.canonicalize(), root.join(relative).canonicalize()) else {
        return PathFacts::Missing;
    };
    if path == root {
        PathFacts::Root
    } else if path.starts_with(&root) {
        PathFacts::Inside { folder: path.is_dir() }
    } else {
        PathFacts::Outside
    }
}

/// A new, empty file; its folders are made.
pub fn create_file(path: &Path) -> anyhow::Result<File> {
    if let Some(folder) = path.parent() {
        Shell::new()?.create_dir(folder)?;
    }
    File::create(path).map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", path.display()))
}

/// Whether `path` exists and is not older than `other`.
pub fn is_as_new_as(path: &Path, other: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|facts| facts.modified()).ok();
    match (modified(path), modified(other)) {
        (Some(path), Some(other)) => path >= other,
        _ => false,
    }
}

/// Whether there is a file or a link to one.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}
