//! Rules that no compiler checks, by text: the direction of the layers, the shape of files, what must stand nowhere.
//!
//! All problems are told at once, each with its place. Every rule has a bad sample of its own.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod circles;
mod everywhere;
mod layers;
mod messages;
mod names;
mod paths;
mod shape;
mod source;
mod suites;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use source::Source;

/// A broken rule and its place.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    file: String,
    line: usize,
    rule: String,
}

impl Finding {
    fn new(file: &str, line: usize, rule: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, rule: rule.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// The root of this repository; cargo runs tests in the package's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The files that git tracks and that are here, as text.
fn tracked() -> Vec<(String, String)> {
    let output = Command::new("git").arg("-C").arg(root()).args(["ls-files", "-z"]).output().unwrap();
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    let read = |name: &str| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?));
    names.split_terminator('\0').filter_map(read).collect()
}

#[test]
fn everything_is_tidy() {
    let files = tracked();
    let rust = |folder: &str| -> Vec<Source> {
        let wanted = files.iter().filter(|(name, _)| {
            name.starts_with(folder) && Path::new(name).extension().is_some_and(|extension| extension == "rs")
        });
        wanted.map(|(name, text)| Source::read(name, text)).collect()
    };
    let (mut sources, mut tests) = (rust("xtask/src/"), rust("xtask/tests/cli/"));
    sources.extend(rust("crates/").into_iter().filter(|source| source.path.contains("/src/")));
    tests.extend(rust("xtask/tests/secrets/"));
    tests.extend(rust("crates/secretscan/tests/"));
    tests.extend(rust("xtask/tests/contract/"));
    tests.extend(rust("xtask/tests/release/"));
    assert!(sources.len() > 30 && tests.len() > 10, "{} sources, {} tests", sources.len(), tests.len());
    let mut findings = Vec::new();
    for source in &sources {
        findings.extend(layers::check(source));
        findings.extend(shape::check(source));
    }
    let mut whole = rust("rig/src/");
    whole.extend(rust("crates/"));
    whole.extend(rust("xtask/src/"));
    findings.extend(whole.iter().filter(|source| source.path.contains("/src/")).flat_map(names::check));
    findings.extend(circles::check(&whole));
    let printed: Vec<&str> =
        files.iter().filter(|(name, _)| messages::is_printed(name)).map(|(_, text)| text.as_str()).collect();
    assert!(printed.len() > 20, "{} documents", printed.len());
    let snapshots = messages::snapshots(&tests);
    findings.extend(messages::check(&sources, &snapshots, &printed));
    let dockerfiles = files.iter().filter(|(name, _)| name.ends_with("/Dockerfile"));
    findings.extend(dockerfiles.flat_map(|(name, text)| messages::of_dockerfile(name, text, &snapshots)));
    for (name, text) in &files {
        findings.extend(everywhere::check(name, text));
    }
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
}
