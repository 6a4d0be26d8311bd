//! A machine on which suites run.

use super::docker::{context, first};
use super::fakes::{Rule, on};
use super::sandbox::Sandbox;

/// The rig has no part that is up.
pub(crate) fn nothing_is_up() -> Rule {
    on("rig status --json")
        .says(r#"{"parts":[{"name":"database","state":"down","facts":{"url":"postgresql://down"}}]}"#)
}

/// A machine where every program of every suite is there and content.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.real("mkdir");
    sandbox.real("ln");
    sandbox.fake("cargo", [nothing_is_up(), on("fmt *"), on("clippy *"), on("test *")]);
    sandbox.fake("npm", [on("ci"), on("run *")]);
    let tools = "mkdir -p .venv/bin; for tool in pip ruff mypy pytest; do ln -s \"${0%/*}/$tool\" .venv/bin; done";
    sandbox.fake("python3", [on("-m venv .venv").does(tools)]);
    for tool in ["pip", "ruff", "mypy", "pytest"] {
        sandbox.fake(tool, [on("*").says(format!("{tool} is content\n"))]);
    }
    sandbox
}

/// The same, with an engine that has the base images.
pub(crate) fn with_engine() -> Sandbox {
    let sandbox = sandbox();
    sandbox.fake("docker", first([context("default")]));
    sandbox
}
