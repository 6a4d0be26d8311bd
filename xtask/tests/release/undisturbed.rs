//! A release that nothing disturbs: with it, others are compared.

use std::sync::OnceLock;

use crate::picture::Picture;
use crate::world::{PUSHED, World};

/// What every test compares with.
pub(crate) struct Expected {
    /// The world before the release.
    pub(crate) before: Picture,
    /// The world after a release that nothing disturbed.
    pub(crate) released: Picture,
}

/// Returns what a release of 1.0.0 that is pushed has to leave in a new world.
///
/// The changelog has the day. A test that runs over midnight fails, once.
pub(crate) fn expected() -> &'static Expected {
    static EXPECTED: OnceLock<Expected> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let world = World::new();
        let before = world.picture();
        world.release(PUSHED).code(0);
        Expected { before, released: world.picture() }
    })
}

/// Checks that a world is as before the release. Candidates in the registry stay; their names mean nothing.
#[track_caller]
pub(crate) fn is_as_before(world: &World, what: &str) {
    let differences = expected().before.differences(&world.picture().without_candidates());
    assert_eq!(differences, "", "{what}: not as before");
}

/// Checks that a world is as after a release that nothing disturbed.
#[track_caller]
pub(crate) fn is_released(world: &World, what: &str) {
    assert_eq!(expected().released.differences(&world.picture()), "", "{what}: not as after a release");
}

#[test]
fn a_release_leaves_the_same_in_a_copy_of_a_world() {
    let world = World::new();
    is_as_before(&world, "new");
    let copy = world.copy();
    copy.release(PUSHED).code(0);
    is_released(&copy, "copy");
    is_as_before(&world, "the world that was copied");
    // The pictures see what a release changes.
    let changed = expected().before.differences(&expected().released);
    for part in ["ref refs/heads/main", "ref refs/tags/v1.0.0", "remote refs/tags/v1.0.0", "engine tiny-a:1.0.0"] {
        assert!(changed.contains(part), "{part}: {changed}");
    }
    for part in ["registry registry.test/team/tiny-b:1.0.0", "file CHANGELOG.md", "index a/package.json", "record.json"]
    {
        assert!(changed.contains(part), "{part}: {changed}");
    }
}

#[test]
fn a_finished_release_has_nothing_to_do_and_changes_nothing() {
    let world = World::new();
    world.release(PUSHED).code(0);
    for args in [PUSHED, &["1.0.0", "--resume"]] {
        world.release(args).code(0).says("was released before and is as recorded");
        is_released(&world, "again");
    }
    world.release(&["1.0.0", "--abort"]).code(2).says("there is nothing to undo");
    is_released(&world, "abort");
}

#[test]
fn looking_changes_nothing() {
    let world = World::new();
    for args in [["1.0.0", "--check", "--push"], ["1.0.0", "--dry-run", "--push"]] {
        world.release(&args).code(0);
        is_as_before(&world, args[1]);
    }
    for args in [["1.0.0", "--resume"], ["1.0.0", "--abort"], ["1.0.0", "--push"]] {
        world.release(&args).code(2);
        is_as_before(&world, args[1]);
    }
}
