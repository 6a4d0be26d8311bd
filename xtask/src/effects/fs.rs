//! Files. Every error names the path.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

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
    /// There is nothing, or nothing any more.
    #[error("there is no such file")]
    Gone,
    /// There is something else: a read could wait for ever, or act on a device.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// The system says no.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A folder on the way became a file, or a file became a link: what was there is gone.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::StaleNetworkFileHandle => {
                Self::Gone
            }
            _ => Self::Io(error),
        }
    }
}

/// Opens a file, links followed. The one way to open what may be a pipe or a device: those are refused and never wait.
pub fn open_file(path: &Path) -> Result<File, FileError> {
    open(path, OFlags::empty(), |path| fs::metadata(path))
}

/// Opens a file that a walk has found. A link in its place counts as gone: walks do not follow links.
pub fn open_listed(path: &Path) -> Result<File, FileError> {
    open(path, OFlags::NOFOLLOW, |path| fs::symlink_metadata(path))
}

fn open(path: &Path, flags: OFlags, facts: fn(&Path) -> io::Result<Metadata>) -> Result<File, FileError> {
    let only_files = |facts: &Metadata| match file_type(facts.file_type()) {
        None => Ok(()),
        Some("a link") => Err(FileError::Gone),
        Some(other) => Err(FileError::NotAFile(other)),
    };
    // To open a device may act on it already, so it is looked at before; and after, as it may be another one by then.
    only_files(&facts(path)?)?;
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::LOOP) => return Err(FileError::Gone),
        Err(error) => return Err(io::Error::from(error).into()),
        Ok(file) => File::from(file),
    };
    only_files(&file.metadata()?)?;
    Ok(file)
}

/// What something is that is no file, in words; none for a file.
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

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut content = Vec::new();
    open_file(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// The whole text of standard input.
pub fn read_standard_input() -> io::Result<String> {
    io::read_to_string(io::stdin())
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

/// Why a log file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder of the logs cannot be made.
    #[error(transparent)]
    Folder(#[from] xshell::Error),
    /// The file cannot be opened or emptied; its path as it is shown.
    #[error("cannot write `{0}`: {1}")]
    File(String, io::Error),
}

/// A log file that is open for writing.
#[derive(Debug)]
pub struct LogFile {
    /// The open file.
    pub file: File,
    /// Its path.
    pub path: PathBuf,
}

impl LogFile {
    /// The file as the place where a child's lines are kept.
    pub fn log(&mut self) -> Log<'_> {
        Log { writer: &mut self.file, path: &self.path }
    }
}

/// An empty log file, `NAME.log`; beside another run that is still writing there, `NAME-2.log` and so on.
pub fn create_log(folder: &Path, name: &str) -> Result<LogFile, LogError> {
    let shell = Shell::new()?;
    if !folder.is_dir() {
        shell.create_dir(folder)?;
        // Our own log must not make a tree dirty, whatever the repository ignores.
        shell.write_file(folder.join(".gitignore"), "*\n")?;
    }
    let mut path = folder.join(format!("{name}.log"));
    let mut number = 1;
    loop {
        let cannot = |error: io::Error| LogError::File(shown_path(&path), error);
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

/// Whether there is anything at all, links followed.
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// Whether there is a file or a link to one.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}
