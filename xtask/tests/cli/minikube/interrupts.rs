//! Ctrl-C in the middle of a load: the client is ended, and nothing of ours stays here.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::minikube::{images, sandbox, working};
use crate::harness::processes::runs;
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// Runs xtask until a fake has written its numbers, and sends SIGINT; how it ended, and the numbers.
fn interrupted(sandbox: &Sandbox, args: &[&str]) -> (Run, String) {
    let fixed = ["--default-signal=INT,TERM", env!("CARGO_BIN_EXE_xtask")];
    let child = sandbox.program("/usr/bin/env", &[&fixed[..], args].concat()).spawn().unwrap();
    let start = Instant::now();
    let pids = loop {
        assert!(start.elapsed() < Duration::from_secs(20), "the call never began");
        let text = std::fs::read_to_string(sandbox.mark("pids")).unwrap_or_default();
        if text.ends_with('\n') {
            break text;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), Signal::INT).unwrap();
    (sandbox.finished(&child.wait_with_output().unwrap()), pids)
}

#[test]
fn ctrl_c_ends_the_client_and_takes_the_archive_away() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let hanging = on("image load *").does("sleep 300 &\necho $$ $! >\"$marks/pids\"\nwait");
    let mut rules = working(&[], &[]);
    rules.insert(0, hanging);
    rules.insert(0, on("ssh * -- sudo rm *").does("echo removed >\"$marks/removed\""));
    sandbox.fake("minikube", rules);
    let (run, pids) = interrupted(&sandbox, &["minikube-load"]);
    run.code(130).stdout("").stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` into profile `minikube` (docker, 1 node)
    Removing the archive from the nodes; interrupt again to leave it there
error: interrupted by Ctrl-C: the load was not finished

"#]]);
    assert!(sandbox.mark("removed").exists());
    for pid in pids.split_whitespace() {
        assert!(!runs(pid.parse().unwrap()), "process {pid} is still there");
    }
    let left = std::fs::read_dir(sandbox.root.join("target/xtask/minikube")).unwrap();
    let left: Vec<String> = left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(!left.iter().any(|name| name.contains(".tar") || name.contains(".export")), "{left:?}");
}

#[test]
fn a_node_that_cannot_be_cleaned_is_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut rules = working(&[], &[]);
    rules.insert(0, on("image load *").does("sleep 300 &\necho $$ $! >\"$marks/pids\"\nwait"));
    rules.insert(0, on("ssh * -- sudo rm *").exits(1));
    sandbox.fake("minikube", rules);
    let (run, _) = interrupted(&sandbox, &["minikube-load", "-q"]);
    run.code(130).stdout("").stderr(str![[r#"
error: interrupted by Ctrl-C: the load was not finished
note: node `minikube` may keep `/var/lib/minikube/images/taskflow-minikube-[..].tar`; remove it with `minikube ssh --profile minikube -- 'sudo rm -f /var/lib/minikube/images/taskflow-minikube-[..].tar'`

"#]]);
}

#[test]
fn a_second_ctrl_c_ends_the_removal_too() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut rules = working(&[], &[]);
    rules.insert(0, on("image load *").does("sleep 300 &\necho $$ $! >\"$marks/pids\"\nwait"));
    // The second signal comes when the removal is under way.
    rules.insert(0, on("ssh * -- sudo rm *").does("kill -INT $PPID\nsleep 300"));
    sandbox.fake("minikube", rules);
    let begun = Instant::now();
    let (run, _) = interrupted(&sandbox, &["minikube-load", "-q"]);
    run.code(130).stdout("").stderr(str![[r#"
error: interrupted by Ctrl-C: the load was not finished
note: node `minikube` may keep `/var/lib/minikube/images/taskflow-minikube-[..].tar`; remove it with `minikube ssh --profile minikube -- 'sudo rm -f /var/lib/minikube/images/taskflow-minikube-[..].tar'`

"#]]);
    assert!(begun.elapsed() < Duration::from_secs(14), "the removal was waited for");
}

#[test]
fn ctrl_c_between_restarts_says_that_not_all_are_done() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    let pod = serde_json::json!({"items": [{
        "metadata": {"name": "db-0", "namespace": "default",
            "ownerReferences": [{"kind": "StatefulSet", "name": "db", "controller": true}]},
        "spec": {"containers": [{"name": "app", "image": backend.reference}]},
        "status": {"containerStatuses": [{"name": "app", "imageID": "docker://sha256:77", "state": {"running": {}}}]},
    }]});
    let restart = on("* rollout restart *").does("sleep 300 &\necho $$ $! >\"$marks/pids\"\nwait");
    sandbox.fake("kubectl", [on("* get pods *").says(pod.to_string()), restart]);
    let (run, _) = interrupted(&sandbox, &["minikube-load", "-q", "--restart"]);
    run.code(130).stderr(str![[r#"
warning: pod `db-0` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 77
hint: restart it with `kubectl --context minikube --namespace default rollout restart statefulset/db`
error: interrupted by Ctrl-C: not everything was restarted

"#]]);
}
