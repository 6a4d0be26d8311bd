//! What taskflow.toml says wrong: every problem with its place, all at once.

mod build_args;
mod contract;
mod release;
mod syntax;
mod types;
mod values;

use snapbox::IntoData;

use crate::harness::sandbox::{CONFIG, Sandbox};

/// Builds with this taskflow.toml, which must be refused before any tool is asked.
#[track_caller]
fn refused(config: &str, expected: impl IntoData) {
    let sandbox = Sandbox::without_git();
    sandbox.write("taskflow.toml", config);
    let run = sandbox.xtask(&["build"]).code(2).stdout("").stderr(expected);
    assert!(!run.stderr.contains("pl4nted"), "{}", run.stderr);
}

/// The same with one part of the usual text replaced.
#[track_caller]
fn changed(from: &str, to: &str, expected: impl IntoData) {
    assert!(CONFIG.contains(from), "{from}");
    refused(&CONFIG.replacen(from, to, 1), expected);
}
