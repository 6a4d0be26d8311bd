//! The folder that holds everything the rig downloads, builds and writes.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use shown::shown_path;

use crate::command::Run;
use crate::failure::Failure;
use crate::ui;

/// Time limit for removing a tree: one of many gigabytes takes minutes.
const REMOVAL: Duration = Duration::from_mins(15);

/// The hint if no folder can be used.
const ABSOLUTE: &str = "set TASKFLOW_RIG_DIR to an absolute path";

/// The cache folder.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// The lock of a part. The next run waits until it is released.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Cache {
    /// Locates the folder: `TASKFLOW_RIG_DIR`, else `taskflow-rig` in the user's cache folder.
    ///
    /// # Errors
    ///
    /// A refusal if `TASKFLOW_RIG_DIR` is not an absolute path, if neither it nor `HOME` is set, or if the path of the
    /// folder is not UTF-8.
    pub fn locate(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let path = |name: &str| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        if let Some(root) = path("TASKFLOW_RIG_DIR") {
            if root.is_absolute() {
                return Self::at(root);
            }
            let message = format!("TASKFLOW_RIG_DIR is not an absolute path: {}", shown_path(root));
            return Err(Failure::refusal(message).hint(ABSOLUTE).into());
        }
        // The base directory specification requires that a relative path is ignored here.
        let base =
            path("XDG_CACHE_HOME").filter(|p| p.is_absolute()).or_else(|| path("HOME").map(|home| home.join(".cache")));
        match base {
            Some(base) => Self::at(base.join("taskflow-rig")),
            None => Err(Failure::refusal("no cache folder: HOME is not set").hint(ABSOLUTE).into()),
        }
    }

    /// The cache in a folder. Settings of daemons are text and name the folder, so its path must be text, too.
    fn at(root: PathBuf) -> Result<Self> {
        if root.to_str().is_some() {
            return Ok(Self { root });
        }
        let message = format!("the path of the cache folder is not in UTF-8: {}", shown_path(root));
        Err(Failure::refusal(message).hint("set TASKFLOW_RIG_DIR to an absolute path in UTF-8").into())
    }

    /// Returns the path of the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of a part, and makes it if needed.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join(name);
        make_folder(&folder)?;
        Ok(folder)
    }

    /// Returns the path of a step's log.
    ///
    /// # Errors
    ///
    /// The folder of the logs cannot be made.
    pub fn log(&self, name: &str) -> Result<PathBuf> {
        Ok(self.folder("logs")?.join(format!("{name}.log")))
    }

    /// Waits until no other run holds the lock `name`, and takes it.
    ///
    /// # Errors
    ///
    /// The lock file cannot be opened or locked.
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let path = self.folder("locks")?.join(format!("{name}.lock"));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("could not open {}", shown_path(&path)))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                ui::note(name, "another run is at work; waiting for it");
                file.lock().with_context(|| format!("could not lock {}", shown_path(&path)))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("could not lock {}", shown_path(&path)));
            }
        }
        Ok(Lock { _file: file })
    }
}

/// A path as text, for arguments, settings, and documents. Those in the cache folder are in UTF-8, as
/// [`Cache::locate`] takes no other one. In other paths, bytes that are not UTF-8 are replaced.
pub fn text(path: &Path) -> String {
    String::from_utf8_lossy(path.as_os_str().as_encoded_bytes()).into_owned()
}

/// Makes a folder and its parents.
///
/// # Errors
///
/// The folder cannot be made.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .with_context(|| format!("could not make {}", shown_path(path)))
}

/// Replaces a file atomically, so that an interrupted run leaves the old one.
///
/// # Errors
///
/// The file cannot be written or renamed.
pub fn write(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let temporary = path.with_added_extension(format!("tmp-{}", std::process::id()));
    let put = || -> std::io::Result<()> {
        let _ = fs::remove_file(&temporary);
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(mode).open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    put().with_context(|| format!("could not write {}", shown_path(path)))
}

/// Whether the file contains exactly this text.
pub fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

/// Removes a tree, but never crosses a mount point in it.
///
/// # Errors
///
/// The tree contains a mount point, or a file cannot be removed.
pub fn remove_tree(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let remove = Run::new("rm").args(["-rf", "--one-file-system", "--"]).arg(path);
    remove.text(REMOVAL).map(drop).with_context(|| format!("could not remove {}", shown_path(path)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::{Cache, holds, write};

    #[test]
    fn a_folder_that_is_no_text_is_refused_by_name() {
        let foreign = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        for (name, value, shown) in [
            ("TASKFLOW_RIG_DIR", foreign(b"/caf\xe9"), r"/caf\xe9"),
            ("XDG_CACHE_HOME", foreign(b"/caf\xe9"), r"/caf\xe9/taskflow-rig"),
            ("HOME", foreign(b"/h\xffme"), r"/h\xffme/.cache/taskflow-rig"),
        ] {
            let error = Cache::locate(|asked| (asked == name).then(|| value.clone())).unwrap_err();
            assert_eq!(error.to_string(), format!("the path of the cache folder is not in UTF-8: {shown}"));
        }
        // What is not used decides nothing.
        let variable = |name: &str| match name {
            "TASKFLOW_RIG_DIR" => Some(OsString::from("/größe")),
            _ => Some(foreign(b"/h\xffme")),
        };
        assert_eq!(Cache::locate(variable).unwrap().root, PathBuf::from("/größe"));
    }

    fn locate(variables: &[(&str, &str)]) -> Result<PathBuf, String> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
        Cache::locate(find).map(|cache| cache.root).map_err(|error| error.to_string())
    }

    #[test]
    fn the_folder_is_the_named_one_then_xdg_then_home() {
        let all = [("TASKFLOW_RIG_DIR", "/a"), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")];
        assert_eq!(locate(&all), Ok("/a".into()));
        assert_eq!(locate(&all[1..]), Ok("/b/taskflow-rig".into()));
        assert_eq!(locate(&all[2..]), Ok("/c/.cache/taskflow-rig".into()));
    }

    #[test]
    fn empty_and_relative_values() {
        assert_eq!(
            locate(&[("TASKFLOW_RIG_DIR", ""), ("XDG_CACHE_HOME", "x"), ("HOME", "/c")]),
            Ok("/c/.cache/taskflow-rig".into())
        );
        assert!(locate(&[("TASKFLOW_RIG_DIR", "x")]).unwrap_err().contains("not an absolute path"));
        assert!(locate(&[]).unwrap_err().contains("HOME"));
    }

    #[test]
    fn a_file_is_replaced_whole_with_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stamp");
        write(&file, b"one", 0o644).unwrap();
        write(&file, b"two", 0o600).unwrap();
        assert!(holds(&file, "two"));
        assert!(!holds(&file, "one"));
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_second_lock_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { root: folder.path().to_path_buf() };
        let first = cache.lock("part").unwrap();
        let other = cache.clone();
        let second = std::thread::spawn(move || other.lock("part").map(drop));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!second.is_finished());
        drop(first);
        second.join().unwrap().unwrap();
    }
}
