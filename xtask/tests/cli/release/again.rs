//! A release that is run again, resumed, or undone, when there is nothing to do.

use std::time::{Duration, Instant};

use snapbox::str;

use super::world::World;

#[test]
fn a_finished_release_says_so_and_changes_nothing() {
    let world = World::new();
    world.released("1.1.0");
    let before = world.everything();
    let start = Instant::now();
    world.release(&["1.1.0"]).code(0).stdout("").stderr(str![[r#"
    Finished 1.1.0 was released before and is as recorded; nothing to do
      Record `target/xtask/releases/1.1.0`

"#]]);
    assert!(start.elapsed() < Duration::from_secs(5));
    for args in [&["1.1.0", "--yes", "--push"][..], &["1.1.0", "--resume"], &["1.1.0", "--check"], &["1.1.0", "-n"]] {
        world.release(args).code(0).stdout("");
    }
    assert_eq!(world.everything(), before);
}

#[test]
fn differences_of_a_finished_release_are_listed() {
    let world = World::new();
    world.released("1.1.0");
    world.engine.image("tiny-a:1.1.0", "{\"Labels\":null}");
    world.engine.forget("tiny-b:1.1.0");
    world.sandbox.git(&["tag", "--force", "v1.1.0", "HEAD^"]);
    let before = world.everything();
    world.release(&["1.1.0", "--yes"]).code(3).stdout("").stderr(str![[r#"
      Record `target/xtask/releases/1.1.0`
error: 1.1.0 was released at [ID-1], and something has changed since
note: tag `v1.1.0` was at commit [ID-1], and is at [ID-2]
note: `tiny-a:1.1.0` was image [ID-3], and is [ID-4]
note: `tiny-b:1.1.0` was image [ID-5], and is missing
hint: release a higher version; a version that others may have is never released again

"#]]);
    assert_eq!(world.everything(), before);
}

#[test]
fn a_release_whose_tag_was_deleted_can_be_made_again() {
    let world = World::new();
    world.released("1.1.0");
    world.sandbox.git(&["tag", "--delete", "v1.1.0"]);
    world.sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    world.released("1.1.0");
    world.release(&["1.1.0"]).code(0);
}

#[test]
fn there_is_nothing_to_resume_or_to_undo() {
    let world = World::new();
    let before = world.everything();
    world.release(&["1.1.0", "--resume"]).code(2).stdout("").stderr(str![[r#"
error: there is nothing to resume: no release of 1.1.0 is unfinished here
hint: make it with `cargo xtask release 1.1.0`

"#]]);
    world.release(&["1.1.0", "--abort"]).code(2).stdout("").stderr(str![[r#"
error: there is nothing to undo: no release of 1.1.0 is unfinished here
note: only a release that has stopped halfway can be undone

"#]]);
    assert_eq!(world.everything(), before);
    world.released("1.1.0");
    let before = world.everything();
    world.release(&["1.1.0", "--abort"]).code(2).stdout("").stderr(str![[r#"
error: there is nothing to undo: no release of 1.1.0 is unfinished here
note: only a release that has stopped halfway can be undone

"#]]);
    assert_eq!(world.everything(), before);
}
