//! Real shells: children that misbehave, children that are connected, and children that a signal ends.
#![expect(clippy::unwrap_used, reason = "tests may fail by panic, their helpers too")]

mod connected;
mod late;
mod signals;

#[path = "../support/processes.rs"]
mod processes;

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use process::{Invocation, RunError, Runner};
use processes::{runs, until};
use rustix::process::{Pid, Signal, kill_process};

/// A limit that no test reaches.
const LONG: Duration = Duration::from_mins(5);

/// More time than any child here needs, and less than a hung one would take.
const SOON: Duration = Duration::from_secs(30);

fn shell(script: &str) -> Invocation {
    Invocation::new("/bin/sh", ["-c", script])
}

/// A folder for the files of children, and a runner in it.
fn world() -> (tempfile::TempDir, Runner) {
    let folder = tempfile::tempdir().unwrap();
    let runner = Runner::new(folder.path());
    (folder, runner)
}

/// Reads a pipe to its end as text, lossily.
fn text(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs `act`, which must not take long.
#[track_caller]
fn soon<T>(act: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = act();
    assert!(begun.elapsed() < SOON, "took {:?}", begun.elapsed());
    result
}

fn number(folder: &Path, name: &str) -> i32 {
    until("the number of a process", || {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        text.strip_suffix('\n')?.parse().ok()
    })
}

#[track_caller]
fn is_ended(folder: &Path, name: &str) {
    let pid = number(folder, name);
    until("its end", || (!runs(pid)).then_some(()));
}

/// Kills a process that a test has left running.
fn end(folder: &Path, name: &str) {
    let _ended = kill_process(Pid::from_raw(number(folder, name)).unwrap(), Signal::KILL);
}

/// Starts a grandchild that keeps the pipes open, and writes its number to a file.
const KEEPS: &str = "sleep 600 & echo $! >kept;";

#[test]
fn a_grandchild_that_keeps_the_pipes_holds_no_answer_back() {
    let (folder, runner) = world();
    let answer =
        soon(|| runner.capture(&shell(&format!("{KEEPS} echo answer; echo words >&2; exit 3")), LONG)).unwrap();
    assert_eq!((answer.stdout.as_str(), answer.stderr.as_str(), answer.code), ("answer\n", "words\n", Some(3)));
    end(folder.path(), "kept");

    let mut lines = Vec::new();
    let code = soon(|| {
        runner.follow(&shell(&format!("{KEEPS} echo one; printf two")), None, |line, _| lines.push(line.to_owned()))
    });
    assert_eq!((code.unwrap(), lines), (Some(0), vec!["one".to_owned(), "two".to_owned()]));
    end(folder.path(), "kept");

    let streamed =
        soon(|| runner.stream(&shell(&format!("{KEEPS} echo data; echo talk >&2; exit 4")), None, |pipe| text(pipe)))
            .unwrap();
    assert_eq!(streamed, ("data\n".to_owned(), Some(4), "talk\n".to_owned()));
    end(folder.path(), "kept");
}

#[test]
fn a_grandchild_that_prints_for_ever_is_not_heard_for_ever() {
    let (folder, runner) = world();
    let prints = "(while :; do echo again; sleep 0.01; done) & echo $! >kept; echo answer";
    let answer = soon(|| runner.capture(&shell(prints), LONG)).unwrap();
    assert!(answer.stdout.contains("answer\n"), "{}", answer.stdout);
    end(folder.path(), "kept");
}

#[test]
fn the_whole_group_ends_at_the_limit() {
    let (folder, runner) = world();
    for script in [
        "trap '' TERM INT HUP; sleep 600 & echo $! >grandchild; wait",
        "while :; do echo again; done & echo $! >grandchild; wait",
        "exec >&- 2>&-; sleep 600 & echo $! >grandchild; wait",
    ] {
        let limit = Duration::from_millis(500);
        let error = soon(|| runner.capture(&shell(script), limit)).unwrap_err();
        assert!(matches!(error, RunError::TimedOut { .. }), "{script}: {error}");
        is_ended(folder.path(), "grandchild");
        let error = soon(|| runner.stream(&shell(script), Some(limit), |pipe| text(pipe))).unwrap_err();
        assert!(matches!(error, RunError::TimedOut { .. }), "{script}: {error}");
        is_ended(folder.path(), "grandchild");
    }
}

#[test]
fn an_answer_that_fills_the_memory_is_refused() {
    let (_folder, runner) = world();
    let error = runner.capture(&shell("exec cat /dev/zero"), LONG).unwrap_err();
    assert!(matches!(error, RunError::TooMuch { .. }), "{error}");
}

#[test]
fn a_child_that_closes_its_streams_and_lives_on_is_waited_for() {
    let (_folder, runner) = world();
    let answer = soon(|| runner.capture(&shell("echo answer; exec >&- 2>&-; sleep 0.3; exit 5"), LONG)).unwrap();
    assert_eq!((answer.stdout.as_str(), answer.code), ("answer\n", Some(5)));
}

#[test]
fn a_leader_that_is_killed_leaves_what_it_said() {
    let (folder, runner) = world();
    let answer = soon(|| runner.capture(&shell(&format!("{KEEPS} echo said; kill -KILL $$")), LONG)).unwrap();
    assert_eq!((answer.stdout.as_str(), answer.code), ("said\n", None));
    end(folder.path(), "kept");
}

#[test]
fn a_reader_that_gives_up_ends_the_child() {
    let (_folder, runner) = world();
    let endless = shell("while :; do echo again; done");
    let (read, code, _) = soon(|| runner.stream(&endless, None, |_pipe| 7)).unwrap();
    assert!(read == 7 && code != Some(0), "{code:?}");
}

#[test]
fn a_line_without_an_end_is_passed_on_in_pieces() {
    let (_folder, runner) = world();
    let mut longest = 0;
    let endless = "head -c 3000000 /dev/zero | tr '\\0' x";
    let code = soon(|| runner.follow(&shell(endless), None, |line, _| longest = longest.max(line.len()))).unwrap();
    assert!(code == Some(0) && (1..2_000_000).contains(&longest), "{longest}");
}

#[test]
fn an_answer_of_every_size_comes_whole() {
    let (_folder, runner) = world();
    for size in [0, 1, 65_535, 65_536, 65_537, 1_000_000] {
        let both = shell(&format!("head -c {size} /dev/zero | tr '\\0' a; head -c {size} /dev/zero | tr '\\0' b >&2"));
        let answer = runner.capture(&both, LONG).unwrap();
        assert_eq!((answer.stdout.len(), answer.stderr.len()), (size, size));
        assert!(answer.stdout.bytes().all(|byte| byte == b'a') && answer.stderr.bytes().all(|byte| byte == b'b'));
    }
}
