//! Releases that a signal or a remote cuts off in the middle.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use snapbox::str;

use super::world::World;
use crate::harness::run::compare;
use crate::harness::stateful_engine::When;

/// A world with a remote that runs a script before it takes anything.
fn with_hook(script: &str) -> World {
    let world = World::new();
    let hook = world.remote().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    world
}

#[test]
fn ctrl_c_undoes_a_release() {
    let world = World::new();
    world.engine.fault("signal", "buildx build *./a", When::Before, "kill -INT $PPID; sleep 2");
    world.release(&["-q", "1.1.0", "--yes"]).code(130).stdout("").stderr(str![[r#"
error: interrupted by Ctrl-C: release 1.1.0 had begun
note: release 1.1.0 stopped in step `build`; everything was undone

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
    assert_eq!(world.sandbox.git(&["tag"]), "");
    assert!(!world.sandbox.root.join(".git/taskflow-release").exists());
}

#[test]
fn a_remote_that_vanishes_may_have_taken_the_release() {
    let world = with_hook("PATH=/usr/bin:/bin; mv \"$PWD\" \"${PWD%/*}/gone.git\"; exit 1");
    world.release(&["-q", "1.1.0", "--yes", "--push"]).code(5).stdout("").stderr(str![[r#"
error: the push to remote `origin` failed, and the remote gives no answer
caused by: error: failed to push some refs to '[BASE]remote.git'
note: release 1.1.0 stopped in step `push`; it may be public already, so nothing was undone
hint: finish it with `cargo xtask release 1.1.0 --resume`

"#]]);
    world.release(&["-q", "1.1.0", "--abort"]).code(5).stdout("").stderr(str![[r#"
error: release 1.1.0 may be public, so it is not undone
caused by: fatal: '[BASE]remote.git' does not appear to be a git repository
  fatal: Could not read from remote repository.
  Please make sure you have the correct access rights
  and the repository exists.
note: its push was cut off, and remote `origin` does not say whether it has it
hint: run `cargo xtask release 1.1.0 --abort` again when `git ls-remote origin` gives an answer

"#]]);
    // It has not taken it.
    fs::rename(world.sandbox.outside("gone.git"), world.sandbox.outside("remote.git")).unwrap();
    world.release(&["-q", "1.1.0", "--abort"]).code(0).stdout("").stderr("");
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn a_release_that_is_undone_is_in_the_log_of_the_branch() {
    let world = with_hook("exit 1");
    world.release(&["-q", "1.1.0", "--yes", "--push"]).code(1);
    let log = world.sandbox.git(&["reflog", "show", "--format=%gs", "main"]);
    compare(
        &log,
        str![[r#"
release: undo 1.1.0
release: 1.1.0
commit (initial): state
"#]],
    );
}

#[test]
fn commits_on_top_of_a_release_keep_it() {
    let world = World::new();
    let repository = world.sandbox.root.display().to_string();
    let hook = world.remote().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let commit = format!("git -C '{repository}' commit --quiet --allow-empty --message=more");
    fs::write(
        &hook,
        format!("#!/bin/sh\nunset GIT_QUARANTINE_PATH $(git rev-parse --local-env-vars)\n{commit}\nexit 1\n"),
    )
    .unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    world.release(&["-q", "1.1.0", "--yes", "--push"]).code(1).stdout("").stderr(str![[r#"
error: the push to remote `origin` failed
caused by: error: failed to push some refs to '[BASE]remote.git'
note: release 1.1.0 stopped in step `push`, and not all was undone
note: branch `main` was moved meanwhile, and keeps the release commit [ID-1]; take it out with `git rebase --onto [ID-2] [ID-1] main`
hint: mend what the remote or the hook says; `git ls-remote origin` shows what the remote has
hint: undo the rest with `cargo xtask release 1.1.0 --abort`

"#]]);
    assert_eq!(world.sandbox.git(&["log", "-1", "--format=%s", "main"]), "more");
    assert_eq!(world.sandbox.git(&["tag"]), "");
}
