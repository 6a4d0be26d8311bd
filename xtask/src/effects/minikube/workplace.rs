//! The folder where a load happens: the archive, the export it is made from, and what is remembered of the profile.
//!
//! Both files go away with the value, however the run ends; one run at a time works for a profile.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use process::signals::KeepAlive;
use sha2::{Digest, Sha256};
use shown::shown_path;

use crate::domain::minikube::memory::Memory;

/// The place of one profile.
#[derive(Debug)]
pub struct Workplace {
    folder: PathBuf,
    profile: String,
    archive: PathBuf,
    /// None for a run that only looks: it writes nothing, and the files here are those of another run.
    held: Option<(File, KeepAlive)>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum WorkplaceError {
    /// Another run has it.
    #[error("another run is loading into profile `{0}`")]
    Busy(String),
    /// It cannot be made.
    #[error("cannot write to `{folder}`: {source}", folder = shown_path(.folder))]
    Io {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Workplace {
    /// Opens the place of a profile below the repository's root, for this run alone.
    pub fn open(root: &Path, project: &str, profile: &str) -> Result<Self, WorkplaceError> {
        let folder = folder(root);
        let cannot = |source| WorkplaceError::Io { folder: folder.clone(), source };
        fs::create_dir_all(&folder).map_err(cannot)?;
        // Nothing of ours may make the tree dirty, whatever the repository ignores.
        fs::write(folder.join(".gitignore"), "*\n").map_err(cannot)?;
        let lock = File::create(folder.join(format!("{profile}.lock"))).map_err(cannot)?;
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(WorkplaceError::Busy(profile.to_owned()));
        }
        Ok(Self::at(folder, root, project, profile, Some((lock, KeepAlive::new()))))
    }

    /// The place of a profile for a run that only looks: nothing is made there, and nothing is removed.
    pub fn look(root: &Path, project: &str, profile: &str) -> Self {
        Self::at(folder(root), root, project, profile, None)
    }

    fn at(folder: PathBuf, root: &Path, project: &str, profile: &str, held: Option<(File, KeepAlive)>) -> Self {
        // The node's folder is shared with other checkouts, so the name is ours alone, and always the same.
        let sum = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let mark = sum.iter().take(4).fold(String::new(), |mark, byte| mark + &format!("{byte:02x}"));
        let archive = folder.join(format!("{project}-{profile}-{mark}.tar"));
        Self { folder, profile: profile.to_owned(), archive, held }
    }

    /// The archive that is sent.
    pub fn archive(&self) -> &Path {
        &self.archive
    }

    /// The file of the export that the archive is made from.
    pub fn export(&self) -> PathBuf {
        self.folder.join(format!("{}.export", self.profile))
    }

    /// Whether this run writes here, and does not only look.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Removes both files; no error where they are not there.
    pub fn remove_files(&self) {
        for file in [&self.archive, &self.export()] {
            let _was_not_made = fs::remove_file(file);
        }
    }

    /// What is remembered.
    pub fn memory(&self) -> Memory {
        Memory::read(&fs::read_to_string(self.remembered()).unwrap_or_default())
    }

    /// Remembers; what cannot be written is asked again.
    pub fn remember(&self, memory: &Memory) {
        let new = self.remembered().with_extension("new");
        if fs::write(&new, memory.text()).and_then(|()| fs::rename(&new, self.remembered())).is_err() {
            let _was_not_made = fs::remove_file(new);
        }
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
