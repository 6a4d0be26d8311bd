//! Journals that somebody has edited, and other things that no release does by itself.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use snapbox::{IntoData, str};

use super::world::{CONFIG, World};
use crate::harness::fakes::on;
use crate::harness::stateful_engine::When;

/// Kills a release of 1.1.0 before a call, edits its journal, and resumes it.
#[track_caller]
fn resumed(world: &World, pattern: &str, edit: impl Fn(&mut Value), code: i32, expected: impl IntoData) {
    world.engine.fault("kill", pattern, When::Before, "kill -9 $PPID; exit 1");
    world.release(&["-q", "1.1.0", "--yes"]).code(1009);
    world.engine.mend("kill");
    let path = world.sandbox.root.join(".git/taskflow-release/journal.json");
    let mut journal: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut journal);
    fs::write(path, journal.to_string()).unwrap();
    world.release(&["-q", "1.1.0", "--resume"]).code(code).stdout("").stderr(expected);
}

/// A world whose images are pushed.
fn pushed() -> World {
    let world = World::new();
    world
        .sandbox
        .write("taskflow.toml", &format!("{CONFIG}\n[release]\nregistry = \"registry.example\"\npush = true\n"));
    world.sandbox.commit();
    world.remote();
    world
}

#[test]
fn a_journal_without_its_commit() {
    let without = |journal: &mut Value| journal["commit"] = Value::Null;
    resumed(
        &World::new(),
        "buildx build *./a",
        without,
        1,
        str![[r#"
error: `` is no tag: the tag is empty
note: release 1.1.0 stopped in step `build`; everything was undone

"#]],
    );
    resumed(
        &World::new(),
        "tag * tiny-a:1.1.0",
        without,
        1,
        str![[r#"
error: the journal has no release commit
note: release 1.1.0 stopped in step `publish`; everything was undone

"#]],
    );
}

#[test]
fn a_journal_without_a_digest() {
    let without = |journal: &mut Value| journal["images"][0]["digest"] = Value::Null;
    resumed(
        &pushed(),
        "buildx imagetools create *",
        without,
        5,
        str![[r#"
error: the journal has no digest of `registry.example/tiny-a:1.1.0-g[ID-1]`
note: release 1.1.0 stopped in step `promote`; it is public already, so nothing was undone
hint: finish it with `cargo xtask release 1.1.0 --resume`

"#]],
    );
}

#[test]
fn a_journal_with_another_registry() {
    let other = |journal: &mut Value| journal["registry"] = json!("not a registry");
    resumed(
        &pushed(),
        "push *",
        other,
        1,
        str![[r#"
error: `not a registry/tiny-a:1.1.0-g[ID-1]` is no reference: the repository `not a registry/tiny-a` has an invalid ' ' at byte 3
note: release 1.1.0 stopped in step `upload`; everything was undone

"#]],
    );
}

#[test]
fn an_image_that_is_lost_before_the_record() {
    let world = World::new();
    let lost = |journal: &mut Value| world.engine.lose(journal["images"][0]["id"].as_str().unwrap());
    resumed(
        &world,
        "tag * tiny-a:1.1.0",
        lost,
        1,
        str![[r#"
error: the engine has lost the image of component `a`
note: its ID was sha256:[ID-1]
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: build it anew with `cargo xtask release 1.1.0`

"#]],
    );
}

#[test]
fn a_journal_with_an_id_that_is_no_digest() {
    let other = |journal: &mut Value| journal["images"][0]["id"] = json!("sha256:0");
    resumed(
        &World::new(),
        "image rm *",
        other,
        1,
        str![[r#"
error: `sha256:0` is no digest of `tiny-a:1.1.0`
note: release 1.1.0 stopped in step `record`; everything was undone

"#]],
    );
}

#[test]
fn a_scratch_folder_that_cannot_be_written() {
    let world = World::new();
    let folder = world.sandbox.root.join(".git/taskflow-release/scratch/references");
    let shell = format!("mkdir -p '{}'", folder.display());
    world.engine.fault("in-the-way", "tag * tiny-b:1.1.0", When::After, &shell);
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: cannot write the files of the release
caused by: Is a directory (os error 21)
note: release 1.1.0 stopped in step `publish`; everything was undone

"#]]);
}

#[test]
fn a_machine_without_git() {
    let world = World::new();
    fs::remove_file(world.sandbox.outside("bin/git")).unwrap();
    world.release(&["-q", "1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: there is no git program: `git` is not installed or not on PATH
hint: install git; a release writes with it

"#]]);
}

/// Replaces git by a program that fails without a word for some calls.
fn mute(world: &World, pattern: &str) {
    let path = std::env::var_os("PATH").unwrap();
    let git: Option<PathBuf> = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file());
    fs::remove_file(world.sandbox.outside("bin/git")).unwrap();
    let real = format!("exec '{}' \"$@\"", git.unwrap().display());
    world.sandbox.fake("git", [on(pattern).exits(1), on("*").does(&real)]);
}

#[test]
fn a_git_that_fails_without_a_word() {
    let world = World::new();
    mute(&world, "--no-pager commit-tree *");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: `LC_ALL=C GIT_AUTHOR_DATE=[SECONDS] GIT_COMMITTER_DATE=[SECONDS] git --no-pager commit-tree -p [ID-1] -F [BASE]repository/.git/taskflow-release/scratch/message [ID-2]` failed
caused by: git gives no reason
note: release 1.1.0 stopped in step `commit`; everything was undone

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
}
