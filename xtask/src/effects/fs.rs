//! Opens, reads and writes files.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use process::Log;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use xshell::Shell;

use crate::domain::paths::PathFacts;
use shown::shown_path;

/// Looks for a file in a folder and in each folder above it.
pub fn find_upwards(start: &Path, name: &str) -> Option<PathBuf> {
    start.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file does not exist, or has disappeared.
    #[error("there is no such file")]
    Gone,
    /// The path is not a file: reading could wait for ever, or act on a device. Holds what it is.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// Any other error of the system.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A parent folder became a file, or a file became a link, so the former file has disappeared.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::StaleNetworkFileHandle => {
                Self::Gone
            }
            _ => Self::Io(error),
        }
    }
}

/// Opens a file; follows links. Use it for every path that may be a pipe or a device: those are refused, and opening
/// never waits.
///
/// # Errors
///
/// A [`FileError`] if there is no file at the path, or it cannot be opened.
pub fn open_file(path: &Path) -> Result<File, FileError> {
    Ok(open(path, OFlags::empty(), |path| fs::metadata(path))?.0)
}

/// Opens a file that a walk has found. A link in its place counts as missing, since walks do not follow links.
///
/// # Errors
///
/// A [`FileError`] if the file has disappeared or become something else, or cannot be opened.
pub fn open_listed(path: &Path) -> Result<File, FileError> {
    Ok(open(path, OFlags::NOFOLLOW, |path| fs::symlink_metadata(path))?.0)
}

/// Opens a file; returns it with its size.
fn open(path: &Path, flags: OFlags, facts: fn(&Path) -> io::Result<Metadata>) -> Result<(File, u64), FileError> {
    let only_files = |facts: &Metadata| match file_type(facts.file_type()) {
        None => Ok(()),
        Some("a link") => Err(FileError::Gone),
        Some(other) => Err(FileError::NotAFile(other)),
    };
    // Opening a device may already act on it, so the type is checked before; it is checked again afterwards, in case
    // the file was replaced.
    only_files(&facts(path)?)?;
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::LOOP) => return Err(FileError::Gone),
        Err(error) => return Err(io::Error::from(error).into()),
        Ok(file) => File::from(file),
    };
    let facts = file.metadata()?;
    only_files(&facts)?;
    Ok((file, facts.len()))
}

/// Describes something that is not a file; none for a file.
fn file_type(kind: fs::FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_symlink() {
        Some("a link")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

/// Limit on the memory that is reserved for a file before it is read, in bytes.
const LARGEST_HINT: u64 = 1024 * 1024;

/// Reads a file.
///
/// # Errors
///
/// A [`FileError`] if the file cannot be opened or read.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let (file, size) = open(path, OFlags::empty(), |path| fs::metadata(path))?;
    // One more byte, so that the end is found without a larger buffer. The size is a hint: a file can grow meanwhile.
    let capacity = usize::try_from(size.min(LARGEST_HINT)).unwrap_or_default().saturating_add(1);
    let mut content = Vec::with_capacity(capacity);
    // Without `take`, the system would be asked for the size again.
    file.take(u64::MAX).read_to_end(&mut content)?;
    Ok(content)
}

/// Reads all text of standard input.
///
/// # Errors
///
/// Standard input cannot be read, or is not UTF-8.
pub fn read_standard_input() -> io::Result<String> {
    io::read_to_string(io::stdin())
}

/// Returns the states of paths below `root`, after resolving links.
pub fn path_facts(root: &Path) -> impl Fn(&str) -> PathFacts {
    let resolved = root.canonicalize();
    move |relative| {
        let Ok(root) = &resolved else { return PathFacts::Missing };
        if let Some(folder) = without_links(root, relative) {
            return PathFacts::Inside { folder };
        }
        let Ok(path) = root.join(relative).canonicalize() else { return PathFacts::Missing };
        if path == *root {
            PathFacts::Root
        } else if path.starts_with(root) {
            PathFacts::Inside { folder: path.is_dir() }
        } else {
            PathFacts::Outside
        }
    }
}

/// Whether a path below a folder is a folder itself; none if there is nothing, or if one of its names is a link, so that
/// it must be resolved.
fn without_links(folder: &Path, relative: &str) -> Option<bool> {
    let mut path = folder.to_owned();
    let mut is_folder = None;
    for name in Path::new(relative).components() {
        let Component::Normal(name) = name else { return None };
        path.push(name);
        let facts = path.symlink_metadata().ok().filter(|facts| !facts.is_symlink())?;
        is_folder = Some(facts.is_dir());
    }
    is_folder
}

/// Why a log file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder of the logs cannot be made.
    #[error(transparent)]
    Folder(#[from] xshell::Error),
    /// The file cannot be opened or emptied; holds its path for display.
    #[error("cannot write `{0}`: {1}")]
    File(String, io::Error),
}

/// An open log file.
#[derive(Debug)]
pub struct LogFile {
    /// The open file.
    pub file: File,
    /// Its path.
    pub path: PathBuf,
}

impl LogFile {
    /// Returns the log for following a child's lines.
    pub fn log(&mut self) -> Log<'_> {
        Log { writer: &mut self.file, path: &self.path }
    }
}

