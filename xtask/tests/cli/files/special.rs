//! What is no file: pipes, sockets and devices in the place of files. Nothing waits for them.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use snapbox::str;

use super::{plan, sandbox};
use crate::harness::planted::token;
use crate::harness::sandbox::Sandbox;

fn pipe(sandbox: &Sandbox, path: &str) {
    assert!(Command::new("mkfifo").arg(sandbox.root.join(path)).status().unwrap().success());
}

#[test]
fn pipes_and_sockets_in_a_context_are_passed_over() {
    let sandbox = sandbox();
    pipe(&sandbox, "frontend/log.pipe");
    pipe(&sandbox, "frontend/.env");
    let _socket = UnixListener::bind(sandbox.root.join("frontend/app.sock")).unwrap();
    plan(&sandbox).code(0).stderr(str![[r#"
warning: `frontend/.env` was not read: it is a named pipe, not a file; the values of secrets in it are not looked for

"#]]);
    sandbox.xtask(&["secrets", "scan", "."]).code(0);
}

#[test]
fn a_pipe_in_place_of_the_roots_environment_file_is_told_and_no_obstacle() {
    let sandbox = sandbox();
    pipe(&sandbox, ".env");
    plan(&sandbox).code(0).stderr(str![[r#"
warning: `.env` was not read: it is a named pipe, not a file; the values of secrets in it are not looked for

"#]]);
}

#[test]
fn an_environment_file_of_many_megabytes_is_told() {
    let sandbox = sandbox();
    sandbox.write(".env", &"A=b\n".repeat(1024 * 1024 + 1));
    plan(&sandbox).code(0).stderr(str![[r#"
warning: `.env` was not read: it has more than 4 MiB; the values of secrets in it are not looked for

"#]]);
}

#[test]
fn a_folder_in_place_of_an_environment_file_says_nothing() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.root.join(".env.d")).unwrap();
    plan(&sandbox).code(0).stderr("");
}

#[test]
fn what_is_no_ignore_file_is_refused() {
    for (name, make) in [
        (".dockerignore", pipe as fn(&Sandbox, &str)),
        ("Dockerfile.dockerignore", pipe),
        (".dockerignore", |sandbox, path| fs::create_dir(sandbox.root.join(path)).unwrap()),
    ] {
        let sandbox = sandbox();
        make(&sandbox, &format!("frontend/{name}"));
        let document = sandbox.xtask(&["build", "--dry-run", "--json"]).code(2).document();
        assert_eq!(document["error"]["problems"][0]["file"], format!("frontend/{name}"));
    }
    let sandbox = sandbox();
    let _socket = UnixListener::bind(sandbox.root.join("frontend/.dockerignore")).unwrap();
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/.dockerignore`: it is a socket, not a file
  --> frontend/.dockerignore
hint: put a file in its place, or take `frontend/.dockerignore` away

"#]]);
    fs::remove_file(sandbox.root.join("frontend/.dockerignore")).unwrap();
    symlink("/dev/null", sandbox.root.join("frontend/.dockerignore")).unwrap();
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/.dockerignore`: it is a device, not a file
  --> frontend/.dockerignore
hint: put a file in its place, or take `frontend/.dockerignore` away

"#]]);
    fs::remove_file(sandbox.root.join("frontend/.dockerignore")).unwrap();
    pipe(&sandbox, "frontend/.dockerignore");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/.dockerignore`: it is a named pipe, not a file
  --> frontend/.dockerignore
hint: put a file in its place, or take `frontend/.dockerignore` away

"#]]);
}

#[test]
fn what_is_no_dockerfile_or_configuration_is_refused() {
    let sandbox = sandbox();
    fs::remove_file(sandbox.root.join("frontend/Dockerfile")).unwrap();
    pipe(&sandbox, "frontend/Dockerfile");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/Dockerfile`: it is a named pipe, not a file
  --> frontend/Dockerfile
hint: put a file in its place, or take `frontend/Dockerfile` away

"#]]);
    fs::remove_file(sandbox.root.join("taskflow.toml")).unwrap();
    pipe(&sandbox, "taskflow.toml");
    sandbox.xtask(&["--config", "taskflow.toml", "tags"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `taskflow.toml`: it is a named pipe, not a file
  --> taskflow.toml
hint: put a file in its place, or take `taskflow.toml` away

"#]]);
}

#[test]
fn a_pipe_that_is_named_is_read_when_somebody_writes_and_left_at_a_signal() {
    let sandbox = sandbox();
    pipe(&sandbox, "log.pipe");
    let listening = |args: &[&str]| {
        let fixed = ["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_xtask")];
        sandbox.program("/usr/bin/env", &[&fixed[..], args].concat()).spawn().unwrap()
    };
    let searching = listening(&["secrets", "scan", "log.pipe"]);
    fs::write(sandbox.root.join("log.pipe"), format!("token = {}\n", token())).unwrap();
    sandbox.finished(&searching.wait_with_output().unwrap()).code(1);

    let waiting = listening(&["secrets", "scan", "log.pipe"]);
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    kill_process(Pid::from_raw(i32::try_from(waiting.id()).unwrap()).unwrap(), Signal::INT).unwrap();
    let run = sandbox.finished(&waiting.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    run.code(130).stderr(str![[r#"
error: interrupted by Ctrl-C: the search is not complete

"#]]);
}
