//! Releases that succeed, the second run of one, and a dry run.

use crate::parts::engine;
use crate::releases::{World, assert_same};
use crate::rig::Engine;

#[test]
fn a_release_has_the_images_that_were_verified_and_a_second_run_does_nothing() {
    if !engine("a_release_has_the_images_that_were_verified_and_a_second_run_does_nothing") {
        return;
    }
    let world = World::plain(&Engine::own());
    let run = world.release("1.0.0", &["--yes"]).ends(0, "released");
    world.is_released("1.0.0", &run.ids());
    let steps = world.record("1.0.0")["steps"].as_array().unwrap().clone();
    let step = |name: &str| steps.iter().find(|step| step["name"] == name).unwrap()["state"].as_str().unwrap();
    assert_eq!((step("publish"), step("push"), step("deliver")), ("done", "skipped", "skipped"));
    let before = world.everything();
    world.calls();
    world.release("1.0.0", &["--yes"]).ends(0, "already-released").says("nothing to do");
    assert_same(&before, &world.everything(), "at the end");
    let calls = world.calls();
    assert!(calls.len() < 10, "{calls:?}");
}

#[test]
fn a_dry_run_changes_nothing() {
    if !engine("a_dry_run_changes_nothing") {
        return;
    }
    let world = World::plain(&Engine::own());
    world.with_remote();
    let before = world.everything();
    let run = world.release("1.0.0", &["--dry-run", "--push"]).ends(0, "nothing-done");
    assert!(run.document["plan"].as_array().unwrap().len() > 8);
    assert_same(&before, &world.everything(), "at the end");
    world.release("1.0.0", &["--check", "--push"]).ends(0, "nothing-done");
    assert_same(&before, &world.everything(), "at the end");
}
