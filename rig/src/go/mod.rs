//! Builds programs that no package provides from Go modules, once, into the cache, and reproducibly on every machine.
//!
//! A *set* is a folder below `rig/go/` with a module of its own. Its `go.mod` names the programs (`tool`) and every
//! module that they depend on, and its `go.sum` the checksum of each, so a build resolves no versions. Afterwards, what
//! Go downloaded and compiled is removed, since it is twenty times as large as the programs.

mod toolchain;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::apt::{self, Need, need};
use crate::cache::{self, Cache, make_folder, remove_tree};
use crate::command::Run;
use crate::digest::digest;
use crate::ui;

use toolchain::Toolchain;

/// Packages that a set with C code needs for its build.
const C_COMPILER: [Need; 3] =
    [need("gcc", "gcc"), need("/usr/include/stdio.h", "libc6-dev"), need("pkg-config", "pkg-config")];
/// Build only what go.mod names, leave paths of this machine out of the programs, and make files that can be deleted.
const FLAGS: &str = "-mod=readonly -trimpath -modcacherw -buildvcs=false";

/// Programs that are built together.
#[derive(Debug)]
pub struct Set {
    /// The name of the folder.
    pub name: &'static str,
    /// The name and version for messages.
    pub what: &'static str,
    /// The usual build time, for messages.
    pub time: &'static str,
    /// The contents of its `go.mod`.
    pub module: &'static str,
    /// The contents of its `go.sum`.
    pub sums: &'static str,
    /// The packages of the programs.
    pub packages: &'static [&'static str],
    /// The build tags.
    pub tags: &'static str,
    /// Variables that the linker sets.
    pub variables: &'static [&'static str],
    /// Packages of the system that its C code needs; none if it has no C code.
    pub c_code: Option<&'static [Need]>,
}

impl Set {
    /// Returns the path of one of its programs, whether it is built or not.
    pub fn program(&self, cache: &Cache, name: &str) -> PathBuf {
        self.bin(cache).join(name)
    }

    /// Returns the folder of its programs.
    pub fn bin(&self, cache: &Cache) -> PathBuf {
        cache.root().join("go").join(self.name)
    }

    /// Whether the programs are built and match go.mod; the version of Go does not count.
    pub fn is_built(&self, cache: &Cache) -> bool {
        let stamp = fs::read_to_string(self.stamp(cache)).unwrap_or_default();
        stamp.lines().next() == Some(&self.key())
    }

    /// Returns an identifier of everything that the programs depend on except the toolchain, since a newer Go is no
    /// reason to build them again.
    pub fn key(&self) -> String {
        let flags = format!("{FLAGS} {} {} {:?}", self.tags, self.variables.join(" "), self.c_code.is_some());
        let packages = self.packages.join(" ");
        digest(&[self.module.as_bytes(), self.sums.as_bytes(), flags.as_bytes(), packages.as_bytes()])
    }

    fn stamp(&self, cache: &Cache) -> PathBuf {
        self.bin(cache).join("built")
    }

    fn build(&self, cache: &Cache, part: &str, toolchain: &Toolchain) -> Result<()> {
        let work = cache.folder("go/work")?;
        let source = work.join(self.name);
        make_folder(&source)?;
        cache::write(&source.join("go.mod"), self.module.as_bytes(), 0o644)?;
        cache::write(&source.join("go.sum"), self.sums.as_bytes(), 0o644)?;
        let made = source.join("bin");
        remove_tree(&made)?;
        make_folder(&made)?;
        let linker: Vec<String> = self.variables.iter().map(|variable| format!(" -X {variable}")).collect();
        let run = Run::tied(toolchain.program())
            .args(["build", "-o"])
            .arg(&made)
            .args(["-tags", self.tags, "-ldflags", &format!("-s -w{}", linker.concat())])
            .args(self.packages)
            .folder(&source)
            .env("GOFLAGS", FLAGS)
            .env("GOWORK", "off")
            .env("CGO_ENABLED", if self.c_code.is_some() { "1" } else { "0" })
            .env("GOMODCACHE", work.join("modules"))
            .env("GOCACHE", work.join("compiled"));
        let log = cache.log(&format!("{part}-go-{}", self.name))?;
        let what = format!("build {} with {} (once; {})", self.what, toolchain.version(), self.time);
        ui::step(part, &what, || {
            run.logged(&log)?;
            let stamp = format!("{}\n{}\n", self.key(), toolchain.version());
            cache::write(&made.join("built"), stamp.as_bytes(), 0o644)?;
            // A running daemon keeps its old program until its next start.
            remove_tree(&self.bin(cache))?;
            fs::rename(&made, self.bin(cache)).context("could not put the programs in their place")
        })
    }
}

/// Builds the sets that are not built. Messages are printed for `part`.
///
/// # Errors
///
/// A refusal if there is no Go that is new enough; an error if a build fails.
pub fn ensure(cache: &Cache, part: &str, sets: &[&Set]) -> Result<()> {
    if sets.iter().all(|set| set.is_built(cache)) {
        return Ok(());
    }
    let _lock = cache.lock("go")?;
    let missing: Vec<&&Set> = sets.iter().filter(|set| !set.is_built(cache)).collect();
    let what: Vec<&str> = missing.iter().map(|set| set.what).collect();
    let Some(newest) = missing.iter().filter_map(|set| toolchain::required(set.module)).max() else {
        return Ok(());
    };
    let toolchain = Toolchain::find(newest, &what.join(", "))?;
    for needs in missing.iter().filter_map(|set| set.c_code) {
        apt::ensure(cache, part, &[&C_COMPILER, needs].concat())?;
    }
    missing.iter().try_for_each(|set| set.build(cache, part, &toolchain))?;
    ui::step(part, "remove what Go downloaded and compiled on the way", || remove_tree(&cache.root().join("go/work")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Set;
    use crate::cache::Cache;

    const SET: Set = Set {
        name: "example",
        what: "example 1.0",
        time: "a second",
        module: "module example\n",
        sums: "example.org/a v1.0.0 h1:\n",
        packages: &[],
        tags: "",
        variables: &[],
        c_code: None,
    };

    #[test]
    fn programs_are_built_anew_when_anything_they_are_made_of_changes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().as_os_str().to_owned();
        let cache = Cache::locate(|name| (name == "TASKFLOW_RIG_DIR").then(|| root.clone())).unwrap();
        assert!(!SET.is_built(&cache));
        fs::create_dir_all(SET.bin(&cache)).unwrap();
        fs::write(SET.stamp(&cache), format!("{}\nanother Go\n", SET.key())).unwrap();
        assert!(SET.is_built(&cache));
        let changed = Set { sums: "", ..SET };
        assert!(!changed.is_built(&cache));
    }
}
