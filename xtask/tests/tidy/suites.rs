//! Every test of the workspace runs in exactly one suite of `cargo xtask test`: cargo's list of targets is compared with the
//! table of suites.

use std::process::Command;

use serde_json::Value;
use xtask::domain::suites::{RealTests, SUITES, SuiteFacts, Which};

use crate::{Finding, root};

/// The call that runs every target with `test = true`, documentation included.
const WHOLE_WORKSPACE: &str = "cargo test --workspace --locked --no-fail-fast";

/// A target that has tests.
struct Target {
    package: String,
    name: String,
    is_test_binary: bool,
    /// Whether `cargo test --workspace` runs it.
    runs_by_default: bool,
}

/// The targets of the workspace that have tests.
fn targets() -> Vec<Target> {
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = metadata.output().unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut targets = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        for target in package["targets"].as_array().unwrap() {
            let kind = target["kind"][0].as_str().unwrap();
            if ["lib", "bin", "test"].contains(&kind) {
                targets.push(Target {
                    package: package["name"].as_str().unwrap().to_owned(),
                    name: target["name"].as_str().unwrap().to_owned(),
                    is_test_binary: kind == "test",
                    runs_by_default: target["test"].as_bool().unwrap(),
                });
            }
        }
    }
    targets
}

/// What is wrong with the way in which suites run these targets.
fn check(targets: &[Target], suites: &[RealTests], calls: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |rule: String| findings.push(Finding::new("xtask/src/domain/suites.rs", 1, rule));
    let whole = calls.iter().filter(|call| *call == WHOLE_WORKSPACE).count();
    if whole != 1 {
        report(format!("`{WHOLE_WORKSPACE}` runs in {whole} suites"));
    }
    for Target { package, name, is_test_binary, runs_by_default } in targets {
        let runs: Vec<Which> = suites
            .iter()
            .filter(|tests| *is_test_binary && tests.package == package && tests.target == name)
            .map(|tests| tests.tests)
            .collect();
        match (runs_by_default, runs.as_slice()) {
            (true, []) | (false, [Which::All]) => {}
            (false, [Which::With(one), Which::Without(other)] | [Which::Without(one), Which::With(other)])
                if one == other => {}
            (true, _) => report(format!("`{name}` of {package} runs with the workspace and in a suite besides")),
            (false, []) => report(format!("`{name}` of {package} has `test = false`, and no suite runs it")),
            (false, _) => report(format!("suites do not run each test of `{name}` of {package} exactly once")),
        }
    }
    for RealTests { package, target, .. } in suites {
        let known =
            targets.iter().any(|known| known.is_test_binary && known.package == *package && known.name == *target);
        if !known {
            report(format!("there is no `{target}` in {package}"));
        }
    }
    findings
}

#[test]
fn every_test_runs_in_exactly_one_suite() {
    let targets = targets();
    assert!(targets.iter().filter(|target| target.is_test_binary).count() > 10);
    let real_tests: Vec<RealTests> = SUITES.iter().flat_map(|suite| suite.real_tests).copied().collect();
    let suites = SUITES.iter().map(|suite| suite.suite(&SuiteFacts::default()));
    let calls: Vec<String> = suites.flat_map(|suite| suite.steps).map(|step| step.to_string()).collect();
    assert_eq!(check(&targets, &real_tests, &calls), []);
}

#[test]
fn bad_samples_are_found() {
    let target = |name: &str, runs_by_default| Target {
        package: "p".to_owned(),
        name: name.to_owned(),
        is_test_binary: true,
        runs_by_default,
    };
    let tests = |tests| RealTests { package: "p", target: "t", tests };
    let (all, with, without) = (tests(Which::All), tests(Which::With("a::")), tests(Which::Without("a::")));
    let whole = [WHOLE_WORKSPACE.to_owned()];
    let problems = |targets: &[Target], suites: &[RealTests]| check(targets, suites, &whole).len();
    assert_eq!(problems(&[target("t", true)], &[]), 0);
    assert_eq!(problems(&[target("t", false)], &[all]), 0);
    assert_eq!(problems(&[target("t", false)], &[without, with]), 0);
    assert_eq!(problems(&[target("t", false)], &[]), 1);
    assert_eq!(problems(&[target("t", true)], &[all]), 1);
    assert_eq!(problems(&[target("t", false)], &[with]), 1);
    assert_eq!(problems(&[target("t", false)], &[all, with]), 1);
    assert_eq!(problems(&[target("t", false)], &[with, tests(Which::Without("b::"))]), 1);
    assert_eq!(problems(&[], &[all]), 1);
    assert_eq!(check(&[], &[], &[]).len(), 1);
}
