//! The folder of the server's files, and its owner.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use shown::shown_path;

use crate::cache::{self, Cache, make_folder};
use crate::command::Run;
use crate::host;
use crate::part::names::DATABASE as NAME;

/// The parent of the folder if the server's user cannot enter the cache folder.
const FALLBACK: &str = "/var/lib/taskflow-rig";
const USER: &str = "postgres";

/// The server's folder.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// The user and group to run as; none for those of this process.
    pub(super) user: Option<(u32, u32)>,
}

impl Place {
    /// Makes the folder, and records its path in the cache.
    pub(super) fn make(cache: &Cache) -> Result<Self> {
        if let Some(place) = Self::look(cache) {
            return Ok(place);
        }
        let near = cache.folder(NAME)?;
        let (folder, user) = if host::is_root() {
            let user = ids(USER)?;
            let folder = if enterable(&near) { near.join("server") } else { fallback(cache) };
            (folder, Some(user))
        } else {
            (near.join("server"), None)
        };
        make_folder(&folder)?;
        let place = Self { folder, user };
        place.own(&place.folder)?;
        fs::set_permissions(&place.folder, fs::Permissions::from_mode(0o700))?;
        cache::write(&pointer(cache), place.folder.as_os_str().as_encoded_bytes(), 0o644)?;
        Ok(place)
    }

    /// Returns the folder that an earlier run made.
    pub(super) fn look(cache: &Cache) -> Option<Self> {
        let folder = PathBuf::from(fs::read_to_string(pointer(cache)).ok()?);
        let owner = folder.metadata().ok()?;
        let user = host::is_root().then(|| (owner.uid(), owner.gid()));
        Some(Self { folder, user })
    }

    /// Returns the path of the folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of the cluster's data.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Changes the owner of a file or folder to the server's user.
    pub(super) fn own(&self, path: &Path) -> Result<()> {
        let Some((user, group)) = self.user else {
            return Ok(());
        };
        chown(path, Some(user), Some(group)).with_context(|| format!("could not give {} to {USER}", shown_path(path)))
    }

    /// Returns a run of a program as the server's user.
    pub(super) fn run(&self, program: &Path) -> Run {
        let run = Run::new(program).folder(Path::new("/"));
        match self.user {
            Some((user, group)) => run.user(user, group),
            None => run,
        }
    }
}

fn pointer(cache: &Cache) -> PathBuf {
    cache.root().join(NAME).join("place")
}

/// Returns the fallback folder, which differs for each cache folder.
fn fallback(cache: &Cache) -> PathBuf {
    let sum = Sha256::digest(cache.root().as_os_str().as_encoded_bytes());
    let tail = sum.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    Path::new(FALLBACK).join(format!("database-{tail:08x}"))
}

/// Whether any user can enter the folder and all its parents.
fn enterable(folder: &Path) -> bool {
    folder.ancestors().all(|path| path.metadata().is_ok_and(|meta| meta.mode() & 0o001 != 0))
}

fn ids(user: &str) -> Result<(u32, u32)> {
    let id = |option: &str| -> Result<u32> {
        let text = Run::new("id").args([option, user]).text(Duration::from_secs(10))?;
        text.parse().with_context(|| format!("`id {option} {user}` said {text}"))
    };
    Ok((id("-u")?, id("-g")?))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::enterable;

    #[test]
    fn one_closed_folder_closes_all_below() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(enterable(&inner));
        fs::set_permissions(root.path(), Permissions::from_mode(0o700)).unwrap();
        assert!(!enterable(&inner));
        assert!(!enterable(&root.path().join("missing")));
    }
}
