//! What the engine refuses.

use crate::stateful_engine::When::{After, Before};
use crate::undisturbed::{expected, is_as_before, is_released};
use crate::world::{PUSHED, World};

#[test]
fn a_build_of_the_second_image_that_fails_undoes_the_release() {
    let world = World::new();
    world.fault("docker", "build", "buildx build *./b", Before, "sleep 0.3; echo 'ERROR: no such thing' >&2; exit 1");
    world.release(PUSHED).code(1).says("release 1.0.0 stopped in step `build`; everything was undone");
    is_as_before(&world, "build");
}

#[test]
fn an_image_that_is_too_large_undoes_the_release() {
    let world = World::new();
    world.write("taskflow.toml", &(world.read("taskflow.toml") + "\n[component.b.contract]\nmax-size-mb = 1\n"));
    world.write("b/large", &"large\n".repeat(200_000));
    world.commit();
    world.git(&["push", "--quiet", "origin", "main"]);
    let before = world.picture();
    world.release(PUSHED).code(1).says("release 1.0.0 stopped in step `verify`; everything was undone");
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
}

#[test]
fn a_name_of_the_second_image_that_fails_undoes_the_release() {
    for when in [Before, After] {
        let world = World::new();
        world.fault(
            "docker",
            "tag",
            "tag sha256:* tiny-b:1.0.0",
            when,
            "echo 'Error response from daemon: no space' >&2; exit 1",
        );
        world.release(PUSHED).code(1).says("release 1.0.0 stopped in step `publish`; everything was undone");
        is_as_before(&world, "tag");
    }
}

#[test]
fn images_that_had_the_names_before_get_them_back() {
    let world = World::new();
    let old = world.engine.image("tiny-a:1.0.0", "{\"Labels\":{\"old\":\"yes\"}}");
    let before = world.picture();
    world.fault("docker", "tag", "tag sha256:* tiny-b:1.0.0", After, "exit 1");
    world.release(PUSHED).code(1).says("already exists; the release moves the tag");
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
    // Killed when both have the names, and undone.
    world.engine.mend("tag");
    world.fault("docker", "kill", "tag sha256:* tiny-b:1.0.0", After, "kill -9 $PPID");
    world.release(PUSHED).code(1009);
    world.engine.mend("kill");
    assert_ne!(world.engine.tags()["tiny-a:1.0.0"], old);
    let other = world.copy();
    world.release(&["1.0.0", "--abort"]).code(0);
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
    // Or finished: the old image has no name any more.
    other.release(&["1.0.0", "--resume"]).code(0);
    let image = format!("image {}", old.trim_start_matches("sha256:"));
    assert_eq!(expected().released.clone().with(&image, "").differences(&other.picture()), "");
}

#[test]
fn an_image_that_had_the_name_before_and_is_the_same_keeps_it() {
    let world = World::new();
    // A first attempt shows which images the release builds.
    world.fault("docker", "kill", "tag sha256:* tiny-b:1.0.0", Before, "kill -9 $PPID");
    world.release(PUSHED).code(1009);
    world.engine.mend("kill");
    let candidate = world.engine.tags().into_keys().find(|reference| reference.starts_with("tiny-a:1.0.0-g")).unwrap();
    world.docker(&["tag", &candidate, "keep:1"]);
    world.release(&["1.0.0", "--abort"]).code(0);
    world.docker(&["tag", "keep:1", "tiny-a:1.0.0"]);
    let before = world.picture();
    world.hook("remote.git", "update", "exit 1");
    world.release(PUSHED).code(1).says("everything was undone");
    assert_eq!(before.without_candidates().differences(&world.picture().without_candidates()), "");
}

#[test]
fn an_engine_that_is_gone_when_the_release_is_undone_is_named_and_the_rest_is_undone_later() {
    let world = World::new();
    world.hook("remote.git", "update", ": >\"$marks/gone\"; exit 1");
    let gone = "[ ! -e \"$marks/gone\" ] || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }";
    world.fault("docker", "gone", "*", Before, gone);
    world.release(PUSHED).code(1).says("not all was undone").says("Cannot connect to the Docker daemon");
    world.engine.mend("gone");
    world.release(&["1.0.0", "--abort"]).code(0);
    is_as_before(&world, "engine");
}

#[test]
fn a_signer_that_fails_undoes_the_release() {
    let world = World::new();
    world.signer("echo 'no key' >&2; exit 1");
    world.release(PUSHED).code(1).says("no key").says("release 1.0.0 stopped in step `sign`; everything was undone");
    is_as_before(&world, "sign");
}

#[test]
fn a_registry_that_refuses_candidates_undoes_the_release() {
    let world = World::new();
    world.engine.fails("push", "push *tiny-b:*", "denied: requested access to the resource is denied");
    world.release(PUSHED).code(1).says("release 1.0.0 stopped in step `upload`; everything was undone");
    is_as_before(&world, "upload");
}

#[test]
fn a_registry_that_refuses_the_second_name_is_asked_again_later() {
    let world = World::new();
    world.engine.fails(
        "name",
        "buildx imagetools create *tiny-b:1.0.0 *",
        "denied: requested access to the resource is denied",
    );
    let run =
        world.release(PUSHED).code(5).says("stopped in step `promote`; it is public already, so nothing was undone");
    run.says("finish it with `cargo xtask release 1.0.0 --resume`");
    world.release(&["1.0.0", "--abort"]).code(5).says("is public and cannot be undone");
    world.release(&["1.0.0", "--resume"]).code(5);
    world.engine.mend("name");
    world.release(&["1.0.0", "--resume"]).code(0);
    is_released(&world, "promote");
}

#[test]
fn a_name_that_the_registry_has_for_another_image_is_refused_before_anything_is_public() {
    let world = World::new();
    let digest = world.engine.push_other("registry.test/team/tiny-b:1.0.0");
    world.release(PUSHED).code(1).says(&digest).says("release 1.0.0 stopped in step `upload`; everything was undone");
    let before = expected().before.clone().with("registry registry.test/team/tiny-b:1.0.0", &digest);
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
}

#[test]
fn a_name_that_another_image_gets_in_the_registry_after_the_push_stays_with_it() {
    let world = World::new();
    let digest = world.engine.push_other("registry.test/team/tiny-b:other");
    let tags = world.outside("engine/registry/tags").display().to_string();
    let text = format!("cp '{tags}/registry.test%team%tiny-b:other' '{tags}/registry.test%team%tiny-b:1.0.0'");
    world.fault("git", "other", "*push --atomic --porcelain -- *", Before, &text);
    for args in [PUSHED, &["1.0.0", "--resume"]] {
        let run = world.release(args).code(5).says(&digest);
        run.says("stopped in step `promote`; it is public already, so nothing was undone");
    }
    assert_eq!(world.engine.pushed()["registry.test/team/tiny-b:1.0.0"], digest);
}
