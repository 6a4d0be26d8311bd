//! Releases that fail on this machine: what is said, and that everything is as it was.

use std::fs;

use snapbox::{IntoData, str};

use super::world::{BASE, World};
use crate::harness::stateful_engine::When;

/// A release fails, and branch, tag, index, working tree, and images are as they were.
#[track_caller]
fn is_undone(world: &World, code: i32, expected: impl IntoData) {
    let state = || {
        let git = |args: &[&str]| world.sandbox.git(args);
        (git(&["for-each-ref"]), git(&["status", "--porcelain"]), world.engine.tags(), world.engine.pushed())
    };
    let before = state();
    world.release(&["-q", "1.1.0", "--yes"]).code(code).stdout("").stderr(expected);
    assert_eq!(state(), before);
    assert!(!world.sandbox.root.join(".git/taskflow-release").exists());
    assert!(!world.sandbox.root.join("target/xtask/releases/1.1.0").exists());
}

#[test]
fn a_build_that_fails() {
    let world = World::new();
    world.engine.fails("broken", "buildx build *./b", "ERROR: failed to solve: no such file: f");
    is_undone(
        &world,
        1,
        str![[r#"
error: building `tiny-b:1.1.0-g[ID-1]` failed
caused by: ERROR: failed to solve: no such file: f
note: full log: [BASE]repository/target/xtask/logs/b.log
note: `tiny-a:1.1.0-g[ID-1]` was built
note: release 1.1.0 stopped in step `build`; everything was undone

"#]],
    );
}

#[test]
fn an_image_that_cannot_be_tagged() {
    let world = World::new();
    let old = world.engine.image("tiny-a:1.1.0", "{\"Labels\":null}");
    world.engine.fails("full", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
    let expected = str![[r#"
     warning engine.names        tiny-a:1.1.0 ([ID-1]) already exists; the release moves the tag, and moves it back if it fails
error: `docker tag sha256:[ID-2] tiny-b:1.1.0` failed
caused by: Error response from daemon: no space left on device
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: run it alone to see its output: `docker tag sha256:[ID-2] tiny-b:1.1.0`

"#]];
    is_undone(&world, 1, expected);
    assert_eq!(world.engine.tags()["tiny-a:1.1.0"], old);
}

#[test]
fn an_image_that_cannot_be_read() {
    let world = World::new();
    world.engine.fails("full", "save *", "Error response from daemon: write /tmp: no space left on device");
    is_undone(
        &world,
        1,
        str![[r#"
error: building `tiny-a:1.1.0-g[ID-1]` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: Error response from daemon: write /tmp: no space left on device
note: a disk is full: the engine's, or the one of the log files
hint: see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`

error: building `tiny-b:1.1.0-g[ID-1]` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: Error response from daemon: write /tmp: no space left on device
note: a disk is full: the engine's, or the one of the log files
note: release 1.1.0 stopped in step `build`; everything was undone
hint: see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`

"#]],
    );
}

#[test]
fn a_secret_in_an_image() {
    let world = World::new();
    let token = crate::harness::planted::token();
    let shell = format!("printf '%s\\n' 'TOKEN = \"{token}\"' >a/late.py");
    world.engine.fault("late", "buildx build *./a", When::Before, &shell);
    is_undone(
        &world,
        1,
        str![[r#"
error[github-token]: a secret in `/late.py` in a layer of `tiny-a:1.1.0-g[ID-1]`: GitHub token
note: layer sha256:[ID-2], byte 13
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `tiny-a:1.1.0-g[ID-1]` was taken away; the builder's cache still has its steps
note: `tiny-b:1.1.0-g[ID-1]` was built
note: release 1.1.0 stopped in step `build`; everything was undone
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]],
    );
}

#[test]
fn a_base_image_that_becomes_a_stand_in() {
    let world = World::new();
    let [engine, _] = world.engine.folders();
    let aside = world.sandbox.outside("real-base");
    let tag = engine.join("tags").join(BASE);
    fs::copy(&tag, &aside).unwrap();
    world.engine.base(BASE, true);
    let stand_in = world.sandbox.outside("stand-in");
    fs::copy(&tag, &stand_in).unwrap();
    fs::copy(&aside, &tag).unwrap();
    let shell = format!("cp '{}' '{}'; rm \"$fault\"", stand_in.display(), tag.display());
    world.engine.fault("swap", &format!("image inspect tiny-a:1.1.0 tiny-b:1.1.0 {BASE}*"), When::After, &shell);
    let code = world.release(&["-q", "1.1.0", "--yes"]).code(1).stderr(str![[r#"
warning: `python:3.13-slim` is a stand-in made from packages, not the official image
error: `b` was built on a stand-in: `python:3.13-slim`
note: release 1.1.0 stopped in step `build`; everything was undone
hint: pull the real base image, or allow it with `--allow-stand-in`

"#]]);
    drop(code);
}

#[test]
fn a_file_of_the_release_that_is_edited_meanwhile() {
    let world = World::new();
    let edit = format!("printf '# edited\\n' >>'{}'", world.sandbox.root.join("taskflow.toml").display());
    world.engine.fault("edit", "buildx build *./a", When::Before, &edit);
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: the working tree was edited in files that the release changes
caused by: error: Entry 'taskflow.toml' not uptodate. Cannot merge.
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: commit or undo the edit, and release 1.1.0 again

"#]]);
    assert!(world.sandbox.read("taskflow.toml").ends_with("# edited\n"));
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn a_branch_that_is_moved_meanwhile() {
    let world = World::new();
    world.sandbox.commit();
    let git = format!("git -C '{}' update-ref refs/heads/main HEAD^", world.sandbox.root.display());
    world.engine.fault("move", "tag * tiny-b:1.1.0", When::After, &git);
    let run = world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("");
    run.stderr(str![[r#"
error: git did not move branch `main` and make tag `v1.1.0`
caused by: fatal: prepare: cannot lock ref 'refs/heads/main': is at [ID-1] but expected [ID-2]
note: branch and tag move together or not at all
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: see with `git log --oneline -3 main` who moved it, or which hook refuses, and release 1.1.0 again

"#]]);
    assert_eq!(world.sandbox.git(&["tag"]), "");
    assert_eq!(world.engine.tags().len(), 1);
}

#[test]
fn what_cannot_be_undone_is_named() {
    let world = World::new();
    world.engine.fails("tag", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
    world.engine.fails("rm", "image rm * tiny-a:1.1.0", "Error response from daemon: the store is read-only");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: `docker tag sha256:[ID-1] tiny-b:1.1.0` failed
caused by: Error response from daemon: no space left on device
note: release 1.1.0 stopped in step `publish`, and not all was undone
note: the engine still has `tiny-a:1.1.0`: Error response from daemon: the store is read-only
hint: run it alone to see its output: `docker tag sha256:[ID-1] tiny-b:1.1.0`
hint: undo the rest with `cargo xtask release 1.1.0 --abort`

"#]]);
    world.release(&["-q", "1.1.0", "--abort"]).code(1).stdout("").stderr(str![[r#"
error: not all of release 1.1.0 was undone
note: the engine still has `tiny-a:1.1.0`: Error response from daemon: the store is read-only
hint: run `cargo xtask release 1.1.0 --abort` again when the cause is mended

"#]]);
    world.engine.mend("rm");
    world.release(&["-q", "1.1.0", "--abort"]).code(0).stdout("").stderr("");
    assert_eq!(world.engine.tags().len(), 1);
}

#[test]
fn a_record_that_cannot_be_written() {
    let world = World::new();
    world.sandbox.write("target/xtask/releases", "a file\n");
    is_undone(
        &world,
        1,
        str![[r#"
error: cannot write `[BASE]repository/target/xtask/releases/1.1.0`: Not a directory (os error 20)
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: make the folder writable, or free space on its disk

"#]],
    );
}