/// Makes an empty log file, `NAME.log`. If another run is still writing to it, makes `NAME-2.log` and so on.
///
/// # Errors
///
/// The folder or the file cannot be made.
pub fn create_log(folder: &Path, name: &str) -> Result<LogFile, LogError> {
    let shell = Shell::new()?;
    if !folder.is_dir() {
        shell.create_dir(folder)?;
        // The log must not make the working tree dirty, whatever the repository ignores.
        shell.write_file(folder.join(".gitignore"), "*\n")?;
    }
    let mut path = folder.join(format!("{name}.log"));
    let mut number = 1;
    loop {
        let cannot = |error: io::Error| LogError::File(shown_path(&path), error);
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
        // A link to a device cannot be used by one run alone.
        if !file.metadata().map_err(cannot)?.is_file() {
            return Ok(LogFile { file, path });
        }
        // The lock is released with the process. On a file system without locks, the file is used without one.
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

/// Whether something exists at the path; follows links.
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// Returns the size of a file in bytes, without following a link; none if the file is gone.
pub fn size(path: &Path) -> Option<u64> {
    path.symlink_metadata().ok().map(|facts| facts.len())
}

/// Whether a file, or a link to one, is at the path.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Who can read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everyone whom the user's mask lets read it.
    Everyone,
    /// Only its owner.
    Owner,
}

/// The end of the names of files that are being written.
pub const UNFINISHED: &str = ".new";

/// Writes a file atomically, in place of one that is there: it has the old content or the whole new one, also after
/// the end of this process.
///
/// # Errors
///
/// The file cannot be written. The old one is unchanged then.
pub fn replace_file(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Threads and other runs may write the same file.
    name.push(format!(".{}-{}{UNFINISHED}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let new = path.with_file_name(name);
    let mode = match readers {
        Readers::Everyone => 0o666,
        Readers::Owner => 0o600,
    };
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&new)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _was_not_made = fs::remove_file(&new);
    }
    written
}

/// Writes a file, in place of one that is there.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn paths_are_judged_where_their_links_lead() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/file"), "").unwrap();
        let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
        link("a/b", "inner");
        link("../..", "a/outer");
        link("..", "a/up");
        link("nothing", "broken");
        fs::create_dir(root.join("inner/c")).unwrap();
        let linked = folder.path().join("linked");
        std::os::unix::fs::symlink(&root, &linked).unwrap();
        for root in [root.clone(), linked] {
            let facts = path_facts(&root);
            for (path, expected) in [
                ("a", PathFacts::Inside { folder: true }),
                ("a/b", PathFacts::Inside { folder: true }),
                ("a/file", PathFacts::Inside { folder: false }),
                ("inner", PathFacts::Inside { folder: true }),
                ("inner/c", PathFacts::Inside { folder: true }),
                ("a/up/a/file", PathFacts::Inside { folder: false }),
                ("a/up", PathFacts::Root),
                ("a/outer", PathFacts::Outside),
                ("broken", PathFacts::Missing),
                ("a/file/b", PathFacts::Missing),
                ("b", PathFacts::Missing),
            ] {
                assert_eq!(facts(path), expected, "{path}");
            }
        }
        assert_eq!(path_facts(&folder.path().join("gone"))("a"), PathFacts::Missing);
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o077;
        replace_file(&path, b"long old content", Readers::Owner).unwrap();
        assert_eq!(mode(), 0);
        replace_file(&path, b"new", Readers::Owner).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let taken = folder.path().join("folder");
        fs::create_dir_all(taken.join("inside")).unwrap();
        assert!(replace_file(&taken, b"new", Readers::Everyone).is_err());
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.json", "folder"], "nothing unfinished remains");
    }
}
