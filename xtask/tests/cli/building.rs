//! `build` when everything works: what it says and what it runs.

use snapbox::str;

use crate::harness::docker::{self, build, built, first, is_build};
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

#[test]
fn both_components_are_built() {
    let sandbox = docker::sandbox();
    let run = sandbox.xtask(&["build", "--jobs", "1"]).code(0);
    run.stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]])
        .stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` with BuildKit through buildx 0.13.1
frontend | [2/3] COPY . .
frontend | [3/3] RUN npm ci
backend  | [2/3] COPY . .
backend  | [3/3] RUN pip install .
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  0 of 2 steps cached
       Built taskflow-backend:1.0.0-main   b88e1fd77a19   123.5 MB     [TIME]  0 of 2 steps cached
    Finished 2 images in [TIME]

"#]]);
    compare(
        &sandbox.transcript().replace(&sandbox.commit_id(), "[COMMIT]"),
        str![[r#"
docker version --format {{json .}}
docker buildx version
docker image inspect node:20-alpine python:3.13-slim
docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend
docker image inspect taskflow-frontend:1.0.0-main
docker history --no-trunc --format {{json .}} sha256:1d86604f841572f01d86604f841572f01d86604f841572f01d86604f841572f0
docker image inspect node:20-alpine
docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-backend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=python:3.13-slim --label dev.taskflow.component=backend --label dev.taskflow.branch=main --tag taskflow-backend:1.0.0-main ./backend
docker image inspect taskflow-backend:1.0.0-main
docker history --no-trunc --format {{json .}} sha256:b88e1fd77a19d10eb88e1fd77a19d10eb88e1fd77a19d10eb88e1fd77a19d10e
docker image inspect python:3.13-slim

"#]],
    );
    let log = sandbox.read("target/xtask/logs/frontend.log");
    assert_eq!(log, docker::progress("node:20-alpine", "npm ci"));
}

#[test]
fn quiet_leaves_the_result() {
    docker::sandbox().xtask(&["build", "-q"]).code(0).stderr("").stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]]);
}

#[test]
fn verbose_shows_what_the_builder_says() {
    docker::sandbox().xtask(&["build", "-v", "frontend"]).code(0).stdout("taskflow-frontend:1.0.0-main\n").stderr(
        str![[r#"
    Building `taskflow-frontend:1.0.0-main` with BuildKit through buildx 0.13.1
frontend | #1 [internal] load build definition from Dockerfile
frontend | #1 DONE 0.0s
frontend | #4 [1/3] FROM node:20-alpine
frontend | #4 CACHED
frontend | #5 [2/3] COPY . .
frontend | #5 DONE 0.1s
frontend | #6 [3/3] RUN npm ci
frontend | #6 0.312 working
frontend | #6 DONE 0.5s
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  0 of 2 steps cached
    Finished 1 image in [TIME]

"#]],
    );
}

#[test]
fn components_are_built_in_the_order_of_the_file_and_each_once() {
    let sandbox = docker::sandbox();
    let run = sandbox.xtask(&["build", "-q", "backend", "frontend", "backend"]).code(0);
    run.stdout("taskflow-frontend:1.0.0-main\ntaskflow-backend:1.0.0-main\n");
    assert_eq!(sandbox.calls().into_iter().filter(is_build).count(), 2);
}

#[test]
fn components_are_built_at_the_same_time() {
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    // Each waits for the other, at most ten seconds.
    let meet = |own: &str, other: &str| {
        let wait = "[ $tries -lt 500 ] || exit 1; tries=$((tries+1)); sleep 0.02";
        let shell = format!(": >\"$marks/{own}\"; tries=0; until [ -e \"$marks/{other}\" ]; do {wait}; done");
        build(own).does(&shell)
    };
    sandbox.fake("docker", first([meet("frontend", "backend"), meet("backend", "frontend")]));
    sandbox.xtask(&["build", "-q"]).code(0);
}

#[test]
fn one_job_builds_one_after_the_other() {
    let sandbox = docker::sandbox();
    sandbox.xtask(&["build", "-q", "-j", "1"]).code(0);
    let words: Vec<String> = sandbox.calls().iter().skip(3).map(|call| call.argv[1..3].join(" ")).collect();
    assert_eq!(words, ["buildx build", "image inspect", "history --no-trunc", "image inspect"].repeat(2));
}

#[test]
fn stand_ins_are_told_once() {
    let bases = ["node:20-alpine", "python:3.13-slim"];
    let both = docker::inspect("node:20-alpine python:3.13-slim", &bases.map(docker::stand_in), false);
    let one = docker::inspect(bases[0], &[docker::stand_in(bases[0])], false);
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first([both, one, built("frontend"), built("backend")]));
    sandbox.xtask(&["build", "-q"]).code(0).stderr(str![[r#"
warning: `node:20-alpine` and `python:3.13-slim` are stand-ins made from packages, not the official images

"#]]);
    sandbox.xtask(&["build", "-q", "frontend"]).code(0).stderr(str![[r#"
warning: `node:20-alpine` is a stand-in made from packages, not the official image

"#]]);
}
