//! Finds PostgreSQL's programs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::find;

const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder that contains `initdb` and `postgres`.
#[derive(Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    /// Returns the newest installed version, or the one on `PATH`.
    pub(super) fn find() -> Option<Self> {
        let on_path = || find("initdb").and_then(|file| Some(file.parent()?.to_path_buf()));
        newest(Path::new(VERSIONS)).or_else(on_path).filter(|bin| bin.join("postgres").is_file()).map(Self)
    }

    /// Returns the path of a program.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn newest(versions: &Path) -> Option<PathBuf> {
    let numbers = fs::read_dir(versions).ok()?;
    let numbers = numbers.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let folders = numbers.map(|number| (number, versions.join(number.to_string()).join("bin")));
    folders.filter(|(_, bin)| bin.join("initdb").is_file()).max_by_key(|(number, _)| *number).map(|(_, bin)| bin)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::newest;

    #[test]
    fn the_newest_whole_version_is_taken() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17", "common"] {
            fs::create_dir_all(root.path().join(version).join("bin")).unwrap();
        }
        assert_eq!(newest(root.path()), None);
        for version in ["9", "15"] {
            fs::write(root.path().join(version).join("bin/initdb"), "").unwrap();
        }
        assert_eq!(newest(root.path()), Some(root.path().join("15/bin")));
    }
}
