//! Installs packages of the system.

pub mod debian13;
mod quiet;
pub mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use process::signals;

use shown::shown_path;

use crate::cache::{self, Cache};
use crate::command::{Run, find};
use crate::{host, ui};

/// dpkg's journal: a file in it means that dpkg was interrupted.
const JOURNAL: &str = "/var/lib/dpkg/updates";

/// A package, with a file or program that shows whether it is installed.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The name of a program, or a path if it begins with `/`.
    pub probe: &'static str,
    /// The package that contains it.
    pub package: &'static str,
}

/// Makes a [`Need`].
pub const fn need(probe: &'static str, package: &'static str) -> Need {
    Need { probe, package }
}

/// Returns the packages whose probe is missing.
pub fn missing(needs: &[Need]) -> Vec<&'static str> {
    let there = |probe: &str| {
        if probe.starts_with('/') { Path::new(probe).exists() } else { find(probe).is_some() }
    };
    let mut packages: Vec<_> = needs.iter().filter(|need| !there(need.probe)).map(|need| need.package).collect();
    packages.dedup();
    packages
}

/// Installs missing packages. Messages are printed for `part`.
///
/// # Errors
///
/// A refusal without apt or without root; an error if apt fails.
pub fn ensure(cache: &Cache, part: &str, needs: &[Need]) -> Result<()> {
    let packages = missing(needs);
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    let by_hand = format!("apt-get update && apt-get install --no-install-recommends {list}");
    host::require_apt(&format!("install {list}"), &[&by_hand])?;
    install(cache, part, &packages)
}

/// Whether the system's package lists contain a package.
pub fn offers(package: &str) -> bool {
    let answer = Run::new("apt-cache").args(["policy", package]).output(Duration::from_secs(20));
    answer.is_ok_and(|output| output.stdout.lines().any(|l| l.contains("Candidate:") && !l.contains("(none)")))
}

/// Finishes an installation that was interrupted. Its programs may be there already, so [`missing`] does not notice it.
///
/// # Errors
///
/// A refusal without apt or without root; an error if apt fails.
pub fn finish(cache: &Cache) -> Result<()> {
    let stamp = stamp(cache);
    if !stamp.exists() {
        return Ok(());
    }
    // A run that is installing at the moment has a stamp, too.
    let _lock = cache.lock("apt")?;
    let Ok(list) = fs::read_to_string(stamp) else {
        return Ok(());
    };
    let by_hand = format!("dpkg --configure -a && apt-get install --no-install-recommends {list}");
    host::require_apt(&format!("finish the interrupted installation of {list}"), &[&by_hand])?;
    install_alone(cache, "rig", &list.split(' ').collect::<Vec<_>>())
}

/// Installs packages without recommendations and without letting them start services.
///
/// # Errors
///
/// apt fails, or the programs that prevent the start of services cannot be put in place.
pub fn install(cache: &Cache, part: &str, packages: &[&str]) -> Result<()> {
    let _lock = cache.lock("apt")?;
    install_alone(cache, part, packages)
}

fn install_alone(cache: &Cache, part: &str, packages: &[&str]) -> Result<()> {
    let log = cache.log(&format!("{part}-apt"))?;
    let path = quiet::path(cache)?;
    let apt = || {
        Run::new("apt-get")
            .args(["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold", "-y"])
            .args(["-o", &format!("DPkg::Path={path}")])
            .env("DEBIAN_FRONTEND", "noninteractive")
    };
    ui::step(part, "refresh the package lists (apt-get update)", || patiently(|| apt().arg("update").logged(&log)))?;
    let list = packages.join(" ");
    ui::step(part, &format!("install {list} (apt-get)"), || {
        patiently(|| repair(&path, &log))?;
        let stamp = stamp(cache);
        cache::write(&stamp, list.as_bytes(), 0o644)?;
        let done = apt().args(["install", "--no-install-recommends"]).args(packages).logged(&log);
        // The next run finishes an installation that a signal interrupted.
        if signals::received().is_some() {
            return done;
        }
        let removed = fs::remove_file(&stamp);
        done?;
        removed.with_context(|| format!("could not remove {}", shown_path(&stamp)))
    })
}

/// Finishes what an interrupted dpkg began; apt refuses to work before.
fn repair(path: &str, log: &Path) -> Result<()> {
    if fs::read_dir(JOURNAL).is_ok_and(|mut entries| entries.next().is_some()) {
        let dpkg = find("dpkg").context("dpkg is not there")?;
        let run = Run::new(dpkg).args(["--force-confold", "--configure", "-a"]);
        run.env("DEBIAN_FRONTEND", "noninteractive").env("PATH", path).logged(log)?;
    }
    Ok(())
}

/// Retries for a while, since another program may hold a lock for which this one does not wait.
fn patiently(run: impl Fn() -> Result<()>) -> Result<()> {
    let mut result = run();
    for _ in 0..5 {
        if result.is_ok() {
            break;
        }
        thread::sleep(Duration::from_secs(2));
        result = run();
    }
    result
}

/// Returns the path of the file that names the packages during their installation.
fn stamp(cache: &Cache) -> PathBuf {
    cache.root().join("apt/unfinished")
}

#[cfg(test)]
mod tests {
    use super::{missing, need};

    #[test]
    fn only_what_is_not_there_is_missing() {
        let needs = [
            need("sh", "dash"),
            need("/etc/passwd", "base-passwd"),
            need("no-such-program", "a"),
            need("/no/such/file", "a"),
            need("/no/other/file", "b"),
        ];
        assert_eq!(missing(&needs), ["a", "b"]);
    }
}
