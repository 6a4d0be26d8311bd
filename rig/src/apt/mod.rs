//! Installing packages of the system.

pub mod debian13;
pub mod sources;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::cache::{self, Cache};
use crate::command::{Run, find};
use crate::{host, ui};

const POLICY: &str = "/usr/sbin/policy-rc.d";
const POLICY_TEXT: &str = "#!/bin/sh\n# taskflow rig: packages start no service while it installs them\nexit 101\n";

/// A package and the file or program by which one sees that it is there.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// A program's name, or a path if it begins with `/`.
    pub probe: &'static str,
    /// The package that has it.
    pub package: &'static str,
}

/// Shorthand for a [`Need`].
pub const fn need(probe: &'static str, package: &'static str) -> Need {
    Need { probe, package }
}

/// The packages whose probe is missing.
pub fn missing(needs: &[Need]) -> Vec<&'static str> {
    let there = |probe: &str| {
        if probe.starts_with('/') { Path::new(probe).exists() } else { find(probe).is_some() }
    };
    let mut packages: Vec<_> = needs.iter().filter(|need| !there(need.probe)).map(|need| need.package).collect();
    packages.dedup();
    packages
}

/// Installs what is missing; `part` names whom it is for.
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

/// True if the system's package lists know a package.
pub fn offers(package: &str) -> bool {
    let answer = Run::new("apt-cache").args(["policy", package]).output(Duration::from_secs(20));
    answer.is_ok_and(|output| output.stdout.lines().any(|l| l.contains("Candidate:") && !l.contains("(none)")))
}

/// Installs packages without recommendations, and without letting them start services.
pub fn install(cache: &Cache, part: &str, packages: &[&str]) -> Result<()> {
    let _lock = cache.lock("apt")?;
    let log = cache.log(&format!("{part}-apt"))?;
    let apt = || {
        Run::new("apt-get")
            .args(["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold", "-y"])
            .env("DEBIAN_FRONTEND", "noninteractive")
    };
    ui::step(part, "refresh the package lists (apt-get update)", || {
        // Another program may hold the lock of the lists, for which apt does not wait.
        let mut tries = 0;
        loop {
            match apt().arg("update").logged(&log) {
                Ok(()) => return Ok(()),
                Err(error) if tries == 5 => return Err(error),
                Err(_) => tries += 1,
            }
            thread::sleep(Duration::from_secs(2));
        }
    })?;
    ui::step(part, &format!("install {} (apt-get)", packages.join(" ")), || {
        if fs::read_dir("/var/lib/dpkg/updates").is_ok_and(|mut entries| entries.next().is_some()) {
            Run::new("dpkg").args(["--configure", "-a"]).env("DEBIAN_FRONTEND", "noninteractive").logged(&log)?;
        }
        let _policy = Policy::set()?;
        apt().args(["install", "--no-install-recommends"]).args(packages).logged(&log)
    })
}

/// While it lives, packages start no service, unless the machine already has a policy of its own.
struct Policy;

impl Policy {
    fn set() -> Result<Self> {
        let path = Path::new(POLICY);
        if !path.exists() {
            cache::write(path, POLICY_TEXT.as_bytes(), 0o755)?;
        }
        Ok(Self)
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        // Also takes away what an interrupted run left.
        if cache::holds(Path::new(POLICY), POLICY_TEXT) {
            let _ = fs::remove_file(POLICY);
        }
    }
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
