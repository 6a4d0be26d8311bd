//! `bootstrap`: what it finds, what it does about it, and what it leaves alone.

mod bases;
mod engine;
mod failures;

use crate::harness::docker::{buildx, context, image, inspect, version};
use crate::harness::fakes::{Rule, on};
use crate::harness::sandbox::Sandbox;

pub(crate) const NODE: &str = "node:20-alpine";
pub(crate) const PYTHON: &str = "python:3.13-slim";
pub(crate) const BOTH: &str = "node:20-alpine python:3.13-slim";

/// What the client says when a registry is not reached.
pub(crate) const UNREACHABLE: &str = "Error response from daemon: Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host\n";

/// An engine and a builder, and these further rules.
pub(crate) fn sandbox(rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", [version(), buildx(), context("default")].into_iter().chain(rules));
    sandbox
}

/// The base images that are missing at first and there later.
pub(crate) fn missing_at_first(missing: &[&str], later: &[String]) -> [Rule; 2] {
    let there: Vec<String> =
        [NODE, PYTHON].iter().filter(|name| !missing.contains(name)).map(|name| image(name)).collect();
    [inspect(BOTH, &there, true).once(), inspect(BOTH, later, false)]
}

pub(crate) fn rig_up(part: &str) -> Rule {
    on(&format!("rig up {part}")).says(format!("rig: {part} is up\n"))
}
