//! The folder of a release: its lock, its journal, and its scratch files. It is in the git directory that all working
//! trees share, so it never makes a working tree dirty, and only one release runs at a time.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use process::signals::KeepAlive;
use shown::{printable, shown_path};

use crate::domain::release::journal::Journal;
use crate::effects::git::write::GitWriter;

/// The folder of a release.
#[derive(Debug)]
pub struct JournalFolder {
    path: PathBuf,
    /// The lock; none as long as only the journal is read.
    held: Option<(File, KeepAlive)>,
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
        fs::create_dir_all(&self.path).map_err(|source| JournalFolderError::Io { path: self.path.clone(), source })?;
        let path = self.path.join("lock");
        let cannot = |source| JournalFolderError::Io { path: path.clone(), source };
        let mut file = loop {
            let mut file =
                File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                let mut told = String::new();
                // The other process may be writing; then its name is not known yet.
                let _unknown = file.read_to_string(&mut told);
                return Err(JournalFolderError::Busy(told.trim().to_owned()));
            }
            // A release that has just ended has removed the file that this process opened.
            let inode = |facts: io::Result<Metadata>| facts.map(|facts| facts.ino()).ok();
            if inode(file.metadata()) == inode(fs::metadata(&path)) {
                break file;
            }
        };
        let told = format!("process {} on {} releases {version}\n", std::process::id(), machine());
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(told.as_bytes())).map_err(cannot)?;
        self.held = Some((file, KeepAlive::new()));
        Ok(())
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
        let path = self.path.join("scratch");
        fs::create_dir_all(&path).map_err(|source| JournalFolderError::Io { path: path.clone(), source })?;
        Ok(path)
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
        for path in [self.path.join("scratch"), self.export(), self.journal_path(), self.path.clone()] {
            remove(&path).map_err(|source| JournalFolderError::Io { path, source })?;
        }
        self.held = None;
        Ok(())
    }

    /// Removes everything if this process holds the lock, or only the scratch files of a check.
    pub fn clear_or_leave(&mut self, only_scratch: bool) {
        self.clear_scratch();
        if !only_scratch {
            // What stays is found by the next release.
            let _stays = self.clear();
        }
    }

    /// Removes the scratch files. Leftovers do no harm, so errors are ignored.
    pub fn clear_scratch(&self) {
        for path in [self.path.join("scratch"), self.export()] {
            let _stays = remove(&path);
        }
        // A check makes the folder only for its scratch files.
        let _stays = fs::remove_dir(&self.path);
    }

    /// Returns the path of the journal.
    fn journal_path(&self) -> PathBuf {
        self.path.join("journal.json")
    }
}

/// A release that ends before it has begun leaves nothing.
impl Drop for JournalFolder {
    fn drop(&mut self) {
        if self.held.is_some() && !self.journal_path().exists() {
            let _stays = self.clear();
        }
    }
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
