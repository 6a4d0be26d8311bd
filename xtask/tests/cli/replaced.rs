//! Builds of a release tag that names another image of the engine.

use serde_json::json;
use snapbox::str;

use crate::harness::docker::{build, failure, first, image, inspect};
use crate::harness::fakes::{Rule, on};
use crate::harness::images::{Image, engine};
use crate::harness::planted::{quiet, token};
use crate::harness::sandbox::Sandbox;

const REFERENCE: &str = "taskflow-frontend:2.0.0";
const BUILD: [&str; 5] = ["build", "-q", "frontend", "--version", "2.0.0"];

/// The image that has the tag before the build.
fn old() -> String {
    let id = "0123456789abcdef".repeat(4);
    let image = json!({ "Id": format!("sha256:{id}"), "RepoTags": [REFERENCE], "RepoDigests": [], "Size": 1000 });
    image.to_string()
}

/// The question about the base image and the release tag.
fn asked(base: &str, reference: &str, found: &[String]) -> Rule {
    inspect(&format!("{base} {reference}"), found, found.len() < 2)
}

/// An engine that has the old image until a build puts another one in its place.
fn sandbox(rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let sandbox = Sandbox::new();
    let known = [
        asked("node:20-alpine", REFERENCE, &[image("node:20-alpine"), old()]),
        inspect(REFERENCE, &[image(REFERENCE)], false),
        on("tag sha256:* taskflow-frontend:*"),
    ];
    sandbox.fake("docker", first(rules.into_iter().chain(known)));
    sandbox
}

/// The calls that change names, without the ID's other digits.
fn renames(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.take_calls().into_iter().map(|call| call.argv[1..].join(" "));
    let renames = calls.filter(|call| call.starts_with("tag ") || call.starts_with("image rm "));
    renames.map(|call| call.replace(&"0123456789abcdef".repeat(4), "OLD")).collect()
}

const KEPT: &str = "tag sha256:OLD taskflow-frontend:replaced-0123456789ab";
const BACK: &str = "tag sha256:OLD taskflow-frontend:2.0.0";
const FORGOTTEN: &str = "image rm --no-prune taskflow-frontend:replaced-0123456789ab";

