//! The preview of `build` is the run, with every builder.

use snapbox::str;

use crate::harness::docker::{self, first, is_build, reference};
use crate::harness::fakes::on;
use crate::harness::sandbox::{CONFIG, Call, Sandbox};

/// Runs what the dry run printed as a person would, by pasting it into a shell, and then really builds.
#[track_caller]
fn preview_is_run(sandbox: &Sandbox, options: &[&str]) {
    let options = |more: &'static str| [&["build", "-j", "1"], options, &[more]].concat();
    let preview = sandbox.xtask(&options("--dry-run")).code(0);
    assert!(!sandbox.take_calls().iter().any(is_build), "a dry run builds nothing");
    for line in preview.stdout.lines() {
        let line = line.replace("[COMMIT]", &sandbox.commit_id());
        assert!(sandbox.program("/bin/sh", &["-c", &line]).output().unwrap().status.success(), "{line}");
    }
    let pasted: Vec<Call> = sandbox.take_calls();
    sandbox.xtask(&options("--quiet")).code(0);
    let mut calls: Vec<Call> = sandbox.take_calls().into_iter().filter(is_build).collect();
    // Values are the only thing that a preview does not tell.
    for item in calls.iter_mut().flat_map(|call| &mut call.env).filter(|item| item.contains("pl4nted")) {
        *item = format!("{}=***", item.split('=').next().unwrap());
    }
    assert_eq!(calls, pasted);
    assert_eq!(calls.len(), 2);
}

#[test]
fn the_preview_is_the_run() {
    preview_is_run(&docker::sandbox(), &[]);
    preview_is_run(&docker::sandbox(), &["--no-cache"]);
}

#[test]
fn the_preview_is_the_run_with_everything_that_can_be_set() {
    let mut sandbox = Sandbox::new();
    let more = "\
dockerfile = \"docker/Front end\"
target = \"out\"
[component.frontend.build-args]
API_URL = {}
BUILD_NOTE = { default = \"it's pl4nted\" }
NODE_ENV = {}
";
    sandbox.write("taskflow.toml", &CONFIG.replace("\"frontend\"\n", &format!("\"frontend\"\n{more}")));
    sandbox.write("docker/Front end", "FROM node:20-alpine AS out\n");
    sandbox.take_declared();
    sandbox.git(&["remote", "add", "origin", concat!("https://user:", "pl4nted@example.org/taskflow.git")]);
    sandbox.set("NODE_ENV", "pl4nted");
    sandbox.fake("docker", first([docker::inspect("taskflow-*-main.dirty", &dirty(), false)]));
    let options = ["--build-arg", "API_URL=pl4nted", "--build-arg", "NODE_ENV"];
    let preview = sandbox.xtask(&[&["build", "--dry-run", "frontend"], &options[..]].concat());
    preview.code(0).stderr(str![[r#"
note: the tree has changes: `taskflow.toml` and `docker/`
note: whether the tree has changes is uncertain without the git program, because of `docker`; install git

"#]]).stdout(str![[r#"
API_URL=*** BUILD_NOTE=*** NODE_ENV=*** docker buildx build --progress=plain --load --provenance=false --sbom=false --file 'docker/Front end' --target out --build-arg API_URL --build-arg BUILD_NOTE --build-arg NODE_ENV --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT]-dirty --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.source=https://example.org/taskflow.git --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main.dirty ./frontend

"#]]);
    sandbox.take_calls();
    // The value that comes from our own environment reaches the pasted call, too, so it has to be hidden there.
    sandbox.set("NODE_ENV", "***");
    preview_is_run(&sandbox, &options);
}

fn dirty() -> [String; 2] {
    ["frontend", "backend"].map(|name| docker::image(&format!("{}.dirty", reference(name))))
}

#[test]
fn the_builder_of_old_clients_needs_no_plugin() {
    let sandbox = Sandbox::new();
    let old = on("version --format {{json .}}")
        .says(r#"{"Client":{"Version":"20.10.24+dfsg1"},"Server":{"Version":"20.10.24+dfsg1"}}"#);
    let build = |name: &str| on(&format!("build --progress=plain * ./{name}"));
    sandbox.fake("docker", first([old, docker::no_buildx(), build("frontend"), build("backend")]));
    preview_is_run(&sandbox, &[]);
    sandbox.xtask(&["build", "frontend"]).code(0).stdout("taskflow-frontend:1.0.0-main\n").stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` with BuildKit of the docker client
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  0 of 0 steps cached
    Finished 1 image in [TIME]

"#]]);
    let call = sandbox.calls().into_iter().find(is_build).unwrap();
    assert_eq!(call.env, ["DOCKER_BUILDKIT=1"]);
}

#[test]
fn the_classic_builder_builds_what_it_understands() {
    let sandbox = Sandbox::new();
    let said = "Step 1/2 : FROM node:20-alpine\n ---> 1234567890ab\nStep 2/2 : COPY . .\n ---> Using cache\n";
    let build = |name: &str| on(&format!("build * ./{name}")).says(said);
    sandbox.fake("docker", first([docker::no_buildx(), build("frontend"), build("backend")]));
    preview_is_run(&sandbox, &[]);
    sandbox.xtask(&["build", "frontend"]).code(0).stdout("taskflow-frontend:1.0.0-main\n").stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` with the classic builder
frontend | Step 1/2 : FROM node:20-alpine
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  1 of 1 step cached
    Finished 1 image in [TIME]

"#]]);
    let call = sandbox.calls().into_iter().find(is_build).unwrap();
    assert_eq!(call.env, ["DOCKER_BUILDKIT=0"]);
}
