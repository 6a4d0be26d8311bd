//! What a release says that was stopped, and what its undoing says.

use std::fs;
use std::io::Read as _;

use rustix::process::{Pid, Signal, kill_process};
use snapbox::str;

use crate::stateful_engine::When::{After, Before};
use crate::world::{PUSHED, World, read_until};

/// A world in which xtask is killed after a call.
fn killed_after(program: &str, call: &str) -> World {
    let world = World::new();
    let once = "[ -e \"$marks/killed\" ] || { : >\"$marks/killed\"; kill -9 $PPID; }";
    world.fault(program, "kill", call, After, once);
    world.release(PUSHED).code(1009);
    world
}

#[test]
fn a_release_that_begins_is_named() {
    let world = World::new();
    let folder = world.root.join(".git/taskflow-release");
    fs::create_dir(&folder).unwrap();
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    world.release(PUSHED).code(2).error(str![[r#"
error: another release is running: it has just begun
hint: wait until it has ended, and run the command again

"#]]);
}

#[test]
fn a_push_that_was_cut_off() {
    let world = World::new();
    let silent = "[ ! -e \"$marks/silent\" ] || { echo 'fatal: no route to host' >&2; exit 128; }";
    world.fault("git", "ask", "* ls-remote *", Before, silent);
    world.fault(
        "git",
        "push",
        "*push --atomic --porcelain -- *",
        Before,
        ": >\"$marks/silent\"; echo 'fatal: cut off' >&2; exit 128",
    );
    world.release(PUSHED).code(5).error(str![[r#"
error: the push to remote `origin` failed, and the remote gives no answer
caused by: fatal: cut off
note: release 1.0.0 stopped in step `push`; it may be public already, so nothing was undone
hint: finish it with `cargo xtask release 1.0.0 --resume`

"#]]);
    world.release(&["1.0.0", "--abort"]).code(5).error(str![[r#"
error: release 1.0.0 may be public, so it is not undone
caused by: fatal: no route to host
note: its push was cut off, and remote `origin` does not say whether it has it
hint: run `cargo xtask release 1.0.0 --abort` again when `git ls-remote origin` gives an answer

"#]]);
    world.release(&["1.0.0", "--resume"]).code(5).error(str![[r#"
error: `LC_ALL=C git --no-pager ls-remote -- origin refs/tags/v1.0.0` failed
caused by: fatal: no route to host
note: release 1.0.0 stopped in step `push`; it may be public already, so nothing was undone
hint: finish it with `cargo xtask release 1.0.0 --resume`

"#]]);
    fs::remove_file(world.mark("silent")).unwrap();
    world.release(&["1.0.0", "--abort"]).code(0);
}

#[test]
fn a_public_release() {
    let world = killed_after("git", "*push --atomic --porcelain -- *");
    world.release(&["1.0.0", "--abort"]).code(5).error(str![[r#"
error: release 1.0.0 is public and cannot be undone
note: remote `origin` has its tag
hint: finish it with `cargo xtask release 1.0.0 --resume`

"#]]);
    world.release(PUSHED).code(3).error(str![[r#"
error: release 1.0.0 is not finished: it stopped in step `push`
hint: finish it with `cargo xtask release 1.0.0 --resume`

"#]]);
}

#[test]
fn a_signal() {
    let world = World::new();
    world.fault("docker", "interrupt", "buildx build *./a", Before, "kill -INT $PPID; sleep 60");
    world.release(PUSHED).code(130).error(str![[r#"
error: interrupted by Ctrl-C: release 1.0.0 had begun
note: release 1.0.0 stopped in step `build`; everything was undone

"#]]);
}

#[test]
fn files_in_the_way() {
    let world = World::new();
    world.write(".gitignore", "target\nCHANGELOG.md\n");
    world.commit();
    world.git(&["push", "--quiet", "origin", "main"]);
    world.write("CHANGELOG.md", "mine\n");
    let run = world.release(PUSHED).code(3);
    let line = run.stderr.find("     refused ").map(|start| &run.stderr[start..]).unwrap();
    let lines: Vec<&str> = line.lines().take(2).collect();
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(lines.join("\n"), str![[r#"
     refused project.files       `CHANGELOG.md` is not in the commit, and a file of this name is here, which git ignores
                                 hint: commit it with `git add --force CHANGELOG.md`, or name another file as `changelog` under `[release]`
"#]]);
    fs::remove_file(world.root.join("CHANGELOG.md")).unwrap();
    let root = world.root.display().to_string();
    world.fault("docker", "file", "buildx build *./a", Before, &format!("echo mine >'{root}/CHANGELOG.md'"));
    world.release(PUSHED).code(1).error(str![[r#"
error: the working tree was edited in files that the release changes
caused by: CHANGELOG.md is not in the commit, and would be overwritten
note: release 1.0.0 stopped in step `publish`; everything was undone
hint: commit or undo the edit, and release 1.0.0 again

"#]]);
}

#[test]
fn another_branch() {
    let world = World::new();
    let root = world.root.display().to_string();
    world.fault("docker", "switch", "buildx build *./a", Before, &format!("git -C '{root}' switch -q -c other"));
    world.release(PUSHED).code(1).error(str![[r#"
error: branch `main` is no longer checked out here
note: release 1.0.0 stopped in step `publish`; everything was undone
hint: go back to it with `git switch main`, and release 1.0.0 again

"#]]);
}

#[test]
fn a_branch_that_has_moved_on() {
    let world = killed_after("git", "*update-ref*--stdin*");
    world.git(&["reset", "--quiet", "--hard"]);
    world.write("b/f", "more\n");
    world.git(&["commit", "--quiet", "--all", "--message=more"]);
    world.release(&["1.0.0", "--abort"]).code(1).error(str![[r#"
error: not all of release 1.0.0 was undone
note: branch `main` was moved meanwhile, and keeps the release commit 93b8af3890ee; take it out with `git rebase --onto 5ac227b1e17b 93b8af3890ee main`
hint: run `cargo xtask release 1.0.0 --abort` again when the cause is mended

"#]]);
    // The note has the command that takes the commit out.
    let before = world.git(&["rev-parse", "--short=12", "main~2"]);
    world.git(&["rebase", "--quiet", "--onto", &before, "main~1", "main"]);
    world.release(&["1.0.0", "--abort"]).code(0);
    assert_eq!(world.git(&["log", "--format=%s", "main"]), "more\nstate");
    assert!(world.picture().get("status taskflow.toml").is_none());
}

#[test]
fn the_log_of_a_branch() {
    let world = killed_after("git", "*update-ref*--stdin*");
    world.release(&["1.0.0", "--abort"]).code(0);
    let log = world.git(&["reflog", "--format=%gs", "main"]);
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        log,
        str![[r#"
release: undo 1.0.0
release: 1.0.0
commit (initial): state
"#]],
    );
}

#[test]
fn another_working_tree() {
    let mut world = killed_after("docker", "tag sha256:* tiny-b:1.0.0");
    let linked = world.outside("linked");
    world.git(&["worktree", "add", "--quiet", "-b", "release/1", linked.to_str().unwrap()]);
    let main = std::mem::replace(&mut world.root, linked);
    world.release(&["1.0.0", "--abort"]).code(2).error(str![[r#"
error: release 1.0.0 was begun in another working tree
note: its files are in `[BASE]/repository`
hint: run the command in it: `cd [BASE]/repository`

"#]]);
    world.root = main;
    world.release(&["1.0.0", "--abort"]).code(0);
}

#[test]
fn a_signature_that_fails_in_the_end() {
    let world = World::new();
    world.git(&["config", "commit.gpgSign", "true"]);
    let trial =
        "[ -e \"$marks/tried\" ] || { : >\"$marks/tried\"; echo tree; exit 0; }; echo 'error: gpg failed' >&2; exit 1";
    world.fault("git", "sign", "*commit-tree*-S*", Before, trial);
    world.release(PUSHED).code(1).error(str![[r#"
error: git could not sign the release commit
caused by: error: gpg failed
note: release 1.0.0 stopped in step `commit`; everything was undone
hint: see why with `git commit-tree -S -m trial HEAD^{tree}`; check `user.signingKey` and `gpg.format`

"#]]);
}

#[test]
fn a_child_that_is_waited_for() {
    let world = World::new();
    // One process, which waits for somebody who writes to the pipe.
    world.shell("mkfifo ../marks/go");
    let waits = "[ -e \"$marks/killed\" ] || { : >\"$marks/killed\"; kill -9 $PPID; read -r line <\"$marks/go\"; }";
    world.fault("git", "wait", "*commit-tree*", Before, waits);
    world.release(PUSHED).code(1009);
    let mut next = world.start(&["1.0.0", "--abort"]);
    let (mut told, mut rest) = read_until(&mut next, "waiting for processes of a killed release");
    // It is interrupted while it waits, and has changed nothing.
    let pid = Pid::from_raw(i32::try_from(next.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    rest.read_to_string(&mut told).unwrap();
    assert_eq!(next.wait().unwrap().code(), Some(130));
    let (start, rest) = told.split_once("(process ").unwrap();
    let said = format!("{start}(process [ID]{}", rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        said,
        str![[r#"
note: waiting for processes of a killed release: `git` (process [ID])
error: interrupted by Ctrl-C: nothing was changed

"#]],
    );
    fs::write(world.mark("go"), "\n").unwrap();
    world.release(&["1.0.0", "--abort"]).code(0);
}
