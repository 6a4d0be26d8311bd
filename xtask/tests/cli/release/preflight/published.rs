//! The lines about what a release publishes: the registry, the signatures, and Minikube.

use snapbox::str;

use super::super::world::{CONFIG, World};
use super::{says, says_beside_a_refusal};
use crate::harness::fakes::on;
use crate::harness::minikube::{profile, version};
use crate::harness::stateful_engine::When;

/// A world with these settings of releases, and a remote.
fn sets(settings: &str) -> World {
    let world = World::new();
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n[release]\n{settings}"));
    world.sandbox.commit();
    world.remote();
    world
}

#[test]
fn the_registry_is_asked_for_both_images() {
    let world = sets("");
    says(
        &world,
        "registry",
        &[],
        str![[r#"
     skipped registry            images are not pushed without `--push`

"#]],
    );
    says(
        &world,
        "registry",
        &["--push"],
        str![[r#"
     skipped registry            `registry` under `[release]` is not set

"#]],
    );
    let world = sets("registry = \"registry.example/team\"\n");
    world.engine.push_other("registry.example/team/tiny-b:1.1.0");
    says(
        &world,
        "registry",
        &["--push"],
        str![[r#"
          ok registry            `registry.example/team/tiny-a:1.1.0` does not exist yet
     warning registry            `registry.example/team/tiny-b:1.1.0` already exists as sha256:[ID-1]; the release fails if its image is another one

"#]],
    );
    world.engine.fails("login", "buildx imagetools inspect *tiny-a*", "ERROR: no basic auth credentials");
    says(
        &world,
        "registry",
        &["--push"],
        str![[r#"
     refused registry            the registry `registry.example` asks for a login for `registry.example/team/tiny-a:1.1.0`: ERROR: no basic auth credentials
                                 hint: log in with `docker login registry.example`
     warning registry            `registry.example/team/tiny-b:1.1.0` already exists as sha256:[ID-1]; the release fails if its image is another one

"#]],
    );
}

#[test]
fn a_registry_that_refuses_is_quoted() {
    let world = sets("registry = \"registry.example/team\"\n");
    world.engine.fails("odd", "buildx imagetools inspect *tiny-b*", "ERROR: toomanyrequests: rate limit");
    says(
        &world,
        "registry",
        &["--push"],
        str![[r#"
          ok registry            `registry.example/team/tiny-a:1.1.0` does not exist yet
     refused registry            the registry `registry.example` did not accept `registry.example/team/tiny-b:1.1.0`: ERROR: toomanyrequests: rate limit
                                 hint: mend it, and run the command again

"#]],
    );
}

#[test]
fn the_registry_is_not_asked_without_a_client() {
    let world = sets("registry = \"registry.example/team\"\n");
    let podman = "echo 'cannot connect to podman' >&2; exit 125";
    world.engine.fault("podman", "version *", When::Before, podman);
    says_beside_a_refusal(
        &world,
        "registry",
        &["--push"],
        str![[r#"
     skipped registry            no docker client

"#]],
    );
}

#[test]
fn the_program_that_signs_has_to_be_there() {
    says(
        &sets(""),
        "sign",
        &["--push"],
        str![[r#"
     skipped sign                `sign` under `[release]` is not set

"#]],
    );
    let world = sets("registry = \"registry.example/team\"\nsign = [\"sign-it\", \"{image}\"]\n");
    says(
        &world,
        "sign",
        &[],
        str![[r#"
     skipped sign                only images that are pushed to a registry are signed

"#]],
    );
    says(
        &world,
        "sign",
        &["--push"],
        str![[r#"
     refused sign                `sign-it` is not on PATH
                                 hint: install `sign-it`, or correct `sign` under `[release]`

"#]],
    );
    world.sandbox.fake("sign-it", []);
    says(
        &world,
        "sign",
        &["--push"],
        str![[r#"
          ok sign                `sign-it` signs each digest

"#]],
    );
}

#[test]
fn attestations_need_a_registry() {
    says(
        &sets(""),
        "attest",
        &["--push"],
        str![[r#"
     skipped attest              `attest` under `[release]` is not set

"#]],
    );
    let world = sets("registry = \"registry.example/team\"\nattest = true\n");
    says(
        &world,
        "attest",
        &[],
        str![[r#"
     skipped attest              only images that are pushed to a registry get attestations

"#]],
    );
    let podman = "echo 'cannot connect to podman' >&2; exit 125";
    world.engine.fault("podman", "version *", When::Before, podman);
    says_beside_a_refusal(
        &world,
        "attest",
        &["--push"],
        str![[r#"
     skipped attest              the engine is not known

"#]],
    );
}

#[test]
fn attestations_need_the_containerd_store_and_the_builder_of_the_engine() {
    let world = sets("registry = \"registry.example:5000/team\"\nattest = true\n");
    says(
        &world,
        "attest",
        &["--push"],
        str![[r#"
     refused attest              the engine keeps images in the classic store, whose builder makes no attestations
                                 hint: set `"features": { "containerd-snapshotter": true }` in the engine's daemon.json, or remove `attest` under `[release]`

"#]],
    );
    world.engine.has_containerd_store();
    says(
        &world,
        "attest",
        &["--push"],
        str![[r#"
          ok attest              pushed images get attestations of their build

"#]],
    );
    world.engine.fault("far", "buildx inspect", When::Before, "printf 'Name: far\\nDriver: remote\\n'; exit 0");
    says(
        &world,
        "attest",
        &["--push"],
        str![[r#"
     refused attest              builder `far` (driver `remote`) is not the engine's own, so it does not push the verified image
                                 hint: choose the engine's own with `docker buildx use default`, or remove `attest` under `[release]`

"#]],
    );
    world.engine.mend("far");
    let plain = r#"echo '{"IndexConfigs":{"registry.example:5000":{"Secure":false}}}'; exit 0"#;
    world.engine.fault("plain", "info *RegistryConfig*", When::Before, plain);
    says(
        &world,
        "attest",
        &["--push"],
        str![[r#"
     refused attest              registry `registry.example:5000` speaks HTTP without TLS, and buildx cannot read an index in it
                                 hint: give the registry TLS, or remove `attest` under `[release]`

"#]],
    );
    world.engine.mend("plain");
    world.engine.fails("none", "buildx version", "docker: unknown command: docker buildx");
    says(
        &world,
        "attest",
        &["--push"],
        str![[r#"
     refused attest              the classic builder makes no attestations: buildx does since 0.10
                                 hint: install a newer buildx plugin of the docker client, or remove `attest` under `[release]`

"#]],
    );
}

#[test]
fn the_profile_of_minikube_has_to_run() {
    let world = World::new();
    says(
        &world,
        "minikube",
        &[],
        str![[r#"
     skipped minikube            images are not loaded without `--minikube`

"#]],
    );
    world.sandbox.fake("minikube", [on("*").complains("the config is broken\n").exits(1)]);
    says(
        &world,
        "minikube",
        &["--minikube"],
        str![[r#"
     refused minikube            the minikube client gives no answer: the config is broken
                                 hint: see what `minikube profile list` says

"#]],
    );
    world.sandbox.fake("minikube", [version("v1.39.0"), profile("docker", &[""])]);
    says(
        &world,
        "minikube",
        &["--minikube"],
        str![[r#"
          ok minikube            profile `minikube` (docker)

"#]],
    );
}

#[test]
fn a_profile_that_is_not_there_is_refused() {
    let mut world = World::new();
    world.sandbox.fake("minikube", [version("v1.39.0"), profile("docker", &[""])]);
    world.sandbox.set("MINIKUBE_PROFILE", "other");
    says(
        &world,
        "minikube",
        &["--minikube"],
        str![[r#"
     refused minikube            there is no minikube profile `other`
                                 hint: start it with `minikube start --profile other`, or choose one with the variable `MINIKUBE_PROFILE`

"#]],
    );
}
