//! The folder of a load: the archive, the export, and the recorded facts about the profile.
//!
//! Both files are removed with the value, however the run ends. One run at a time can load into a profile.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use process::signals::KeepAlive;
use sha2::{Digest, Sha256};
use shown::shown_path;

use crate::domain::minikube::memory::Memory;
use crate::effects::fs::{Readers, replace_file};

/// The folder of a load into one profile.
#[derive(Debug)]
pub struct Workplace {
    folder: PathBuf,
    profile: String,
    archive: PathBuf,
    /// The lock; none for a dry run, which writes nothing: the files belong to another run.
    held: Option<(File, KeepAlive)>,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkplaceError {
    /// Another run is loading into the profile.
    #[error("another run is loading into profile `{0}`")]
    Busy(String),
    /// The folder cannot be made or written.
    #[error("cannot write to `{folder}`: {source}", folder = shown_path(.folder))]
    Io {
        /// The path of the folder.
        folder: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

impl Workplace {
    /// Opens the folder for a profile below the repository's root, and locks it for this run.
    ///
    /// # Errors
    ///
    /// Another run holds the lock, or the folder cannot be made or written.
    pub fn open(root: &Path, project: &str, profile: &str) -> Result<Self, WorkplaceError> {
        let folder = folder(root);
        let cannot = |source| WorkplaceError::Io { folder: folder.clone(), source };
        fs::create_dir_all(&folder).map_err(cannot)?;
        // The files must not make the working tree dirty, whatever the repository ignores.
        fs::write(folder.join(".gitignore"), "*\n").map_err(cannot)?;
        let lock = File::create(folder.join(format!("{profile}.lock"))).map_err(cannot)?;
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(WorkplaceError::Busy(profile.to_owned()));
        }
        Ok(Self::at(folder, root, project, profile, Some((lock, KeepAlive::new()))))
    }

    /// Returns the folder for a dry run, which makes and removes nothing there.
    pub fn look(root: &Path, project: &str, profile: &str) -> Self {
        Self::at(folder(root), root, project, profile, None)
    }

    fn at(folder: PathBuf, root: &Path, project: &str, profile: &str, held: Option<(File, KeepAlive)>) -> Self {
        // The folder on the node is shared with other checkouts, so the file name is unique to this checkout, and
        // always the same.
        let sum = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let mark = sum.iter().take(4).fold(String::new(), |mark, byte| mark + &format!("{byte:02x}"));
        let archive = folder.join(format!("{project}-{profile}-{mark}.tar"));
        Self { folder, profile: profile.to_owned(), archive, held }
    }

    /// Returns the path of the archive that is sent.
    pub fn archive(&self) -> &Path {
        &self.archive
    }

    /// Returns the path of the export.
    pub fn export(&self) -> PathBuf {
        self.folder.join(format!("{}.export", self.profile))
    }

    /// Whether this run holds the lock and writes here.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Removes both files, if they exist.
    pub fn remove_files(&self) {
        for file in [&self.archive, &self.export()] {
            let _was_not_made = fs::remove_file(file);
        }
    }

    /// Returns the recorded facts.
    pub fn memory(&self) -> Memory {
        Memory::read(&fs::read_to_string(self.remembered()).unwrap_or_default())
    }

    /// Records facts. If they cannot be written, the next run asks again.
    pub fn remember(&self, memory: &Memory) {
        let _asked_again = replace_file(&self.remembered(), memory.text().as_bytes(), Readers::Everyone);
    }

    fn remembered(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.profile))
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        if self.held.is_some() {
            self.remove_files();
        }
    }
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/xtask/minikube")
}
