//! Ctrl-C. The listener runs in a process of its own, because signal handlers are process-wide.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use process::{RunError, Runner, signals};
use rustix::process::{Pid, Signal, kill_process};

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
