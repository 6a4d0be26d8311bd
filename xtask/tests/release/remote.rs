//! What the remote refuses, and what happens to it, between the preflight and the push and during the push.

use std::fs;

use crate::stateful_engine::When::Before;
use crate::undisturbed::{expected, is_as_before, is_released};
use crate::world::{PUSHED, World};

/// Lets something happen while the first image is built. The text is run in the folder with the remote.
fn meanwhile(world: &World, text: &str) {
    let base = world.outside("").display().to_string();
    world.fault("docker", "meanwhile", "buildx build *./a", Before, &format!("(cd '{base}' && {text}) >&2 || exit 9"));
}

/// Ends the program that receives a push, in this hook of the remote, with other text before it.
fn cut(world: &World, hook: &str, text: &str) {
    world.hook("remote.git", hook, &format!("{text}\nkill -9 $PPID"));
}

#[test]
fn a_tag_that_appears_on_the_remote_undoes_the_release() {
    let world = World::new();
    meanwhile(&world, "git -C remote.git tag v1.0.0 main");
    world.release(PUSHED).code(1).says("the push to remote `origin` failed").says("everything was undone");
    let commit = world.remote_git(&["rev-parse", "main"]);
    let found = world.picture().without_candidates();
    assert_eq!(expected().before.clone().with("remote refs/tags/v1.0.0", &commit).differences(&found), "");
    // The next preflight finds it.
    world.release(PUSHED).code(3).says("remote `origin` already has tag `v1.0.0`");
}

#[test]
fn a_branch_that_moves_on_the_remote_undoes_the_release() {
    let world = World::new();
    meanwhile(
        &world,
        "git -C remote.git update-ref refs/heads/main $(git -C remote.git commit-tree -p main -m x main^{tree})",
    );
    // The remote has no name for the committer.
    world.remote_git(&["config", "user.name", "Other"]);
    world.remote_git(&["config", "user.email", "other@example.org"]);
    world.release(PUSHED).code(1).says("the push to remote `origin` failed").says("everything was undone");
    let commit = world.remote_git(&["rev-parse", "main"]);
    assert_ne!(commit, world.git(&["rev-parse", "main"]));
    let found = world.picture().without_candidates();
    assert_eq!(expected().before.clone().with("remote refs/heads/main", &commit).differences(&found), "");
    world.release(PUSHED).code(3).says("has commits that are missing here");
}

#[test]
fn a_protected_tag_undoes_the_release() {
    let world = World::new();
    world.hook("remote.git", "update", "case $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1 ;; esac");
    world.release(PUSHED).code(1).says("tags are protected").says("everything was undone");
    is_as_before(&world, "protected tag");
}

#[test]
fn a_remote_that_refuses_everything_undoes_the_release() {
    let world = World::new();
    world.hook("remote.git", "pre-receive", "echo 'closed on Sundays' >&2; exit 1");
    world.release(PUSHED).code(1).says("closed on Sundays").says("everything was undone");
    is_as_before(&world, "pre-receive");
}

#[test]
fn a_hook_before_the_push_is_found_by_the_preflight() {
    let world = World::new();
    world.hook("repository/.git", "pre-push", "echo 'not today' >&2; exit 1");
    let before = world.picture();
    world.release(PUSHED).code(3).says("a trial push fails: not today");
    assert_eq!(before.differences(&world.picture()), "");
}

#[test]
fn a_hook_that_refuses_only_the_push_itself_undoes_the_release() {
    let world = World::new();
    let hook = "[ -e \"$marks/asked\" ] && { echo 'not today' >&2; exit 1; }; : >\"$marks/asked\"; cat >/dev/null";
    world.hook("repository/.git", "pre-push", hook);
    world.release(PUSHED).code(1).says("not today").says("everything was undone");
    is_as_before(&world, "pre-push");
}

#[test]
fn a_connection_that_is_lost_before_the_remote_has_the_release_undoes_it() {
    let world = World::new();
    cut(&world, "pre-receive", "");
    world.release(PUSHED).code(1).says("everything was undone");
    is_as_before(&world, "cut before");
}

