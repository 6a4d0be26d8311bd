//! Base images: found, fetched, or made as stand-ins.

use snapbox::str;

use super::{BOTH, NODE, PYTHON, UNREACHABLE, missing_at_first, rig_up, sandbox};
use crate::harness::docker::{self, context, image, inspect, stand_in};
use crate::harness::fakes::on;
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

#[test]
fn everything_is_there() {
    let sandbox = sandbox([docker::bases()]);
    sandbox.xtask(&["bootstrap"]).code(0).stdout("").stderr(str![[r#"
       Found the Docker engine 26.1.5
       Found the base image node:20-alpine
       Found the base image python:3.13-slim

"#]]);
    sandbox.xtask(&["bootstrap", "-q"]).code(0).stdout("").stderr("");
    sandbox.xtask(&["bootstrap", "--json", "-q"]).code(0).stderr("").stdout(str![[r#"
{
  "schema": 1,
  "command": "bootstrap",
  "ok": true,
  "dry_run": false,
  "engine": "26.1.5",
  "steps": [],
  "base_images": [
    {
      "name": "node:20-alpine",
      "stand_in": false
    },
    {
      "name": "python:3.13-slim",
      "stand_in": false
    }
  ],
  "left_out": [],
  "error": null
}

"#]]);
}

#[test]
fn a_base_image_is_fetched() {
    let [before, after] = missing_at_first(&[NODE], &[image(NODE), image(PYTHON)]);
    let sandbox = sandbox([before, after, on("pull node:20-alpine").says("docker.io/library/node:20-alpine\n")]);
    sandbox.xtask(&["bootstrap"]).code(0).stdout("").stderr(str![[r#"
       Found the Docker engine 26.1.5
     Running `docker pull node:20-alpine`: fetching the base image node:20-alpine
docker.io/library/node:20-alpine
       Found the base image python:3.13-slim

"#]]);
    compare(
        &sandbox.transcript(),
        str![[r#"
docker version --format {{json .}}
docker buildx version
docker context show
docker version --format {{json .}}
docker buildx version
docker image inspect node:20-alpine python:3.13-slim
docker pull node:20-alpine
docker image inspect node:20-alpine python:3.13-slim

"#]],
    );
}

#[test]
fn stand_ins_are_made_when_no_registry_is_reached() {
    let [before, after] = missing_at_first(&[NODE, PYTHON], &[stand_in(NODE), stand_in(PYTHON)]);
    let sandbox = sandbox([before, after, on("pull *").complains(UNREACHABLE).exits(1)]);
    sandbox.fake("cargo", [rig_up("bases")]);
    let run = sandbox.xtask(&["bootstrap"]).code(0).stdout("").stderr(str![[r#"
       Found the Docker engine 26.1.5
     Running `docker pull node:20-alpine`: fetching the base image node:20-alpine
Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host
note: the registry of node:20-alpine is not reachable
     Running `docker pull python:3.13-slim`: fetching the base image python:3.13-slim
Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host
note: the registry of python:3.13-slim is not reachable
     Running `cargo rig up bases`: making stand-ins for the base images from packages, as no registry is reachable
rig: bases is up
warning: `node:20-alpine` and `python:3.13-slim` are stand-ins made from packages, not the official images

"#]]);
    assert_eq!(sandbox.transcript().matches("cargo rig up bases").count(), 1, "{}", run.stderr);
}

#[test]
fn the_document_of_steps() {
    let [before, after] = missing_at_first(&[PYTHON], &[image(NODE), stand_in(PYTHON)]);
    let sandbox = sandbox([before, after, on("pull *").complains(UNREACHABLE).exits(1)]);
    sandbox.fake("cargo", [rig_up("bases")]);
    sandbox.xtask(&["bootstrap", "--json"]).code(0).stdout(str![[r#"
{
  "schema": 1,
  "command": "bootstrap",
  "ok": true,
  "dry_run": false,
  "engine": "26.1.5",
  "steps": [
    "docker pull python:3.13-slim",
    "cargo rig up bases"
  ],
  "base_images": [
    {
      "name": "node:20-alpine",
      "stand_in": false
    },
    {
      "name": "python:3.13-slim",
      "stand_in": true
    }
  ],
  "left_out": [],
  "error": null
}

"#]]);
}

#[test]
fn a_dry_run_only_asks() {
    let sandbox = sandbox([inspect(BOTH, &[], true)]);
    sandbox.xtask(&["bootstrap", "--dry-run"]).code(0).stdout("").stderr(str![[r#"
       Found the Docker engine 26.1.5
   Would run `docker pull node:20-alpine`: fetching the base image node:20-alpine
   Would run `docker pull python:3.13-slim`: fetching the base image python:3.13-slim

"#]]);
    compare(
        &sandbox.transcript(),
        str![[r#"
docker version --format {{json .}}
docker buildx version
docker context show
docker version --format {{json .}}
docker buildx version
docker image inspect node:20-alpine python:3.13-slim
docker image inspect node:20-alpine python:3.13-slim

"#]],
    );
}

#[test]
fn build_can_bootstrap_first() {
    let [before, after] = missing_at_first(&[NODE], &[image(NODE), image(PYTHON)]);
    let sandbox = Sandbox::new();
    sandbox.fake("docker", docker::first([before, after, context("default"), on("pull node:20-alpine")]));
    sandbox
        .xtask(&["build", "--bootstrap", "-j1"])
        .code(0)
        .stderr(str![[r#"
       Found the Docker engine 26.1.5
     Running `docker pull node:20-alpine`: fetching the base image node:20-alpine
       Found the base image python:3.13-slim
    Building `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` with BuildKit through buildx 0.13.1
frontend | [2/3] COPY . .
frontend | [3/3] RUN npm ci
backend  | [2/3] COPY . .
backend  | [3/3] RUN pip install .
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  0 of 2 steps cached
       Built taskflow-backend:1.0.0-main   b88e1fd77a19   123.5 MB     [TIME]  0 of 2 steps cached
    Finished 2 images in [TIME]

"#]])
        .stdout(str![[r#"
taskflow-frontend:1.0.0-main
taskflow-backend:1.0.0-main

"#]]);
}
