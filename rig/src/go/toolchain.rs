//! Finds the Go toolchain on this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use shown::shown_path;

use crate::command::{Run, find};
use crate::failure::Failure;

/// Where Go's own archive and Debian's packages install it, for a `PATH` that lacks it.
const USUAL: [&str; 2] = ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"];
/// From this version on, Go fetches newer toolchains by itself unless it is told not to.
const FETCHES: Version = Version(1, 21, 0);
const PATIENCE: Duration = Duration::from_secs(30);

/// A version of Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u32, u32, u32);

/// A Go toolchain that is new enough.
#[derive(Debug)]
pub(super) struct Toolchain {
    program: PathBuf,
    version: String,
}

impl Toolchain {
    /// Finds a toolchain that is at least as new as `required`; `what` names what is built with it, for messages.
    pub(super) fn find(required: Version, what: &str) -> Result<Self> {
        let Version(major, minor, patch) = required;
        let refuse = |why: String| {
            Failure::refusal(format!("cannot build {what}: {why}"))
                .hint(format!("get Go {major}.{minor}.{patch} or newer: https://go.dev/doc/install"))
                .hint("it is looked for on PATH and in /usr/local/go")
        };
        let program = find("go").or_else(|| USUAL.iter().map(PathBuf::from).find(|path| path.is_file()));
        let program = program.ok_or_else(|| refuse("there is no Go on this machine".to_owned()))?;
        let answer = Run::new(&program).args(["env", "GOVERSION", "GOTOOLCHAIN"]).folder(Path::new("/"));
        let answer = answer.text(PATIENCE)?;
        let mut lines = answer.lines();
        let version = lines.next().unwrap_or_default().to_owned();
        let found = Version::read(version.trim_start_matches("go"));
        let fetches = found >= Some(FETCHES) && lines.next() != Some("local");
        if found >= Some(required) || fetches {
            return Ok(Self { program, version });
        }
        Err(refuse(format!("{} is {version}", shown_path(&program))).into())
    }

    /// Returns the path of the program.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Returns the version, as Go prints it.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

impl Version {
    fn read(text: &str) -> Option<Self> {
        // A release candidate is `1.27rc1`; a custom build is `1.26.1-X:nocoverageredesign`.
        let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
        let mut numbers = text.get(..end)?.split('.').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self(next()?, next()?, next().unwrap_or_default()))
    }
}

/// Returns the version that a `go.mod` requires.
pub(super) fn required(module: &str) -> Option<Version> {
    module.lines().find_map(|line| Version::read(line.strip_prefix("go ")?))
}

#[cfg(test)]
mod tests {
    use super::{Version, required};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(Version::read("1.26.8"), Some(Version(1, 26, 8)));
        assert_eq!(Version::read("1.27rc1"), Some(Version(1, 27, 0)));
        assert_eq!(Version::read("1.19"), Some(Version(1, 19, 0)));
        assert_eq!(Version::read("devel"), None);
        assert!(Version::read("1.9.9") < Version::read("1.10"));
        assert!(None < Version::read("1.0"));
        assert_eq!(required("module x\n\ngo 1.24.0\n\ntool y\n"), Some(Version(1, 24, 0)));
    }
}
