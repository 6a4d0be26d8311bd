//! Ctrl-C and SIGTERM: real signals, real process groups.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use snapbox::str;

use crate::harness::docker::{self, build, first};
use crate::harness::fakes::{Rule, on};
use crate::harness::images::{Image, with_images};
use crate::harness::processes::{runs, until};
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// How long xtask may take to end after a signal.
const LIMIT: Duration = Duration::from_secs(2);

/// Shell text of a fake that hangs with a child of its own and tells both numbers.
fn hangs(name: &str, how: &str) -> String {
    format!("{how}\necho $$ $! >\"$marks/{name}\"\nwait")
}

/// The numbers that a fake has written, once its line is complete.
fn numbers(path: &Path) -> Vec<i32> {
    until("the fake", || {
        let text = fs::read_to_string(path).ok().filter(|text| text.ends_with('\n'))?;
        text.split_whitespace().map(|number| number.parse().ok()).collect()
    })
}

fn sandbox(rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    sandbox.fake("docker", first(rules));
    sandbox
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
}

/// xtask with no signal ignored, whatever whoever started these tests ignores (`nohup`, a shell's background).
fn listening(sandbox: &Sandbox, args: &[&str]) -> Command {
    let fixed = ["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_xtask")];
    sandbox.program("/usr/bin/env", &[&fixed[..], args].concat())
}

/// Starts xtask, waits for the marks of its children, sends the signal; nothing may be left after two seconds.
#[track_caller]
fn ended(sandbox: &Sandbox, args: &[&str], marks: &[&str], signal: Signal) -> Run {
    let child = listening(sandbox, args).spawn().unwrap();
    let children: Vec<i32> = marks.iter().flat_map(|mark| numbers(&sandbox.mark(mark))).collect();
    assert!(!children.is_empty() && children.iter().all(|pid| runs(*pid)), "{children:?}");
    let sent = Instant::now();
    send(&child, signal);
    let output = child.wait_with_output().unwrap();
    assert!(sent.elapsed() < LIMIT, "took {:?}", sent.elapsed());
    for pid in children {
        // The kernel may still be at work on a process that was killed.
        until("the children's end", || (!runs(pid)).then_some(()));
    }
    let calls = sandbox.transcript();
    assert!(!calls.contains("docker tag"), "{calls}");
    sandbox.finished(&output)
}

