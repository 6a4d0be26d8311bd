//! Secrets that only a step of a build may read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use snapbox::str;

use super::{refused, with_config};
use crate::harness::docker::{self, build, first, no_buildx};
use crate::harness::images::{Image, with_images};
use crate::harness::planted::{password, quiet, shows_nothing};
use crate::harness::sandbox::Sandbox;

const SECRET: &str = "[component.backend.build-secrets.pip-token]\nenv = \"BUILD_NOTE\"\n";

/// A sandbox that declares one, in an environment that has it.
fn sandbox() -> Sandbox {
    let mut sandbox = with_config(SECRET);
    sandbox.set("BUILD_NOTE", password());
    sandbox.take_declared();
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    sandbox
}

#[test]
fn the_value_travels_in_the_environment_of_the_one_call_that_needs_it() {
    let sandbox = sandbox();
    let run = quiet(sandbox.xtask(&["build", "--dry-run"]).code(0));
    let call = run.stdout.lines().find(|line| line.ends_with("./backend")).unwrap();
    assert!(call.starts_with("BUILD_NOTE=*** docker "), "{call}");
    assert!(call.contains("--secret id=pip-token,env=BUILD_NOTE"), "{call}");
    quiet(sandbox.xtask(&["build", "-q"]).code(0));
    shows_nothing(&sandbox.transcript());
}

#[test]
fn what_the_builder_says_of_it_is_taken_out() {
    let sandbox = sandbox();
    let says = "echo \"#5 [2/2] RUN x\"; echo \"#5 0.1 $BUILD_NOTE\"; exit 1";
    sandbox.fake("docker", first([build("backend").does(says)]));
    let run = quiet(sandbox.xtask(&["build", "-v", "backend"]).code(1));
    assert!(run.stderr.contains("#5 0.1 ***"), "{}", run.stderr);
    shows_nothing(&sandbox.read("target/xtask/logs/backend.log"));
}

#[test]
fn a_variable_that_is_not_set() {
    let sandbox = with_config(SECRET);
    sandbox.take_declared();
    refused(
        &sandbox,
        &["backend"],
        str![[r#"
error: build secret `pip-token` of component `backend` has no value: `BUILD_NOTE` is not set
hint: set the variable `BUILD_NOTE`; its value reaches the step that mounts it, and nothing else

"#]],
    );
}

#[test]
fn a_builder_that_has_no_mounts() {
    let mut sandbox = with_config(SECRET);
    sandbox.set("BUILD_NOTE", password());
    sandbox.commit();
    sandbox.fake("docker", first([no_buildx()]));
    // A step that mounts it needs BuildKit, too, and would be named instead.
    quiet(sandbox.xtask(&["build", "--no-check", "backend"]).code(2).stdout("").stderr(str![[r#"
error: cannot build `backend` with the classic builder: `--secret id=pip-token` needs BuildKit
hint: install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)
hint: on Debian or Ubuntu as root, `cargo rig up engine` provides it

"#]]));
}

#[test]
fn names_that_are_none() {
    let sandbox = with_config("[component.backend.build-secrets.\"a,b\"]\nenv = \"TOKEN\"\n");
    refused(
        &sandbox,
        &["backend"],
        str![[r#"
error: a build secret's id is not letters, digits, `.`, `_`, and `-`; it is not shown
  --> taskflow.toml:13:34

"#]],
    );
    let sandbox = with_config("[component.backend.build-secrets.a]\n");
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: `component.backend.build-secrets.a.env` is missing
  --> taskflow.toml:13:1
hint: add the variable that holds the secret, as in `env = "NPM_TOKEN"`

"#]]);
    let sandbox = with_config("[component.backend.build-secrets.a]\nenv = \"TO KEN\"\n");
    refused(
        &sandbox,
        &["backend"],
        str![[r#"
error: invalid variable of build secret `a`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:14:7

"#]],
    );
    // Docker would take the value of the arg from the same variable.
    let both = "[component.backend.build-secrets.a]\nenv = \"MODE\"\n[component.backend.build-args.MODE]\n";
    refused(
        &with_config(both),
        &["backend"],
        str![[r#"
error: variable `MODE` of build secret `a` is a build arg, too
  --> taskflow.toml:14:7
note: docker would take the value of the build arg from the same variable
hint: give one of them another name

"#]],
    );
}

#[test]
fn a_value_that_stands_in_the_file_is_not_shown() {
    let inline = format!("[component.backend.build-secrets]\npip-token = \"{}\"\n", password());
    refused(
        &with_config(&inline),
        &["backend"],
        str![[r#"
error: `component.backend.build-secrets.pip-token` must be a table, not a string
  --> taskflow.toml:14:13

"#]],
    );
}

#[test]
fn a_step_that_keeps_the_secret_is_found_out() {
    let sandbox = sandbox();
    sandbox.real("cat");
    let encoded = STANDARD.encode(password());
    let image = Image::of("backend").layer(&[("etc/pip.conf", &format!("key: {encoded}\n"))]);
    let says = format!("echo '#5 0.1 {encoded}'");
    with_images(&sandbox, &[image], [build("backend").does(&says)]);
    quiet(sandbox.xtask(&["build", "-q", "backend"]).code(1).stdout("").stderr(str![[r#"
error[known-value]: a secret in `/etc/pip.conf` in a layer of `taskflow-backend:1.0.0-main`: the value of `BUILD_NOTE` on this machine
note: layer sha256:e72ff479a8f3a36532d558956438d6bbb859d47d9e13aa85dc8571ac08da970c, byte 5
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: give `BUILD_NOTE` to the container from a Kubernetes Secret at run time, and to no step of the build that writes it down
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]));
    let log = sandbox.read("target/xtask/logs/backend.log");
    assert!(log.contains("#5 0.1 ***") && !log.contains(&encoded), "{log}");
    // No other call has the variable.
    let others = sandbox.calls().into_iter().filter(|call| !docker::is_build(call));
    others.for_each(|call| assert_eq!(call.env, Vec::<String>::new(), "{:?}", call.argv));
}
