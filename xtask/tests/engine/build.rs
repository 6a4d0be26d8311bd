//! `xtask build` on a real engine: nothing to do, a failing step, an interruption, an engine that is not there.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::parts::{component, docker, engine, images, repository, xtask_json};

fn xtask(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn is_tagged(reference: &str) -> bool {
    !docker(&["image", "ls", "--quiet", reference]).is_empty()
}

#[test]
fn a_second_build_takes_every_step_from_the_cache_and_gives_the_same_image() {
    if !engine("a_second_build_takes_every_step_from_the_cache_and_gives_the_same_image") {
        return;
    }
    images();
    let (first, second) = (xtask_json(&["build"]), xtask_json(&["build"]));
    for name in ["frontend", "backend"] {
        let (first, second) = (component(&first, name), component(&second, name));
        assert!(first["image_id"].as_str().unwrap().starts_with("sha256:"), "{first}");
        assert_eq!(first["image_id"], second["image_id"]);
        assert_eq!(second["steps"], second["steps_cached"]);
        assert!(second["steps"].as_u64().unwrap() > 5, "{second}");
    }
}

/// Takes a tag away at the end of a test, however it ends.
pub(crate) struct Untag(pub(crate) String);

impl Drop for Untag {
    fn drop(&mut self) {
        let mut remove = Command::new("docker");
        drop(remove.args(["image", "rm", &self.0]).stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

#[test]
fn one_failing_component_does_not_hide_the_other() {
    if !engine("one_failing_component_does_not_hide_the_other") {
        return;
    }
    let project = format!("tf-failing-{}", std::process::id());
    let good = "FROM python:3.13-slim\nRUN true\n";
    let bad = "FROM python:3.13-slim\nRUN true\nRUN echo the reason; exit 7\n";
    let (_folder, root) = repository(&project, &[("good", good), ("bad", bad)]);
    let _untag = Untag(format!("{project}-good:1.0.0-main"));
    let output = xtask(&root, &["build"]).output().unwrap();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for expected in [
        &format!(
            "error: building `{project}-bad:1.0.0-main` failed in `[3/3] RUN echo the reason; exit 7` (exit code 7)"
        ),
        "--> bad/Dockerfile:3",
        "the reason",
        "target/xtask/logs/bad.log",
        &format!("`{project}-good:1.0.0-main` was built"),
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert!(!is_tagged(&format!("{project}-bad:1.0.0-main")));
    assert!(is_tagged(&format!("{project}-good:1.0.0-main")));
}

#[test]
fn the_value_of_a_build_arg_is_seen_nowhere() {
    if !engine("the_value_of_a_build_arg_is_seen_nowhere") {
        return;
    }
    let project = format!("tf-hidden-{}", std::process::id());
    // A builder writes the value into the name of the step, and the step's own output into its own.
    let dockerfile = "FROM python:3.13-slim\nARG API\nRUN echo $API && echo \"twice ${API}\" && exit 3\n";
    let (_folder, root) = repository(&project, &[("a", dockerfile)]);
    let config = std::fs::read_to_string(root.join("taskflow.toml")).unwrap();
    let declared = "[component.a.build-args.API]\ndefault = \"pl4nted-default\"\n";
    std::fs::write(root.join("taskflow.toml"), format!("{config}{declared}")).unwrap();
    for (options, value) in [
        (&["--verbose"][..], "pl4nted-default"),
        (&["--build-arg", "API=pl4nted $value"], "pl4nted"),
        (&["--json", "--build-arg", "API"], "pl4nted"),
    ] {
        let mut build = xtask(&root, &["build", "--no-cache"]);
        let output = build.args(options).env("API", "pl4nted-in-the-environment").output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let log = std::fs::read_to_string(root.join("target/xtask/logs/a.log")).unwrap();
        assert!(log.contains("echo ***"), "{log}");
        for text in [said(&output), String::from_utf8_lossy(&output.stdout).into_owned(), log] {
            assert!(!text.contains(value), "{text}");
        }
    }
}

#[test]
fn an_engine_that_is_not_there_is_named() {
    if !engine("an_engine_that_is_not_there_is_named") {
        return;
    }
    let (_folder, root) = repository("tf-none", &[("a", "FROM scratch\n")]);
    let output = xtask(&root, &["build"]).env("DOCKER_HOST", "unix:///nowhere/docker.sock").output().unwrap();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("no Docker engine answers") && text.contains("/nowhere/docker.sock"), "{text}");
    // `cargo xtask bootstrap` would not help while the variable stands.
    assert!(text.contains("unset `DOCKER_HOST`"), "{text}");
}

#[test]
fn ctrl_c_and_sigterm_leave_nothing_behind() {
    if !engine("ctrl_c_and_sigterm_leave_nothing_behind") {
        return;
    }
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        // A length of sleep that nobody else uses finds the step's process again.
        let marker = format!("3{:09}", std::process::id() + u32::try_from(code).unwrap() * 1_000_000);
        let project = format!("tf-interrupted-{code}-{}", std::process::id());
        let dockerfile = format!("FROM python:3.13-slim\nRUN sleep {marker}\n");
        let (_folder, root) = repository(&project, &[("a", &dockerfile), ("b", &dockerfile)]);
        // No signal is ignored, whatever whoever started these tests ignores.
        let listening = ["--default-signal=INT,TERM", env!("CARGO_BIN_EXE_xtask"), "build"];
        let mut build = Command::new("env");
        build.args(listening).current_dir(&root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = build.spawn().unwrap();
        wait_until(|| sleeping(&marker) >= 1, Duration::from_mins(1), "the step never began");
        let pid = Pid::from_child(&child);
        let children = children_of(pid.as_raw_nonzero().get());
        assert!(!children.is_empty(), "xtask has docker clients while it builds");
        kill_process(pid, signal).unwrap();
        let output = end_within(child, Duration::from_secs(2));
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains("interrupted by"), "{text}");
        for process in children {
            assert!(!is_alive(process), "process {process} is still there");
        }
        // The engine ends the step itself as soon as its client is gone.
        wait_until(|| sleeping(&marker) == 0, Duration::from_secs(20), "the step goes on in the engine");
        assert!(!is_tagged(&format!("{project}-a")) && !is_tagged(&format!("{project}-b")));
    }
}

fn end_within(mut child: Child, limit: Duration) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > limit {
            child.kill().unwrap();
            panic!("xtask did not end within {limit:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

fn wait_until(condition: impl Fn() -> bool, limit: Duration, otherwise: &str) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < limit, "{otherwise}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every process of this machine with its command line.
fn processes() -> Vec<(i32, String)> {
    let folders = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    folders
        .filter_map(|folder| {
            let pid = folder.file_name().to_str()?.parse().ok()?;
            let command = std::fs::read(folder.path().join("cmdline")).ok()?;
            Some((pid, String::from_utf8_lossy(&command).replace('\0', " ").trim().to_owned()))
        })
        .collect()
}

fn sleeping(marker: &str) -> usize {
    processes().iter().filter(|(_, command)| *command == format!("sleep {marker}")).count()
}

fn children_of(parent: i32) -> Vec<i32> {
    let is_child = |pid: &i32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line == format!("PPid:\t{parent}"))
    };
    processes().into_iter().map(|(pid, _)| pid).filter(is_child).collect()
}

fn is_alive(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}
