//! An engine that does not answer: what is done about it, and when nothing is.

use snapbox::str;
use xtask::domain::bootstrap::{MachineFacts, engine_step};
use xtask::effects::environment;

use super::rig_up;
use crate::harness::docker::{self, buildx, context, silent, version};
use crate::harness::fakes::on;
use crate::harness::run::{Run, compare, rendered};
use crate::harness::sandbox::Sandbox;

#[test]
fn an_engine_chosen_by_variable_is_never_replaced() {
    let mut sandbox = Sandbox::new();
    sandbox.fake("docker", [silent()]);
    sandbox.set("DOCKER_HOST", "tcp://192.0.2.1:2376");
    sandbox.xtask(&["bootstrap"]).code(2).stdout("").stderr(str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
note: the docker client is set to another engine than this machine's: DOCKER_HOST is `tcp://192.0.2.1:2376`
hint: start that engine, or unset `DOCKER_HOST` and run `docker context use default`

"#]]);
}

#[test]
fn an_engine_chosen_by_context_is_never_replaced() {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", [silent(), context("colima")]);
    sandbox.xtask(&["bootstrap"]).code(2).stdout("").stderr(str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
note: the docker client is set to another engine than this machine's: the docker context is `colima`
hint: start that engine, or unset `DOCKER_HOST` and run `docker context use default`

"#]]);
}

/// The facts of this machine, with `dockerd` on the sandbox's PATH.
fn this_machine() -> MachineFacts {
    MachineFacts {
        engine: Err(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
                .to_owned(),
        ),
        dockerd: true,
        buildkit: false,
        chosen_endpoint: None,
        root: environment::root(),
        systemd: environment::systemd(),
        systems: environment::systems(),
    }
}

/// A silent engine that answers after its start; the fakes know the step that fits this machine and no other.
fn with_engine_that_starts() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", [silent().until("started"), version(), buildx(), context("default"), docker::bases()]);
    sandbox.fake("dockerd", []);
    sandbox.fake("cargo", [rig_up("engine").does(": >\"$marks/started\"")]);
    sandbox.fake("systemctl", [on("start docker").does(": >\"$marks/started\"")]);
    sandbox
}

/// Compares the run with what the domain decides for this machine; `machines` has a snapshot of every decision.
#[track_caller]
fn as_decided(run: Run, sandbox: &Sandbox, word: &str, done: bool) {
    match engine_step(&this_machine()) {
        Ok(step) => {
            let step = step.unwrap();
            let run = run.code(0);
            let said = format!("{word:>12} `{}`: {}\n", step.invocation, step.what);
            assert!(run.stderr.starts_with(&said), "{}", run.stderr);
            assert_eq!(sandbox.transcript().contains(&step.invocation.to_string()), done);
        }
        Err(problem) => {
            run.code(2).stderr(rendered(&problem));
            assert!(!sandbox.mark("started").exists());
        }
    }
}

#[test]
fn a_silent_engine_is_started_as_this_machine_needs() {
    let sandbox = with_engine_that_starts();
    as_decided(sandbox.xtask(&["bootstrap"]), &sandbox, "Running", true);
}

#[test]
fn a_dry_run_does_not_start_the_engine() {
    let sandbox = with_engine_that_starts();
    let run = sandbox.xtask(&["bootstrap", "--dry-run"]);
    if engine_step(&this_machine()).is_ok() {
        let (_, note) = run.stderr.split_once('\n').unwrap();
        compare(
            note,
            str![[r#"
note: base images can only be looked for when the engine answers

"#]],
        );
    }
    as_decided(run, &sandbox, "Would run", false);
    assert!(!sandbox.mark("started").exists());
}

#[test]
fn a_missing_client_is_part_of_a_missing_engine() {
    let sandbox = Sandbox::new();
    sandbox.fake("dockerd", []);
    let facts = MachineFacts { engine: Err(String::new()), ..this_machine() };
    let run = sandbox.xtask(&["bootstrap", "--dry-run"]);
    match engine_step(&facts) {
        Ok(step) => {
            let step = step.unwrap();
            assert!(run.code(0).stderr.contains(&format!("`{}`: {}", step.invocation, step.what)));
        }
        Err(problem) => drop(run.code(2).stderr(rendered(&problem))),
    }
}

#[test]
fn the_first_build_of_a_bare_machine_can_be_previewed() {
    let sandbox = Sandbox::new();
    sandbox.fake("dockerd", []);
    let facts = MachineFacts { engine: Err(String::new()), ..this_machine() };
    let run = sandbox.xtask(&["build", "--bootstrap", "--dry-run", "frontend"]);
    match engine_step(&facts) {
        Ok(step) => {
            let (first, build) =
                run.code(0).stdout.split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            assert_eq!(first, step.unwrap().invocation.to_string());
            assert!(build.starts_with("docker buildx build "), "{build}");
            compare(
                sandbox.xtask(&["build", "--bootstrap", "--dry-run", "-q", "frontend"]).stderr.as_str(),
                str![[r#"
warning: there is no docker client yet: the commands are those for the builder that comes with it

"#]],
            );
        }
        Err(problem) => drop(run.code(2).stderr(rendered(&problem))),
    }
}
