//! The folder of a release: its lock, its journal, and its scratch files. It is in the git directory that all working
//! trees share, so it never makes a working tree dirty, and only one release runs at a time.
//!
//! A process that is killed leaves its children running: a push may arrive after the next process has asked the remote.
//! So there is a second lock, which all children inherit, and the next process waits until the last of them has ended.

use std::fs::{self, DirBuilder, File, Metadata, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use process::signals::KeepAlive;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, kill_process};
use shown::{printable, shown_path};

use crate::domain::release::journal::Journal;
use crate::effects::git::write::GitWriter;

/// The time between two attempts to get a lock that is held for a moment.
const MOMENT: Duration = Duration::from_millis(20);

/// The folder of a release.
#[derive(Debug)]
pub struct JournalFolder {
    path: PathBuf,
    /// The lock; none as long as only the journal is read.
    held: Option<Held>,
}

/// The lock of this process.
#[derive(Debug)]
struct Held {
    _lock: File,
    /// The lock that children inherit; none as long as children of another process hold it.
    children: Option<File>,
    _alive: KeepAlive,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalFolderError {
    /// Another release runs; holds what its process wrote about itself.
    #[error("another release is running: {0}")]
    Busy(String),
    /// A file cannot be read or written.
    #[error("cannot use `{path}`: {source}", path = shown_path(.path))]
    Io {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The journal cannot be parsed.
    #[error("cannot read the journal `{path}`: {reason}", path = shown_path(.path))]
    Journal {
        /// The path of the journal.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl JournalFolder {
    /// Returns the folder of a repository, without making or locking it.
    pub fn look(git: &GitWriter<'_>) -> Self {
        Self { path: git.common().join("taskflow-release"), held: None }
    }

    /// Makes the folder, and locks it for this process. The lock ends with the process.
    ///
    /// # Errors
    ///
    /// Another process holds the lock, or the folder cannot be written.
    pub fn lock(&mut self, version: &str) -> Result<(), JournalFolderError> {
        let path = self.path.join("lock");
        let cannot = |source| JournalFolderError::Io { path: path.clone(), source };
        let mut attempts = 3;
        let mut file = loop {
            fs::create_dir_all(&self.path).map_err(cannot)?;
            let mut file = match File::options().read(true).write(true).create(true).truncate(false).open(&path) {
                // A release that has just ended has removed the folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.map_err(cannot)?,
            };
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                // A process that only looks holds it for a moment.
                if attempts > 0 {
                    attempts -= 1;
                    thread::sleep(MOMENT);
                    continue;
                }
                return Err(JournalFolderError::Busy(told(&mut file)));
            }
            // The same release may have removed the file that this process opened.
            let inode = |facts: io::Result<Metadata>| facts.map(|facts| facts.ino()).ok();
            if inode(file.metadata()) == inode(fs::metadata(&path)) {
                break file;
            }
        };
        let told = format!("process {} on {} releases {version}\n", std::process::id(), machine());
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(told.as_bytes())).map_err(cannot)?;
        self.held = Some(Held { _lock: file, children: None, _alive: KeepAlive::new() });
        Ok(())
    }

    /// Returns what another process that holds the lock wrote about itself; none if there is none.
    pub fn running(&self) -> Option<String> {
        if self.held.is_some() {
            return None;
        }
        let mut file = File::open(self.path.join("lock")).ok()?;
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| told(&mut file))
    }

