//! The preflight: each line in each of its states, and the command that repairs it.

mod engine;
mod git;
mod project;
mod published;
mod remote;

use snapbox::IntoData;

use super::world::World;
use crate::harness::run::compare;

/// The line with this name is like this, and the exit code fits to it.
#[track_caller]
fn says(world: &World, name: &str, args: &[&str], expected: impl IntoData) {
    let (code, line) = world.line(name, args);
    assert_eq!(code, if line.contains("     refused ") { 3 } else { 0 }, "{line}");
    compare(&line, expected);
}

/// The line with this name is like this, and another one refuses the release.
#[track_caller]
fn says_beside_a_refusal(world: &World, name: &str, args: &[&str], expected: impl IntoData) {
    let (code, line) = world.line(name, args);
    assert!(code == 3 && !line.contains("     refused "), "{line}");
    compare(&line, expected);
}
