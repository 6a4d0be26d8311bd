//! Ctrl-C. The listener runs in a process of its own, because signal handlers are process-wide.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use process::{Masking, RunError, Runner, signals};
use rustix::process::{Pid, Signal, kill_process};

use crate::processes::runs;
use crate::{LONG, is_ended, number, shell, soon};

/// The variable that names the folder of the listening process.
const FOLDER: &str = "PROCESS_TEST_FOLDER";

/// Runs a test of this file as a process of its own, with no signal ignored.
fn listener(test: &str, folder: &Path) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,TERM").arg(program);
    command.args(["--exact", &format!("signals::{test}"), "--nocapture", "--quiet"]).env(FOLDER, folder);
    command.stdout(std::process::Stdio::null()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), Signal::INT).unwrap();
}

#[test]
fn a_signal_ends_children_that_ignore_it() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        signals::listen(Duration::from_millis(300)).unwrap();
        let script = "trap '' INT TERM; sleep 600 & echo $! >grandchild; echo $$ >child; wait";
        let error = Runner::new(Path::new(&folder)).capture(&shell(script), LONG).unwrap_err();
        assert!(matches!(error, RunError::Interrupted(2)), "{error}");
        assert_eq!(signals::received(), Some(2));
        // No child begins after the signal.
        let error = Runner::new(Path::new(&folder)).capture(&shell("echo >begun"), LONG).unwrap_err();
        assert!(matches!(error, RunError::Interrupted(2)), "{error}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut listener = listener("a_signal_ends_children_that_ignore_it", folder.path());
    assert!(number(folder.path(), "child") > 0);
    let sent = Instant::now();
    interrupt(&listener);
    let status = soon(|| listener.wait()).unwrap();
    assert!(sent.elapsed() < Duration::from_secs(2), "{:?}", sent.elapsed());
    // It exits by itself, before the listener ends it.
    assert_eq!(status.code(), Some(0));
    is_ended(folder.path(), "child");
    is_ended(folder.path(), "grandchild");
    assert!(!folder.path().join("begun").exists());
}

#[test]
fn a_process_that_is_stuck_ends_after_a_signal_and_after_its_cleanup() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        signals::listen(Duration::from_millis(100)).unwrap();
        let keep_alive = signals::KeepAlive::new();
        let runner = Runner::new(Path::new(&folder));
        std::fs::write(Path::new(&folder).join("child"), format!("{}\n", std::process::id())).unwrap();
        while signals::received().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        // Takes longer than the grace period and the exit delay; both cleanups keep the process alive.
        assert!(runner.clean_up(&shell("sleep 1; echo done >cleaned-up"), LONG));
        std::thread::sleep(Duration::from_millis(500));
        std::fs::write(Path::new(&folder).join("cleaned"), "").unwrap();
        drop(keep_alive);
        std::thread::sleep(LONG);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut listener = listener("a_process_that_is_stuck_ends_after_a_signal_and_after_its_cleanup", folder.path());
    assert!(number(folder.path(), "child") > 0);
    interrupt(&listener);
    assert_eq!(soon(|| listener.wait()).unwrap().code(), Some(130));
    assert!(folder.path().join("cleaned-up").exists() && folder.path().join("cleaned").exists());
}

#[test]
fn a_runner_for_cleanups_captures_after_a_signal_and_its_children_outlive_the_first_one() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        signals::listen(Duration::from_millis(100)).unwrap();
        let _keep_alive = signals::KeepAlive::new();
        let runner = Runner::new(Path::new(&folder)).hiding(&Masking::of_values(["planted"]));
        let cleanups = runner.for_cleanup();
        // The signal comes while this call runs, and is not passed on to it.
        let call = shell(
            "trap 'echo >passed-on' INT TERM; echo $$ >child; while [ ! -e go ]; do sleep 0.02; done; echo planted; exit 3",
        );
        let answer = cleanups.capture(&call, LONG).unwrap();
        assert_eq!((answer.stdout.as_str(), answer.code), ("***\n", Some(3)));
        assert_eq!(signals::received(), Some(2));
        // Another call begins after it; one of the usual runner does not.
        assert_eq!(cleanups.capture(&shell("echo again; echo words >&2"), LONG).unwrap().output(), "again\nwords\n");
        assert!(matches!(runner.capture(&shell("echo >begun"), LONG), Err(RunError::Interrupted(2))));
        // A limit is one after the signal, too, and no signal.
        let late = cleanups.capture(&shell("sleep 600 & echo $! >late; wait"), Duration::from_millis(300));
        assert!(matches!(late, Err(RunError::TimedOut { .. })), "{late:?}");
        std::fs::write(Path::new(&folder).join("cleaned"), "").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "a_runner_for_cleanups_captures_after_a_signal_and_its_children_outlive_the_first_one";
    let mut listener = listener(name, folder.path());
    let child = number(folder.path(), "child");
    interrupt(&listener);
    // The grace period passes.
    std::thread::sleep(Duration::from_millis(300));
    assert!(runs(child));
    std::fs::write(folder.path().join("go"), "").unwrap();
    assert_eq!(soon(|| listener.wait()).unwrap().code(), Some(0));
    assert!(folder.path().join("cleaned").exists());
    assert!(!folder.path().join("passed-on").exists() && !folder.path().join("begun").exists());
    is_ended(folder.path(), "late");
}

#[test]
fn a_second_signal_ends_the_children_of_cleanups() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        signals::listen(Duration::from_millis(100)).unwrap();
        let _keep_alive = signals::KeepAlive::new();
        let runner = Runner::new(Path::new(&folder)).for_cleanup();
        let answer = runner.capture(&shell("trap '' INT TERM; echo $$ >child; sleep 600 & wait"), LONG);
        // Killed: there is no exit code.
        assert_eq!(answer.unwrap().code, None);
        std::fs::write(Path::new(&folder).join("killed"), "").unwrap();
        std::thread::sleep(LONG);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut listener = listener("a_second_signal_ends_the_children_of_cleanups", folder.path());
    assert!(number(folder.path(), "child") > 0);
    interrupt(&listener);
    // The second one must not come before the first one was received.
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&listener);
    assert_eq!(soon(|| listener.wait()).unwrap().code(), Some(130));
    assert!(folder.path().join("killed").exists());
    is_ended(folder.path(), "child");
}
