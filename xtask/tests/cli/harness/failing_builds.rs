//! Builds that fail, or that engines lie about.

use snapbox::IntoData;

use super::docker::{build, failure, first};
use super::fakes::Rule;
use super::run::Run;
use super::sandbox::Sandbox;

/// Builds with these rules before those of an engine that builds everything.
pub(crate) fn build_with(rules: impl IntoIterator<Item = Rule>, args: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first(rules));
    sandbox.xtask(&[&["build"], args].concat())
}

/// A build of this component that fails in its last step.
pub(crate) fn broken(component: &str) -> Rule {
    build(component).says(failure("npm ci", "npm error code EUSAGE")).exits(1)
}

/// The build of the frontend ends as this rule says, and is told so.
#[track_caller]
pub(crate) fn frontend_fails(rule: Rule, expected: impl IntoData) {
    build_with([rule], &["-q", "frontend"]).code(1).stdout("").stderr(expected);
}
