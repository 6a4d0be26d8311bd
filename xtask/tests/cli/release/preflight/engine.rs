//! The lines about the engine and its images.

use snapbox::str;

use super::super::world::{BASE, World};
use super::says;

#[test]
fn an_engine_that_does_not_answer_is_refused() {
    let world = World::new();
    says(
        &world,
        "engine",
        &[],
        str![[r#"
          ok engine              engine 26.1.5, BuildKit through buildx 0.16.2

"#]],
    );
    let words = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
    let shell = format!(
        "echo \"{{\\\"Client\\\":{{\\\"Version\\\":\\\"26.1.5\\\"}},\\\"Server\\\":null}}\"; echo \"{words}\" >&2; exit 1"
    );
    world.engine.fault("silent", "version *", crate::harness::stateful_engine::When::Before, &shell);
    says(
        &world,
        "engine",
        &[],
        str![[r#"
     refused engine              no Docker engine answers: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
                                 hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]],
    );
    says_rest(&world);
}

fn says_rest(world: &World) {
    let (_, names) = world.line("engine.names", &[]);
    let (_, bases) = world.line("engine.base-images", &[]);
    crate::harness::run::compare(
        &(names + &bases),
        str![[r#"
     skipped engine.names        the engine is not known
     skipped engine.base-images  the engine is not known

"#]],
    );
}

#[test]
fn images_with_a_tag_of_the_release_are_named() {
    let world = World::new();
    says(
        &world,
        "engine.names",
        &[],
        str![[r#"
          ok engine.names        no image has a tag of this release yet

"#]],
    );
    world.engine.image("tiny-a:1.1.0", "{\"Labels\":null}");
    says(
        &world,
        "engine.names",
        &[],
        str![[r#"
     warning engine.names        tiny-a:1.1.0 ([ID-1]) already exists; the release moves the tag, and moves it back if it fails

"#]],
    );
}

#[test]
fn stand_ins_of_base_images_are_refused_unless_they_are_allowed() {
    let world = World::new();
    says(
        &world,
        "engine.base-images",
        &[],
        str![[r#"
          ok engine.base-images  the engine has all base images

"#]],
    );
    world.engine.forget(BASE);
    says(
        &world,
        "engine.base-images",
        &[],
        str![[r#"
     warning engine.base-images  the engine does not have `python:3.13-slim`; the build pulls what is missing

"#]],
    );
    world.engine.base(BASE, true);
    says(
        &world,
        "engine.base-images",
        &[],
        str![[r#"
     refused engine.base-images  images on stand-ins of base images are not released: `python:3.13-slim`
                                 hint: pull the real ones with `docker pull python:3.13-slim`, or allow them with `--allow-stand-in`

"#]],
    );
    says(
        &world,
        "engine.base-images",
        &["--allow-stand-in"],
        str![[r#"
     warning engine.base-images  stand-ins of base images, allowed by `--allow-stand-in`: `python:3.13-slim`

"#]],
    );
}
