//! Engines and builders that are missing, silent, strange or too old.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use snapbox::{IntoData, str};

use crate::harness::docker::{self, first, inspect};
use crate::harness::fakes::{Rule, on};
use crate::harness::run::Run;
use crate::harness::sandbox::{CONFIG, Sandbox};

fn run(rules: impl IntoIterator<Item = Rule>, args: &[&str]) -> (Run, Sandbox) {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", rules);
    (sandbox.xtask(&[&["build"], args].concat()), sandbox)
}

#[track_caller]
fn refused(rules: impl IntoIterator<Item = Rule>, expected: impl IntoData) {
    let (run, sandbox) = run(rules, &[]);
    run.code(2).stdout("").stderr(expected);
    assert!(!sandbox.transcript().contains("--tag"), "{}", sandbox.transcript());
    assert!(!sandbox.root.join("target").exists(), "nothing is written before something is done");
}

#[test]
fn no_docker_client() {
    Sandbox::new().xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: there is no docker client: `docker` is not installed or not on PATH
hint: run `cargo xtask bootstrap`, which installs it or says how

"#]]);
    Sandbox::new().xtask(&["build", "--dry-run"]).code(2).stdout("").stderr(str![[r#"
error: there is no docker client: `docker` is not installed or not on PATH
hint: run `cargo xtask bootstrap`, which installs it or says how

"#]]);
}

#[test]
fn a_docker_client_that_is_no_program() {
    let sandbox = docker::sandbox();
    fs::set_permissions(sandbox.outside("bin/docker"), fs::Permissions::from_mode(0o644)).unwrap();
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: cannot run `docker`: Permission denied (os error 13)

"#]]);
}

#[test]
fn no_engine_answers() {
    refused(
        [docker::silent()],
        str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]],
    );
}

#[test]
fn a_client_that_says_nothing() {
    refused(
        [on("version --format {{json .}}").exits(1)],
        str![[r#"
error: no Docker engine answers
caused by: the docker client printed nothing
hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]],
    );
}

#[test]
fn a_client_that_speaks_no_json() {
    refused(
        [on("version --format {{json .}}").says("podman version 4.3.1\n")],
        str![[r#"
error: `[BASE]/bin/docker` is podman, not the docker client
note: podman has no BuildKit, and puts `localhost/` before the names of its images
hint: install Docker's own client, and put its folder before that of `[BASE]/bin/docker` on PATH

"#]],
    );
}

#[test]
fn an_answer_about_images_that_is_no_json() {
    let strange = inspect("node:20-alpine python:3.13-slim", &[], false).says("[{\"Id\":");
    refused(
        first([strange]),
        str![[r#"
error: cannot read the answer of `docker image inspect node:20-alpine python:3.13-slim`, at line 1, column 7
hint: run it alone to see its output: `docker image inspect node:20-alpine python:3.13-slim`

"#]],
    );
}

#[test]
fn a_dry_run_needs_no_engine() {
    let (run, sandbox) = run([docker::silent(), docker::buildx()], &["--dry-run"]);
    run.code(0).stdout(str![[r#"
docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend
docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-backend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=python:3.13-slim --label dev.taskflow.component=backend --label dev.taskflow.branch=main --tag taskflow-backend:1.0.0-main ./backend

"#]]).stderr(str![[r#"
warning: no Docker engine answers: what is known of the base images is left out

"#]]);
    snapbox::assert_data_eq!(
        sandbox.transcript(),
        str![[r#"
docker version --format {{json .}}
docker version --format {{json .}}
docker buildx version

"#]]
    );
}

#[test]
fn the_classic_builder_cannot_build_what_needs_buildkit() {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first([docker::no_buildx()]));
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nRUN --mount=type=cache,target=/root/.npm npm ci\n");
    sandbox.write("backend/Dockerfile", "FROM python:3.13-slim\n\nCOPY --chmod=755 a /a\n");
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: cannot build `frontend` with the classic builder: `RUN --mount` needs BuildKit
  --> frontend/Dockerfile:2
hint: install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)
hint: on Debian or Ubuntu as root, `cargo rig up engine` provides it

error: cannot build `backend` with the classic builder: `COPY --chmod` needs BuildKit
  --> backend/Dockerfile:3
hint: install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)
hint: on Debian or Ubuntu as root, `cargo rig up engine` provides it

"#]]);
    sandbox.xtask(&["build", "--dry-run"]).code(2).stdout("");
    assert!(!sandbox.transcript().contains("--tag"), "{}", sandbox.transcript());
}

#[test]
fn a_heredoc_needs_buildkit() {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first([docker::no_buildx()]));
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nRUN <<END\nnpm ci\nEND\n");
    sandbox.xtask(&["build", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot build `frontend` with the classic builder: `RUN <<` needs BuildKit
  --> frontend/Dockerfile:2
hint: install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)
hint: on Debian or Ubuntu as root, `cargo rig up engine` provides it

"#]]);
}

#[test]
fn a_target_that_is_no_stage() {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &CONFIG.replace("\"frontend\"\n", "\"frontend\"\ntarget = \"nosuch\"\n"));
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine AS builder\nFROM node:20-alpine AS runner\n");
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error[declared-inputs]: `frontend/Dockerfile` has no stage `nosuch`, the target of `frontend`
  --> taskflow.toml:7
note: its stages are `builder` and `runner`
note: contract: Build Arguments, "MAY include build-time configuration"
hint: correct `target` under `[component.frontend]` in taskflow.toml

"#]]);
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\n");
    sandbox.xtask(&["build", "-q"]).code(2).stdout("").stderr(str![[r#"
error[declared-inputs]: `frontend/Dockerfile` has no stage `nosuch`, the target of `frontend`
  --> taskflow.toml:7
note: contract: Build Arguments, "MAY include build-time configuration"
hint: correct `target` under `[component.frontend]` in taskflow.toml

"#]]);
}

#[test]
fn an_engine_that_goes_away_after_the_build() {
    let sandbox = docker::sandbox();
    let gone =
        inspect("taskflow-frontend:1.0.0-main", &[], false).complains("Cannot connect to the Docker daemon\n").exits(1);
    sandbox.fake("docker", first([gone, docker::build("frontend")]));
    sandbox.xtask(&["build", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: Cannot connect to the Docker daemon

"#]]);
}

#[test]
fn a_base_that_depends_on_an_arg_is_not_guessed() {
    let sandbox = docker::sandbox_with("[component.frontend.build-args.BASE]\n");
    sandbox.write("frontend/Dockerfile", "ARG BASE\nFROM ${BASE}\nCOPY . .\n");
    sandbox.commit();
    let run = sandbox.xtask(&["build", "--dry-run", "-q", "--build-arg", "BASE=node:20-alpine", "frontend"]).code(0);
    assert!(!run.stdout.contains("image.base.name"), "{}", run.stdout);
    sandbox.fake("docker", first([docker::context("default")]));
    sandbox.xtask(&["bootstrap", "--dry-run"]).code(0);
    let calls = sandbox.transcript();
    assert!(!calls.contains("docker pull"), "{calls}");
}
