//! Full disks, and log files that cannot be written.

use std::os::unix::fs::symlink;

use snapbox::str;

use crate::harness::docker::{self, build, failure};
use crate::harness::failing_builds::frontend_fails;

#[test]
fn a_full_disk_of_the_engine() {
    let line = "ENOSPC: no space left on device, write";
    frontend_fails(
        build("frontend").says(failure("npm ci", line)).exits(1),
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: ENOSPC: no space left on device, write
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: a disk is full: the engine's, or the one of the log files
hint: see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`

"#]],
    );
}

#[test]
fn a_full_disk_of_the_log_files() {
    let sandbox = docker::sandbox();
    std::fs::create_dir_all(sandbox.root.join("target/xtask/logs")).unwrap();
    symlink("/dev/full", sandbox.root.join("target/xtask/logs/frontend.log")).unwrap();
    sandbox.xtask(&["build", "-q"]).code(1).stdout("taskflow-backend:1.0.0-main\n").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: cannot write the log file `[ROOT]/target/xtask/logs/frontend.log`: No space left on device (os error 28)
note: a disk is full: the engine's, or the one of the log files
note: `taskflow-backend:1.0.0-main` was built
hint: see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`

"#]]);
}

#[test]
fn a_log_folder_that_cannot_be_made() {
    let mut sandbox = docker::sandbox();
    sandbox.set("TASKFLOW_LOG_DIR", sandbox.root.join("taskflow.toml/logs").display().to_string());
    sandbox.xtask(&["build", "-q", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot write the log files of the builds
caused by: failed to create directory `[ROOT]/taskflow.toml/logs`: Not a directory (os error 20)
hint: make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`

"#]]);
    assert!(!sandbox.transcript().contains("--tag"), "{}", sandbox.transcript());
}

#[test]
fn a_log_folder_that_was_asked_for() {
    let mut sandbox = docker::sandbox();
    sandbox.set("TASKFLOW_LOG_DIR", sandbox.outside("home/logs").display().to_string());
    sandbox.xtask(&["build", "-q", "frontend"]).code(0);
    assert!(sandbox.outside("home/logs/frontend.log").is_file());
    assert!(!sandbox.root.join("target/xtask/logs").exists());
}

#[test]
fn a_log_file_that_cannot_be_made() {
    let sandbox = docker::sandbox();
    std::fs::create_dir_all(sandbox.root.join("target/xtask/logs/frontend.log")).unwrap();
    sandbox.xtask(&["build", "-q", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot write the log files of the builds
caused by: cannot write `[ROOT]/target/xtask/logs/frontend.log`: Is a directory (os error 21)
hint: make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`

"#]]);
}

#[test]
fn our_own_logs_do_not_make_a_tree_dirty() {
    let sandbox = docker::sandbox();
    std::fs::remove_file(sandbox.root.join(".gitignore")).unwrap();
    sandbox.git(&["commit", "--quiet", "--all", "--message", "no ignore file"]);
    for _ in 0..2 {
        sandbox.xtask(&["build", "-q"]).code(0).stdout("taskflow-frontend:1.0.0-main\ntaskflow-backend:1.0.0-main\n");
    }
}
