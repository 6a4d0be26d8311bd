//! Base images that cannot be had, and steps that fail.

use snapbox::str;

use super::{BOTH, NODE, PYTHON, UNREACHABLE, missing_at_first, sandbox};
use crate::harness::docker::{self, buildx, context, image, inspect, version};
use crate::harness::fakes::on;
use crate::harness::run::compare;
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn a_registry_that_says_no_is_no_reason_for_a_stand_in() {
    let [before, after] = missing_at_first(&[NODE], &[]);
    let denied = "Error response from daemon: pull access denied for node, repository does not exist or may require 'docker login'\n";
    let sandbox = sandbox([before, after, on("pull *").complains(denied).exits(1)]);
    sandbox.xtask(&["bootstrap", "-q"]).code(1).stdout("").stderr(str![[r#"
error: cannot get the base image `node:20-alpine`
caused by: Error response from daemon: pull access denied for node, repository does not exist or may require 'docker login'
hint: make a stand-in from packages with `cargo rig up bases`

"#]]);
}

#[test]
fn a_base_image_that_has_no_stand_in() {
    let sandbox = sandbox([
        inspect("debian:12 python:3.13-slim", &[image(PYTHON)], true),
        on("pull debian:12").complains(UNREACHABLE).exits(1),
    ]);
    sandbox.write("frontend/Dockerfile", "FROM debian:12\n");
    sandbox.xtask(&["bootstrap", "-q"]).code(1).stdout("").stderr(str![[r#"
error: cannot get the base image `debian:12`
caused by: Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host
hint: fetch it with `docker pull debian:12`, or load it from an archive with `docker load --input FILE`

"#]]);
}

#[test]
fn a_step_that_fails() {
    let [before, after] = missing_at_first(&[NODE], &[]);
    let sandbox = sandbox([before, after, on("pull *").complains(UNREACHABLE).exits(1)]);
    sandbox.fake("cargo", [on("rig up bases").says("fetching packages\n").complains("no mirror answers\n\n").exits(1)]);
    sandbox.xtask(&["bootstrap"]).code(1).stdout("").stderr(str![[r#"
       Found the Docker engine 26.1.5
     Running `docker pull node:20-alpine`: fetching the base image node:20-alpine
Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host
note: the registry of node:20-alpine is not reachable
       Found the base image python:3.13-slim
     Running `cargo rig up bases`: making stand-ins for the base images from packages, as no registry is reachable
fetching packages
no mirror answers

error: `cargo rig up bases` ended with exit code 1
caused by: no mirror answers
note: the step was making stand-ins for the base images from packages, as no registry is reachable

"#]]);
    sandbox.fake(
        "docker",
        [
            version(),
            buildx(),
            context("default"),
            inspect(BOTH, &[], true),
            on("pull *").complains(UNREACHABLE).exits(1),
        ],
    );
    sandbox.fake("cargo", [on("rig up bases").does("kill -KILL $$")]);
    sandbox.xtask(&["bootstrap", "-q"]).code(1).stdout("").stderr(str![[r#"
error: `cargo rig up bases` was ended by a signal
note: the step was making stand-ins for the base images from packages, as no registry is reachable

"#]]);
}

#[test]
fn a_step_whose_program_is_missing() {
    let sandbox = sandbox([inspect(BOTH, &[], true), on("pull *").complains(UNREACHABLE).exits(1)]);
    sandbox.xtask(&["bootstrap", "-q"]).code(2).stdout("").stderr(str![[r#"
error: `cargo` is not installed or not on PATH

"#]]);
}

#[test]
fn what_needs_no_engine_is_refused_before_anything_is_installed() {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &CONFIG.replace("\"frontend\"\n", "\"frontend\"\ntarget = \"nosuch\"\n"));
    sandbox.commit();
    sandbox.fake("docker", docker::first([context("default")]));
    sandbox.xtask(&["build", "--bootstrap"]).code(2).stdout("").stderr(str![[r#"
error[declared-inputs]: `frontend/Dockerfile` has no stage `nosuch`, the target of `frontend`
  --> taskflow.toml:7
note: contract: Build Arguments, "MAY include build-time configuration"
hint: correct `target` under `[component.frontend]` in taskflow.toml

"#]]);
    sandbox.write("taskflow.toml", CONFIG);
    std::fs::write(sandbox.root.join("target"), "no folder").unwrap();
    sandbox.xtask(&["build", "--bootstrap"]).code(2).stdout("").stderr(str![[r#"
error: cannot write the log files of the builds
caused by: failed to create directory `[ROOT]/target/xtask/logs`: Not a directory (os error 20)
hint: make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`

"#]]);
    assert_eq!(sandbox.transcript(), "", "nothing was asked or done");
}

#[test]
fn what_was_done_before_a_refusal_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY --link . /\n");
    let before = inspect(NODE, &[], true).once();
    let rules = [before, context("default"), on("pull node:20-alpine"), docker::no_buildx()];
    sandbox.fake("docker", docker::first(rules));
    // As another user than root the classic builder is left as it is; as root the plugin would be got.
    sandbox.fake("cargo", [on("rig up engine")]);
    let run = sandbox.xtask(&["build", "--bootstrap", "--json", "-q", "frontend"]).code(1);
    let document = run.document();
    let steps: Vec<&str> = document["bootstrap"].as_array().unwrap().iter().filter_map(|step| step.as_str()).collect();
    assert!(steps.contains(&"docker pull node:20-alpine"), "{steps:?}");
    assert_eq!((document["ok"].clone(), document["error"]["kind"].clone()), (false.into(), "failed".into()));
    let plain = run.stderr.replace("`cargo rig up engine` and ", "");
    compare(
        &plain,
        str![[r#"
error: cannot build `frontend` with the classic builder: `COPY --link` needs BuildKit
  --> frontend/Dockerfile:2
note: done before by `--bootstrap`: `docker pull node:20-alpine`
hint: install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)
hint: on Debian or Ubuntu as root, `cargo rig up engine` provides it

"#]],
    );
}
