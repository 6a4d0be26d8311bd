//! What happens in the repository while a release is being made.

use std::fs;

use crate::stateful_engine::When::Before;
use crate::undisturbed::{expected, is_as_before, is_released};
use crate::world::{PUSHED, World};

/// Lets something happen in the working tree while the first image is built.
fn meanwhile(world: &World, text: &str) {
    during(world, "buildx build *./a", text);
}

/// Lets something happen in the working tree before a call of docker.
fn during(world: &World, call: &str, text: &str) {
    let root = world.root.display().to_string();
    world.fault("docker", "meanwhile", call, Before, &format!("(cd '{root}' && {text}) >&2 || exit 9"));
}

/// Lets something happen, releases, and checks that all is as if only this had happened.
#[track_caller]
fn undone_after(text: &str, words: &str) {
    undone_at("buildx build *./a", text, words);
}

/// The same, at another call of docker.
#[track_caller]
fn undone_at(call: &str, text: &str, words: &str) {
    let world = World::new();
    let other = world.copy();
    during(&world, call, text);
    world.release(PUSHED).code(1).says(words).says("everything was undone");
    other.shell(text);
    let difference = other.picture().differences(&world.picture().without_candidates());
    assert_eq!(difference, "", "{text}");
    assert_ne!(expected().before.differences(&world.picture()), "", "{text} changed nothing");
}

#[test]
fn a_branch_that_moves_undoes_the_release() {
    undone_after(
        "git commit --quiet --allow-empty --message=more",
        "git did not move branch `main` and make tag `v1.0.0`",
    );
}

#[test]
fn a_tag_that_appears_undoes_the_release() {
    undone_after("git tag v1.0.0", "version 1.0.0 is not higher than 1.0.0, the previous release");
    let last = "tag sha256:* tiny-b:1.0.0";
    undone_at(last, "git tag v1.0.0", "git did not move branch `main` and make tag `v1.0.0`");
}

#[test]
fn another_branch_that_is_checked_out_undoes_the_release() {
    undone_after("git switch --quiet --create other", "branch `main` is no longer checked out here");
}

#[test]
fn an_edit_of_a_file_with_the_version_undoes_the_release_and_stays() {
    let words = "the working tree was edited in files that the release changes";
    undone_after("echo '{\"version\": \"0.9.0\"}' >a/package.json", words);
    undone_after("echo '# mine' >>taskflow.toml", words);
    undone_after("echo '# mine' >>taskflow.toml && git add taskflow.toml", words);
    undone_after(
        "rm taskflow.toml && git show HEAD:taskflow.toml >x && sed s/tiny/tiny/ x >taskflow.toml && echo >>taskflow.toml",
        words,
    );
    undone_after("echo mine >CHANGELOG.md", words);
    undone_after("mkdir CHANGELOG.md && echo mine >CHANGELOG.md/file", words);
}

#[test]
fn an_edit_of_another_file_stays_out_of_the_release_and_stays() {
    let world = World::new();
    meanwhile(&world, "echo edited >b/f; echo new >b/new; git add b/new");
    world.release(PUSHED).code(0);
    let blob = world.git(&["rev-parse", ":b/new"]);
    let edited = expected().released.clone();
    let edited = edited.with("file b/f", "100644 edited\n").with("file b/new", "100644 new\n");
    let edited =
        edited.with("status b/f", " M").with("status b/new", "A ").with("index b/new", &format!("100644 {blob} 0"));
    assert_eq!(edited.differences(&world.picture()), "");
}

#[test]
fn a_file_that_git_ignores_is_not_lost() {
    let world = World::new();
    world.write(".gitignore", "target\nCHANGELOG.md\n");
    world.commit();
    world.git(&["push", "--quiet", "origin", "main"]);
    world.write("CHANGELOG.md", "mine\n");
    let before = world.picture();
    world.release(PUSHED).code(3).says("`CHANGELOG.md` is not in the commit, and a file of this name is here");
    assert_eq!(before.differences(&world.picture()), "");
    // It may also appear later.
    fs::remove_file(world.root.join("CHANGELOG.md")).unwrap();
    meanwhile(&world, "echo mine >CHANGELOG.md");
    world.release(PUSHED).code(1).says("everything was undone");
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
}

#[test]
fn a_hook_that_refuses_the_references_undoes_the_release() {
    let world = World::new();
    let hook = "[ \"$1\" = prepared ] || exit 0; ! grep -q refs/tags/ || { echo 'no tags here' >&2; exit 1; }";
    world.hook("repository/.git", "reference-transaction", hook);
    world.release(PUSHED).code(1).says("no tags here").says("everything was undone");
    is_as_before(&world, "reference-transaction");
}

#[test]
fn a_lock_that_another_git_holds_for_a_moment_is_waited_for() {
    let world = World::new();
    meanwhile(&world, ": >.git/refs/heads/main.lock; : >.git/index.lock");
    // They go when the release meets them.
    let text = "(sleep 0.5; rm -f \"$marks/../repository/.git/index.lock\") & \
                (sleep 1; rm -f \"$marks/../repository/.git/refs/heads/main.lock\") &";
    world.fault("git", "locks", "*read-tree -m -u --dry-run *", Before, text);
    world.release(PUSHED).code(0);
    is_released(&world, "locks");
}

#[test]
fn a_lock_that_stays_undoes_the_release() {
    let world = World::new();
    meanwhile(&world, ": >.git/refs/heads/main.lock");
    world.release(PUSHED).code(1).says("main.lock").says("everything was undone");
    let found = world.picture().without_candidates();
    fs::remove_file(world.root.join(".git/refs/heads/main.lock")).unwrap();
    let lock = "git directory refs/heads/main.lock";
    assert_eq!(expected().before.clone().with(lock, "file").differences(&found), "");
    is_as_before(&world, "lock");
}
