//! Decides whether a program is newer than all files that it is built from, by modification times, as cargo does.
//!
//! The file `NAME.d` beside a program, which cargo writes, lists its source files. Manifests and the lock file are
//! compared, too. The reference time is the start of the last build, so a file that changes during a build counts as
//! newer.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files that affect a build besides the sources. `Cargo.toml` may be in any folder, the others are at the root.
const MANIFESTS: [&str; 4] = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"];

/// A program in cargo's target folder, with the files beside it.
pub(crate) struct Program {
    /// The path of the program.
    pub(crate) file: PathBuf,
    sources: PathBuf,
    stamp: PathBuf,
}

impl Program {
    /// The program with this name in a folder.
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        let beside = |ending: &str| folder.join(format!("{name}{ending}"));
        Self { file: beside(""), sources: beside(".d"), stamp: beside(".launched") }
    }

    /// Whether nothing has changed since the last build. A file that cannot be read counts as changed.
    pub(crate) fn is_fresh(&self, root: &Path) -> bool {
        self.changed_since_build(root).is_ok_and(|changed| !changed)
    }

    fn changed_since_build(&self, root: &Path) -> io::Result<bool> {
        let built = fs::metadata(&self.stamp)?.modified()?;
        fs::metadata(&self.file)?;
        let sources = sources(&fs::read_to_string(&self.sources)?);
        // A target folder that several checkouts share holds the program of the checkout that was built last.
        if sources.is_empty() || !sources.iter().all(|source| source.starts_with(root)) {
            return Ok(true);
        }
        for source in &sources {
            if fs::metadata(source)?.modified()? >= built {
                return Ok(true);
            }
        }
        let folders: BTreeSet<&Path> =
            sources.iter().flat_map(|source| source.ancestors()).filter(|folder| folder.starts_with(root)).collect();
        let manifests = folders.iter().flat_map(|folder| MANIFESTS.map(|name| folder.join(name)));
        Ok(manifests.filter_map(|file| fs::metadata(file).ok()?.modified().ok()).any(|modified| modified >= built))
    }

    /// Records a successful build that began at this time.
    pub(crate) fn record(&self, began: SystemTime) -> io::Result<()> {
        File::create(&self.stamp)?.set_modified(began)
    }
}

/// Parses the source files in the text of `NAME.d`: `PROGRAM: SOURCE SOURCE`, with a backslash before a space in a
/// name.
fn sources(text: &str) -> Vec<PathBuf> {
    let Some((_, list)) = text.split_once(": ") else { return Vec::new() };
    let list = list.replace("\\ ", "\0");
    list.split_whitespace().map(|name| PathBuf::from(name.replace('\0', " "))).collect()
}