#[test]
fn ctrl_c_ends_the_builds() {
    let hanging = |name: &str| build(name).does(&hangs(name, "sleep 300 &"));
    let sandbox = sandbox([hanging("frontend"), hanging("backend")]);
    let run = ended(&sandbox, &["build"], &["frontend", "backend"], Signal::INT);
    run.code(130).stdout("").stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` with BuildKit through buildx 0.13.1
error: interrupted by Ctrl-C: `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` were not built

"#]]);
}

#[test]
fn sigterm_ends_the_builds() {
    let hanging = build("frontend").does(&hangs("frontend", "sleep 300 &"));
    let run = ended(&sandbox([hanging]), &["build", "-q", "frontend"], &["frontend"], Signal::TERM);
    run.code(143).stdout("").stderr(str![[r#"
error: interrupted by SIGTERM: `taskflow-frontend:1.0.0-main` was not built

"#]]);
}

#[test]
fn children_that_ignore_signals_are_killed() {
    let hanging = |name: &str| build(name).does(&hangs(name, "trap '' INT TERM; sleep 300 &"));
    let sandbox = sandbox([hanging("frontend"), hanging("backend")]);
    let run = ended(&sandbox, &["build", "-q"], &["frontend", "backend"], Signal::TERM);
    run.code(143).stdout("");
}

#[test]
fn a_grandchild_with_no_stream_of_ours_is_ended() {
    let own = "(trap '' INT TERM; exec sleep 300) >\"$marks/own\" 2>&1 </dev/null &";
    let hanging = build("frontend").does(&hangs("frontend", own));
    let run = ended(&sandbox([hanging]), &["build", "-q", "frontend"], &["frontend"], Signal::INT);
    run.code(130).stdout("");
}

#[test]
fn children_get_the_signal_before_they_are_killed() {
    // Short sleeps instead of one `wait`: a shell may begin to wait right after the signal has come.
    let told = "trap 'echo INT >\"$marks/got\"; exit 1' INT; trap 'echo TERM >\"$marks/got\"; exit 1' TERM\n\
                echo $$ >\"$marks/frontend\"; while :; do sleep 0.05; done";
    for (signal, name) in [(Signal::INT, "INT\n"), (Signal::TERM, "TERM\n")] {
        let sandbox = sandbox([build("frontend").does(told)]);
        ended(&sandbox, &["build", "-q", "frontend"], &["frontend"], signal);
        assert_eq!(fs::read_to_string(sandbox.mark("got")).unwrap(), name);
    }
}

#[test]
fn what_was_built_before_is_told() {
    let hanging = build("backend").does(&hangs("backend", "sleep 300 &"));
    let run = ended(&sandbox([hanging]), &["build", "-q", "--jobs", "1"], &["backend"], Signal::INT);
    run.code(130).stdout("taskflow-frontend:1.0.0-main\n").stderr(str![[r#"
error: interrupted by Ctrl-C: `taskflow-backend:1.0.0-main` was not built
note: `taskflow-frontend:1.0.0-main` was built before

"#]]);
}

#[test]
fn the_document_of_an_interrupted_build() {
    let hanging = build("frontend").does(&hangs("frontend", "sleep 300 &"));
    let run = ended(&sandbox([hanging]), &["build", "--json", "-q", "-j1"], &["frontend"], Signal::TERM).code(143);
    let document = run.document();
    assert_eq!(document["error"]["kind"], "interrupted");
    assert_eq!(document["error"]["exit_code"], 143);
    assert_eq!(document["components"][0]["outcome"], "interrupted");
    assert_eq!(document["components"][1]["outcome"], "not-started");
}

#[test]
fn the_first_question_can_be_interrupted() {
    let hanging = on("version --format {{json .}}").does(&hangs("question", "sleep 300 &"));
    let sandbox = sandbox([hanging]);
    let run = ended(&sandbox, &["build"], &["question"], Signal::INT);
    run.code(130).stdout("").stderr(str![[r#"
error: interrupted by Ctrl-C: nothing was done

"#]]);
    assert_eq!(sandbox.transcript(), "docker version --format {{json .}}\n");
}

#[test]
fn a_step_of_bootstrap_can_be_interrupted() {
    let pull = on("pull node:20-alpine").does(&hangs("pull", "sleep 300 &"));
    let missing = docker::inspect("node:20-alpine python:3.13-slim", &[docker::image("python:3.13-slim")], true);
    let run =
        ended(&sandbox([pull, missing, docker::context("default")]), &["bootstrap", "-q"], &["pull"], Signal::TERM);
    run.code(143).stdout("").stderr(str![[r#"
error: interrupted by SIGTERM: `docker pull node:20-alpine` may not be finished

"#]]);
}

#[test]
fn a_suite_can_be_interrupted() {
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    let status = on("rig status --json").says("{\"parts\":[]}");
    sandbox.fake("cargo", [status, on("fmt*").does(&hangs("fmt", "sleep 300 &"))]);
    let run = ended(&sandbox, &["test", "-q", "--json"], &["fmt"], Signal::INT).code(130).stderr(str![[r#"
error: interrupted by Ctrl-C: suite `rust` was not finished

"#]]);
    assert_eq!(run.document()["suites"], serde_json::json!([]));
}

#[test]
fn two_runs_at_the_same_time_have_a_log_each() {
    // Both builds are on their way before the first one writes its second line.
    let said = "echo \"#5 [1/1] RUN $BUILD_NOTE\"; : >\"$marks/$BUILD_NOTE\"; tries=0\n\
                until [ -e \"$marks/one\" ] && [ -e \"$marks/two\" ]; do [ $tries -lt 500 ] || exit 1; tries=$((tries+1)); sleep 0.02; done\n\
                for line in 1 2 3 4 5 6 7 8 9; do echo \"#5 0.$line $BUILD_NOTE\"; done; exit 1";
    let sandbox = sandbox([build("frontend").does(said)]);
    let start = |note: &str| sandbox.command(&["build", "-q", "frontend"]).env("BUILD_NOTE", note).spawn().unwrap();
    let runs = [("one", "two", start("one")), ("two", "one", start("two"))];
    for (own, other, child) in runs {
        let run = sandbox.finished(&child.wait_with_output().unwrap()).code(1);
        let (_, path) = run.stderr.split_once("full log: [ROOT]/").unwrap();
        let log = sandbox.read(path.lines().next().unwrap());
        assert_eq!(log.lines().count(), 10, "{log}");
        assert!(log.contains(own) && !log.contains(other), "{log}");
    }
    // The next run is alone and takes the usual name again.
    let run = sandbox.finished(&start("one").wait_with_output().unwrap()).code(1);
    assert!(run.stderr.contains("full log: [ROOT]/target/xtask/logs/frontend.log\n"), "{}", run.stderr);
}

#[test]
fn a_closed_terminal_ends_the_builds() {
    let hanging = build("frontend").does(&hangs("frontend", "sleep 300 &"));
    let run = ended(&sandbox([hanging]), &["build", "-q", "frontend"], &["frontend"], Signal::HUP);
    run.code(129).stdout("").stderr(str![[r#"
error: interrupted by the end of its terminal: `taskflow-frontend:1.0.0-main` was not built

"#]]);
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let build =
        first(
            [build("frontend").does("echo $$ > \"$marks/begun\"; while [ ! -e \"$marks/go\" ]; do sleep 0.02; done")],
        );
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    sandbox.fake("docker", build);
    for signal in ["HUP", "INT"] {
        let xtask = env!("CARGO_BIN_EXE_xtask");
        let script = format!("trap '' {signal}; exec {xtask} build -q frontend");
        let child = sandbox.program("/bin/sh", &["-c", &script]).spawn().unwrap();
        numbers(&sandbox.mark("begun"));
        send(&child, if signal == "HUP" { Signal::HUP } else { Signal::INT });
        fs::write(sandbox.mark("go"), "").unwrap();
        sandbox.finished(&child.wait_with_output().unwrap()).code(0);
        for mark in ["begun", "go"] {
            fs::remove_file(sandbox.mark(mark)).unwrap();
        }
    }
}

#[test]
fn a_descendant_that_keeps_the_pipe_does_not_hold_a_finished_build() {
    let build = build("frontend").does("sleep 300 & echo $! > \"$marks/held\"");
    let sandbox = sandbox([build]);
    let start = Instant::now();
    sandbox.xtask(&["build", "-q", "frontend"]).code(0);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    for pid in numbers(&sandbox.mark("held")) {
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }
}

#[test]
fn an_image_that_was_not_searched_to_the_end_loses_its_name() {
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    sandbox.real("cat");
    let image = Image::of("frontend").layer(&[("a", "b")]);
    let save = on("save sha256:*").does(&hangs("save", "sleep 300 &"));
    with_images(&sandbox, &[image], [save]);
    let run = ended(&sandbox, &["build", "-q", "frontend"], &["save"], Signal::INT);
    run.code(130).stdout("").stderr(str![[r#"
error: interrupted by Ctrl-C: `taskflow-frontend:1.0.0-main` was not built

"#]]);
    let removed = "docker image rm --no-prune taskflow-frontend:1.0.0-main\n";
    assert!(sandbox.transcript().ends_with(removed), "{}", sandbox.transcript());
}

#[test]
fn ctrl_c_during_a_verification_removes_the_containers() {
    let hanging = on("run --detach *").does(&hangs("run", "sleep 300 &"));
    let image = Image::of("backend").layer(&[("app/main.py", "print()")]);
    let sandbox = Sandbox::new();
    sandbox.real("sleep");
    sandbox.real("cat");
    let here = on("context inspect *").says("unix:///var/run/docker.sock\n");
    let rules = [hanging, here, on("ps --all *"), on("volume ls *"), on("rm --force --volumes taskflow-verify-*")];
    with_images(&sandbox, &[image], rules);
    let config = sandbox.read("taskflow.toml");
    sandbox.write("taskflow.toml", &format!("{config}\n[component.backend.contract]\nport = 8000\n"));
    let tag = ["verify", "backend", "--tag", "1.0.0-main"];
    let run = ended(&sandbox, &tag, &["run"], Signal::INT);
    run.code(130).stdout("").stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error: interrupted by Ctrl-C: the verification was not finished, and what it started is removed

"#]]);
    let calls = sandbox.transcript();
    assert_eq!(calls.lines().filter(|call| call.starts_with("docker rm ")).count(), 2, "{calls}");
}