    /// Takes the lock that children inherit; returns the processes that still hold it, if a release that was killed has
    /// left them. Their list is empty if the system does not name them.
    ///
    /// # Errors
    ///
    /// The lock cannot be written.
    pub fn left_behind(&mut self) -> Result<Option<Vec<Process>>, JournalFolderError> {
        let path = self.path.join("children");
        let Some(held) = self.held.as_mut().filter(|held| held.children.is_none()) else { return Ok(None) };
        let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let cannot = |source| JournalFolderError::Io { path: path.clone(), source };
        let file = open.map_err(cannot)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(Some(holders(&path))),
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
            Ok(()) => {}
        }
        fcntl_setfd(&file, FdFlags::empty()).map_err(|error| cannot(error.into()))?;
        held.children = Some(file);
        // Nobody writes to what a killed release has left in them.
        self.clear_scratch();
        Ok(None)
    }

    /// Returns the journal; none if no release was begun.
    ///
    /// # Errors
    ///
    /// The journal cannot be read or parsed.
    pub fn journal(&self) -> Result<Option<Journal>, JournalFolderError> {
        let path = self.journal_path();
        match fs::read_to_string(&path) {
            Ok(text) => match Journal::parse(&text) {
                Ok(journal) => Ok(Some(journal)),
                Err(reason) => Err(JournalFolderError::Journal { path, reason }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(JournalFolderError::Io { path, source }),
        }
    }

    /// Writes the journal, in place of the one before.
    ///
    /// # Errors
    ///
    /// The journal cannot be written.
    pub fn write(&self, journal: &Journal) -> Result<(), JournalFolderError> {
        let path = self.journal_path();
        let cannot = |source| JournalFolderError::Io { path: path.clone(), source };
        let text = journal.text().map_err(|reason| cannot(io::Error::other(reason)))?;
        let new = path.with_extension("new");
        let mut file = File::create(&new).map_err(cannot)?;
        // The journal must be on the disk before the step that it announces.
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)?;
        fs::rename(&new, &path).map_err(cannot)
    }

    /// Returns the folder for scratch files, which is made.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn scratch(&self) -> Result<PathBuf, JournalFolderError> {
        let path = self.scratch_path();
        match DirBuilder::new().mode(0o700).create(&path) {
            // Without the lock, the folder is among those of other users.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || self.held.is_none() => {
                Err(JournalFolderError::Io { path, source: error })
            }
            _ => Ok(path),
        }
    }

    /// Returns the path of the scratch files. A process without the lock must not touch those of a release.
    fn scratch_path(&self) -> PathBuf {
        match &self.held {
            Some(_) => self.path.join("scratch"),
            None => std::env::temp_dir().join(format!("taskflow-release-{}", std::process::id())),
        }
    }

    /// Returns the folder of the export.
    pub fn export(&self) -> PathBuf {
        self.path.join("export")
    }

    /// Removes everything: the journal last, so that a release that is ended here is still known.
    ///
    /// # Errors
    ///
    /// A file cannot be removed.
    pub fn clear(&mut self) -> Result<(), JournalFolderError> {
        if self.held.is_some() {
            for path in [self.scratch_path(), self.export(), self.journal_path(), self.path.clone()] {
                remove(&path).map_err(|source| JournalFolderError::Io { path, source })?;
            }
        }
        self.held = None;
        Ok(())
    }

    /// Removes the scratch files. Leftovers do no harm, so errors are ignored.
    pub fn clear_scratch(&self) {
        let _stays = remove(&self.scratch_path());
        if self.held.is_some() {
            let _stays = remove(&self.export());
        }
        // A check makes the folder only for its scratch files.
        let _stays = fs::remove_dir(&self.path);
    }

    /// Returns the path of the journal.
    fn journal_path(&self) -> PathBuf {
        self.path.join("journal.json")
    }
}

impl Drop for JournalFolder {
    /// A release that has begun nothing leaves nothing.
    fn drop(&mut self) {
        self.clear_scratch();
        if self.held.is_some() && !self.journal_path().exists() {
            // What stays is found by the next release.
            let _stays = self.clear();
        }
    }
}

/// Returns what a process wrote about itself. It may be writing.
fn told(file: &mut File) -> String {
    let mut told = String::new();
    let _unknown = file.read_to_string(&mut told);
    if told.ends_with('\n') { told.trim().to_owned() } else { "it has just begun".to_owned() }
}

/// A process that runs: its ID, and the name of its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process ID.
    pub id: u32,
    /// The name of the program.
    pub program: String,
}

impl Process {
    /// Asks the process to end. One that has ended meanwhile does not matter.
    pub fn end(&self) {
        if let Some(id) = i32::try_from(self.id).ok().and_then(Pid::from_raw) {
            let _gone = kill_process(id, Signal::TERM);
        }
    }
}

/// Returns the other processes that have a file open, on systems with /proc.
fn holders(path: &Path) -> Vec<Process> {
    let Ok(path) = path.canonicalize() else { return Vec::new() };
    let has_open = |id: u32| {
        let files = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == path))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let others = ids.filter(|id| *id != std::process::id() && has_open(*id));
    let program = |id: u32| {
        let name = fs::read(format!("/proc/{id}/comm")).unwrap_or_default();
        Process { id, program: printable(name.trim_ascii()) }
    };
    others.map(program).collect()
}

fn remove(path: &Path) -> io::Result<()> {
    let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match gone {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns the name of this machine.
fn machine() -> String {
    let name = fs::read("/proc/sys/kernel/hostname").unwrap_or_default();
    printable(name.trim_ascii())
}
