//! Files. Every error names the path.

use std::fs::{self, File, TryLockError};
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

/// The text of a file, whatever bytes are in it.
pub fn read_lossy(path: &Path) -> std::io::Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// The whole text of standard input.
pub fn read_standard_input() -> anyhow::Result<String> {
    Ok(std::io::read_to_string(std::io::stdin())?)
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

/// A log file that is open for writing.
#[derive(Debug)]
pub struct LogFile {
    /// The open file.
    pub file: File,
    /// Its path.
    pub path: PathBuf,
}

/// An empty log file, `NAME.log`; beside another run that is still writing there, `NAME-2.log` and so on.
pub fn create_log(folder: &Path, name: &str) -> anyhow::Result<LogFile> {
    let shell = Shell::new()?;
    if !folder.is_dir() {
        shell.create_dir(folder)?;
        // Our own log must not make a tree dirty, whatever the repository ignores.
        shell.write_file(folder.join(".gitignore"), "*\n")?;
    }
    let mut path = folder.join(format!("{name}.log"));
    let mut number = 1;
    loop {
        let cannot = |error: std::io::Error| anyhow::anyhow!("cannot write `{}`: {error}", path.display());
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
        // A link to a device is nobody's own.
        if !file.metadata().map_err(cannot)?.is_file() {
            return Ok(LogFile { file, path });
        }
        // The lock goes with the process. A file system without locks is as good as a lock that nobody holds.
        if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            file.set_len(0).map_err(cannot)?;
            return Ok(LogFile { file, path });
        }
        number += 1;
        path = folder.join(format!("{name}-{number}.log"));
    }
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