#[test]
fn a_connection_that_is_lost_when_the_remote_has_the_release_does_no_harm() {
    let world = World::new();
    cut(&world, "post-receive", "");
    world.release(PUSHED).code(0);
    is_released(&world, "cut after");
}

#[test]
fn a_remote_that_takes_its_time_after_the_connection_is_lost_is_asked_again() {
    let world = World::new();
    // The hook ends the `git push` that waits for the remote, whose work goes on.
    let client = "client=$(awk '/^PPid:/ { print $2 }' /proc/$PPID/status)";
    let name = "while [ \"$(tr '\\0' ' ' </proc/$client/cmdline | grep -c -- --atomic)\" = 0 ]; do
        client=$(awk '/^PPid:/ { print $2 }' /proc/$client/status); done";
    world.hook(
        "remote.git",
        "pre-receive",
        &format!("{client}\n{name}\nkill -9 $client; : >\"$marks/killed\"; sleep 0.3"),
    );
    world.release(PUSHED).code(0);
    assert!(world.has_mark("killed"));
    is_released(&world, "slow");
}

/// A world whose remote cuts the connection and is silent from then on.
fn silent(hook: &str) -> World {
    let world = World::new();
    let base = world.outside("").display().to_string();
    cut(&world, hook, &format!("mv '{base}/remote.git' '{base}/silent.git'"));
    let run = world.release(PUSHED).code(5).says("release 1.0.0 stopped in step `push`; it may be public already");
    run.says("finish it with `cargo xtask release 1.0.0 --resume`");
    for how in ["--abort", "--resume"] {
        world.release(&["1.0.0", how]).code(5).says("may be public");
    }
    world.release(PUSHED).code(3).says("release 1.0.0 is not finished: it stopped in step `push`");
    fs::rename(world.outside("silent.git"), world.outside("remote.git")).unwrap();
    fs::remove_file(world.outside("remote.git/hooks").join(hook)).unwrap();
    world
}

#[test]
fn a_silent_remote_that_has_the_release_is_found_out_later() {
    let world = silent("post-receive");
    let other = world.copy();
    world.release(&["1.0.0", "--resume"]).code(0);
    is_released(&world, "resumed");
    other.release(&["1.0.0", "--abort"]).code(5).says("is public and cannot be undone");
    other.release(&["1.0.0", "--resume"]).code(0);
    is_released(&other, "resumed after all");
}

#[test]
fn a_silent_remote_that_has_no_release_is_found_out_later() {
    let world = silent("pre-receive");
    let other = world.copy();
    world.release(&["1.0.0", "--resume"]).code(0);
    is_released(&world, "resumed");
    other.release(&["1.0.0", "--abort"]).code(0);
    is_as_before(&other, "aborted");
}

#[test]
fn a_hook_that_refuses_the_undoing_is_named_and_the_rest_is_undone_later() {
    let world = World::new();
    world.hook("remote.git", "update", "case $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1 ;; esac");
    // The tag may be made, and not be deleted.
    let zeros = "0000000000000000000000000000000000000000";
    let hook = format!(
        "[ \"$1\" = prepared ] || exit 0; while read -r old new name; do
            [ \"$new\" != {zeros} ] || [ \"$name\" != refs/tags/v1.0.0 ] || {{ echo 'tags stay' >&2; exit 1; }}; done"
    );
    world.hook("repository/.git", "reference-transaction", &hook);
    world.release(PUSHED).code(1).says("not all was undone").says("`cargo xtask release 1.0.0 --abort`");
    world.release(&["1.0.0", "--abort"]).code(1).says("not all of release 1.0.0 was undone");
    fs::remove_file(world.root.join(".git/hooks/reference-transaction")).unwrap();
    world.release(&["1.0.0", "--abort"]).code(0);
    is_as_before(&world, "aborted at last");
}