#[test]
fn the_image_that_lost_its_tag_is_named_and_kept() {
    let sandbox = sandbox([]);
    sandbox.xtask(&BUILD).code(0).stdout("taskflow-frontend:2.0.0\n").stderr(str![[r#"
warning: `taskflow-frontend:2.0.0` named another image before: 0123456789ab, now f16f52552d95
note: the image 0123456789ab is kept as `taskflow-frontend:replaced-0123456789ab`
hint: give it its name back with `docker tag 0123456789ab taskflow-frontend:2.0.0`

"#]]);
    assert_eq!(renames(&sandbox), [KEPT]);
    let document = sandbox.xtask(&[&BUILD[..], &["--json"]].concat()).code(0).document();
    assert_eq!(
        document["components"][0]["replaced"],
        json!({
            "reference": REFERENCE, "image_id": format!("sha256:{}", "0123456789abcdef".repeat(4)),
            "kept_as": "taskflow-frontend:replaced-0123456789ab",
        })
    );
}

#[test]
fn the_same_image_has_no_other_name_afterwards() {
    let sandbox = sandbox([inspect(REFERENCE, &[old()], false)]);
    sandbox.xtask(&BUILD).code(0).stderr("");
    assert_eq!(renames(&sandbox), [KEPT, FORGOTTEN]);
    let document = sandbox.xtask(&[&BUILD[..], &["--json"]].concat()).code(0).document();
    assert_eq!(document["components"][0]["replaced"], json!(null));
}

#[test]
fn a_tag_that_is_new_replaces_nothing() {
    let sandbox = sandbox([asked("node:20-alpine", REFERENCE, &[image("node:20-alpine")])]);
    let document = sandbox.xtask(&[&BUILD[..], &["--json"]].concat()).code(0).document();
    assert_eq!(document["components"][0]["replaced"], json!(null));
    assert!(renames(&sandbox).is_empty());
}

#[test]
fn a_tag_that_is_meant_to_change_is_not_asked_about() {
    let sandbox = crate::harness::docker::sandbox();
    sandbox.xtask(&["build", "-q", "frontend"]).code(0).stderr("");
    assert!(renames(&sandbox).is_empty());
}

#[test]
fn a_dry_run_shows_how_the_image_is_kept() {
    let sandbox = sandbox([]);
    let run = sandbox.xtask(&[&BUILD[..], &["--dry-run"]].concat()).code(0).stderr("");
    let id = "0123456789abcdef".repeat(4);
    let kept = format!("docker tag sha256:{id} taskflow-frontend:replaced-0123456789ab\n");
    assert!(run.stdout.starts_with(&kept) && run.stdout.contains("docker buildx build"), "{}", run.stdout);
    assert!(renames(&sandbox).is_empty());
}

#[test]
fn a_build_that_fails_leaves_the_tag_as_it_was() {
    let broken = build("frontend").says(failure("npm ci", "no network")).exits(1);
    let sandbox = sandbox([broken]);
    sandbox.xtask(&BUILD).code(1);
    assert_eq!(renames(&sandbox), [KEPT, BACK, FORGOTTEN]);
}

#[test]
fn an_image_that_cannot_be_kept_stops_the_build() {
    let gone = on("tag sha256:* taskflow-frontend:replaced-*").complains("Error: No such image: sha256:01\n").exits(1);
    let sandbox = sandbox([gone]);
    sandbox.xtask(&BUILD).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:2.0.0` failed
caused by: the image that has the tag now could not be kept as `taskflow-frontend:replaced-0123456789ab`: Error: No such image: sha256:01

"#]]);
    assert!(!sandbox.transcript().contains("docker buildx build"), "{}", sandbox.transcript());
}

/// A new image with a secret.
fn rejected(rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let new = Image::new(REFERENCE).layer(&[("token", &token())]);
    let known = [
        asked("node:20-alpine", REFERENCE, &[image("node:20-alpine"), old()]),
        on("tag sha256:* taskflow-frontend:replaced-*"),
    ];
    engine(&[new], rules.into_iter().chain(known))
}

#[test]
fn a_rejected_image_gives_the_tag_back() {
    let sandbox = rejected([on("tag sha256:* taskflow-frontend:2.0.0")]);
    quiet(sandbox.xtask(&BUILD).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `/token` in a layer of `taskflow-frontend:2.0.0`: GitHub token
note: layer sha256:5d5997faf5e58307207c1c28e65862efd3afebbd3293e41b8d1769b31e28aa31, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-frontend:2.0.0` was taken away; the builder's cache still has its steps
note: `taskflow-frontend:2.0.0` names the image 0123456789ab again, as before the build
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    assert_eq!(renames(&sandbox), [KEPT, "image rm --no-prune taskflow-frontend:2.0.0", BACK, FORGOTTEN]);
}

#[test]
fn a_tag_that_cannot_be_given_back_is_said() {
    let sandbox = rejected([on("tag sha256:* taskflow-frontend:2.0.0").exits(1)]);
    quiet(sandbox.xtask(&BUILD).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `/token` in a layer of `taskflow-frontend:2.0.0`: GitHub token
note: layer sha256:5d5997faf5e58307207c1c28e65862efd3afebbd3293e41b8d1769b31e28aa31, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-frontend:2.0.0` was taken away; the builder's cache still has its steps
note: `taskflow-frontend:2.0.0` named the image 0123456789ab before, which is kept as `taskflow-frontend:replaced-0123456789ab`
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: give it its name back with `docker tag 0123456789ab taskflow-frontend:2.0.0`
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    assert_eq!(renames(&sandbox), [KEPT, "image rm --no-prune taskflow-frontend:2.0.0", BACK]);
}

#[test]
fn a_rejected_image_that_had_the_tag_before_loses_all_names() {
    let new = Image::new(REFERENCE).layer(&[("token", &token())]);
    let same = asked("node:20-alpine", REFERENCE, &[image("node:20-alpine"), new.described()]);
    let sandbox = engine(&[new], [same, on("tag sha256:* taskflow-frontend:replaced-*")]);
    quiet(sandbox.xtask(&BUILD).code(1));
    let removed: Vec<String> = renames(&sandbox).into_iter().filter(|call| call.starts_with("image rm ")).collect();
    assert_eq!(removed.len(), 2, "{removed:?}");
    assert!(removed[0].ends_with(REFERENCE) && removed[1].contains("taskflow-frontend:replaced-"), "{removed:?}");
}
