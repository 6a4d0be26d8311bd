//! The help text, and the suite of tests.

use snapbox::str;

use crate::harness::docker::{context, first};
use crate::harness::fakes::on;
use crate::harness::sandbox::Sandbox;

#[test]
fn help_of_the_command() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["minikube-load", "--help"]).code(0).stderr("").stdout(str![[r#"
Load the images into Minikube, only the missing layers, and verify that they are there

Usage: cargo xtask minikube-load [OPTIONS] [COMPONENT]...

Arguments:
  [COMPONENT]...  Components to load; all by default

Options:
      --config <FILE>      Use this file instead of the nearest taskflow.toml
  -p, --profile <NAME>     Profile to load into; by default `MINIKUBE_PROFILE`, then `profile` under
                           `[minikube]`, then minikube's own
      --all                Load every tag of each component that the engine has, not only the
                           current one
      --json               Print one JSON document on standard output
      --color <WHEN>       When to use colours [default: auto] [possible values: auto, always,
                           never]
      --restart            Restart workloads that still run another image under a loaded tag
      --timeout <SECONDS>  Time limit for each call of minikube; by default a minute, or more for
                           large images
  -v, --verbose            Show the output of the tools that are run
  -n, --dry-run            Print the commands without running them
  -q, --quiet              Show only warnings and errors
  -h, --help               Print help

"#]]);
}

#[test]
fn the_suite_runs_when_named_or_with_the_rig() {
    let sandbox = Sandbox::new();
    sandbox.fake("cargo", [on("rig status --json").says("{\"parts\":[]}"), on("test *"), on("rig up *")]);
    sandbox.xtask(&["test", "minikube"]).code(0).stderr(str![[r#"
     Running minikube: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test registry`
     Running minikube: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test minikube`
     Running minikube: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package rig --test separate`

"#]]);
    let with = sandbox.xtask(&["test", "--rig", "--dry-run"]).code(0).stdout;
    let without = sandbox.xtask(&["test", "--dry-run"]).code(0).stdout;
    assert!(with.contains("--test minikube") && !without.contains("--test minikube"), "{with}\n{without}");
    sandbox.fake("docker", first([context("default")]));
    sandbox.xtask(&["test", "--rig", "--bootstrap", "--dry-run"]).code(0).stderr(str![[r#"
       Found the Docker engine 26.1.5
       Found the base image node:20-alpine
       Found the base image python:3.13-slim
   Would run `cargo rig up database`: starting a PostgreSQL for the tests
   Would run `cargo rig up browser`: getting a browser for the tests
   Would run `cargo rig up registry`: starting a registry for the tests
   Would run `cargo rig up node engine-current engine-spare containerd-node`: starting a Minikube node and engines for the tests; the first time builds them, for minutes

"#]]);
}
