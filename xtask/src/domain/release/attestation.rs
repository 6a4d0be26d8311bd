//! Attestations of pushed images: whether this machine can make them, and whether what was pushed is the verified image
//! with them.
//!
//! A registry keeps them beside an image, in an index: one manifest is that of the image, each other one is an
//! attestation manifest with the digest of the image that it is about.

use serde_json::Value;

use super::preflight::Line;
use crate::domain::builder_words::BuilderInUse;
use crate::domain::engine::Builder;
use crate::domain::image::Digest;
use crate::domain::lenient::{document, field, list, text};
use crate::domain::text::joined;

/// The text behind a candidate's tag under which it is pushed with attestations.
pub const SUFFIX: &str = "-attested";

/// The repair that leaves attestations out.
const WITHOUT: &str = "or remove `attest` under `[release]`";

/// What is known about attestations before a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttestFacts {
    /// `attest` is not set.
    NotSet,
    /// No image is pushed.
    NotPushed,
    /// The engine gives no answer.
    NoEngine,
    /// The engine answers.
    Known {
        /// The builder.
        builder: Builder,
        /// The builder that buildx uses; none if it does not print it.
        in_use: Option<BuilderInUse>,
        /// The name of the engine's own builder.
        own: String,
        /// Whether the engine keeps images in the containerd store.
        containerd: bool,
        /// The registry, if only the engine's settings say that it speaks HTTP.
        plain_registry: Option<String>,
    },
}

/// Returns the line of the preflight about attestations.
pub fn attest_line(facts: &AttestFacts) -> Line {
    const NAME: &str = "attest";
    let (builder, in_use, own, containerd, plain_registry) = match facts {
        AttestFacts::NotSet => return Line::skipped(NAME, "`attest` under `[release]` is not set"),
        AttestFacts::NotPushed => {
            return Line::skipped(NAME, "only images that are pushed to a registry get attestations");
        }
        AttestFacts::NoEngine => return Line::skipped(NAME, "the engine is not known"),
        AttestFacts::Known { builder, in_use, own, containerd, plain_registry } => {
            (builder, in_use, own, containerd, plain_registry)
        }
    };
    if !builder.has_attestations() {
        let text = format!("{} makes no attestations: buildx does since 0.10", builder.describe());
        return Line::refused(NAME, text, format!("install a newer buildx plugin of the docker client, {WITHOUT}"));
    }
    // What another builder packs has other digests than the engine's image.
    if let Some(other) = in_use.as_ref().filter(|in_use| in_use.driver != "docker") {
        let text = format!("{} is not the engine's own, so it does not push the verified image", other.describe());
        return Line::refused(NAME, text, format!("choose the engine's own with `docker buildx use {own}`, {WITHOUT}"));
    }
    if !containerd {
        return Line::refused(
            NAME,
            "the engine keeps images in the classic store, whose builder makes no attestations",
            format!(
                "set `\"features\": {{ \"containerd-snapshotter\": true }}` in the engine's daemon.json, {WITHOUT}"
            ),
        );
    }
    if let Some(registry) = plain_registry {
        let text = format!("registry `{registry}` speaks HTTP without TLS, and buildx cannot read an index in it");
        return Line::refused(NAME, text, format!("give the registry TLS, {WITHOUT}"));
    }
    Line::ok(NAME, "pushed images get attestations of their build")
}

/// Checks that the index with this text is one image with attestations of it.
///
/// # Errors
///
/// What it is instead.
pub fn check_index(index: &str, image: &Digest) -> Result<(), String> {
    let index = document(index, |value| field(value, "schemaVersion").is_some());
    let manifests: Vec<&Value> = index.iter().flat_map(|index| list(index, "manifests")).collect();
    if manifests.is_empty() {
        return Err("no index".to_owned());
    }
    let annotation = |manifest: &Value, name: &str| text(field(manifest, "annotations")?, name);
    let is_attestation = |manifest: &&Value| {
        annotation(manifest, "vnd.docker.reference.type").as_deref() == Some("attestation-manifest")
    };
    let (attestations, images): (Vec<&Value>, Vec<&Value>) = manifests.into_iter().partition(is_attestation);
    let expected = image.to_string();
    let found: Vec<String> = images.iter().map(|image| text(image, "digest").unwrap_or_default()).collect();
    if found != [expected.clone()] {
        return Err(match found.as_slice() {
            [] => "an index of no image".to_owned(),
            found => format!("an index of {}", joined(found)),
        });
    }
    if attestations.is_empty() {
        return Err("an index without an attestation".to_owned());
    }
    let about = |manifest: &&Value| annotation(manifest, "vnd.docker.reference.digest").unwrap_or_default();
    match attestations.iter().map(about).find(|about| *about != expected) {
        Some(other) => Err(format!("an index with an attestation of `{other}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "snapbox looks for its own file")]
mod tests {
    use super::*;
    use serde_json::json;
    use snapbox::{assert_data_eq, str};

    fn known() -> AttestFacts {
        AttestFacts::Known {
            builder: Builder::Buildx { version: "0.29.1".to_owned() },
            in_use: Some(BuilderInUse { name: "default".to_owned(), driver: "docker".to_owned() }),
            own: "default".to_owned(),
            containerd: true,
            plain_registry: None,
        }
    }

    fn line(facts: &AttestFacts) -> String {
        let line = attest_line(facts);
        let text = format!("{}: {}", line.state.name(), line.text);
        line.repairs.iter().fold(text, |text, repair| text + "\n" + repair)
    }

    #[test]
    fn what_is_not_asked_for_is_skipped() {
        assert_data_eq!(line(&AttestFacts::NotSet), str!["skipped: `attest` under `[release]` is not set"]);
        assert_data_eq!(
            line(&AttestFacts::NotPushed),
            str!["skipped: only images that are pushed to a registry get attestations"]
        );
        assert_data_eq!(line(&AttestFacts::NoEngine), str!["skipped: the engine is not known"]);
        assert_data_eq!(line(&known()), str!["ok: pushed images get attestations of their build"]);
    }

    #[test]
    fn each_part_that_cannot_attest_is_named() {
        let with = |change: &dyn Fn(&mut AttestFacts)| {
            let mut facts = known();
            change(&mut facts);
            line(&facts)
        };
        let builder_is = |other: Builder| {
            with(&|facts| {
                let AttestFacts::Known { builder, .. } = facts else { return };
                *builder = other.clone();
            })
        };
        assert_data_eq!(
            builder_is(Builder::Classic),
            str![[r"
refused: the classic builder makes no attestations: buildx does since 0.10
install a newer buildx plugin of the docker client, or remove `attest` under `[release]`
"]]
        );
        assert!(builder_is(Builder::BuildKitInClient).starts_with("refused: BuildKit of the docker client makes no"));
        assert!(
            builder_is(Builder::Buildx { version: "0.9.1".to_owned() })
                .starts_with("refused: BuildKit through buildx 0.9.1 makes no attestations")
        );
        let far = with(&|facts| {
            let AttestFacts::Known { in_use, .. } = facts else { return };
            *in_use = Some(BuilderInUse { name: "far".to_owned(), driver: "docker-container".to_owned() });
        });
        assert_data_eq!(
            far,
            str![[r"
refused: builder `far` (driver `docker-container`) is not the engine's own, so it does not push the verified image
choose the engine's own with `docker buildx use default`, or remove `attest` under `[release]`
"]]
        );
        let classic = with(&|facts| {
            let AttestFacts::Known { containerd, .. } = facts else { return };
            *containerd = false;
        });
        assert_data_eq!(
            classic,
            str![[r#"
refused: the engine keeps images in the classic store, whose builder makes no attestations
set `"features": { "containerd-snapshotter": true }` in the engine's daemon.json, or remove `attest` under `[release]`
"#]]
        );
        let plain = with(&|facts| {
            let AttestFacts::Known { plain_registry, .. } = facts else { return };
            *plain_registry = Some("registry.example:5000".to_owned());
        });
        assert_data_eq!(
            plain,
            str![[r"
refused: registry `registry.example:5000` speaks HTTP without TLS, and buildx cannot read an index in it
give the registry TLS, or remove `attest` under `[release]`
"]]
        );
    }

    fn image(digit: &str) -> Digest {
        format!("sha256:{}", digit.repeat(64)).parse().unwrap()
    }

    /// The index that buildx 0.13 and 0.29 push.
    fn index(images: &[&Digest], about: &[&Digest]) -> String {
        let images = images.iter().map(|image| json!({ "digest": image.to_string() }));
        let attestation = |about: &&Digest| {
            let annotations = json!({
                "vnd.docker.reference.digest": about.to_string(),
                "vnd.docker.reference.type": "attestation-manifest",
            });
            json!({ "digest": image("f").to_string(), "annotations": annotations })
        };
        let manifests: Vec<Value> = images.chain(about.iter().map(attestation)).collect();
        json!({ "schemaVersion": 2, "manifests": manifests }).to_string()
    }

    #[test]
    fn an_index_is_one_image_with_attestations_of_it() {
        let (a, b) = (image("a"), image("b"));
        let check = |images: &[&Digest], about: &[&Digest]| check_index(&index(images, about), &a);
        assert_eq!(check(&[&a], &[&a]), Ok(()));
        assert_eq!(check(&[&a], &[&a, &a]), Ok(()));
        let refused = |images: &[&Digest], about: &[&Digest]| check(images, about).unwrap_err();
        let digits = b.to_string();
        assert_eq!(refused(&[&b], &[&b]), format!("an index of {digits}"));
        assert_eq!(refused(&[&a, &b], &[&a]), format!("an index of {a} and {digits}"));
        assert_eq!(refused(&[&a, &a], &[&a]), format!("an index of {a} and {a}"));
        assert_data_eq!(refused(&[], &[&a]), str!["an index of no image"]);
        assert_data_eq!(refused(&[&a], &[]), str!["an index without an attestation"]);
        assert_data_eq!(
            refused(&[&a], &[&a, &b]),
            str![
                "an index with an attestation of `sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb`"
            ]
        );
        // A manifest of an image, and an answer that is none.
        let manifest = json!({ "schemaVersion": 2, "config": { "digest": digits } }).to_string();
        assert_data_eq!(check_index(&manifest, &a).unwrap_err(), str!["no index"]);
        assert_data_eq!(check_index("", &a).unwrap_err(), str!["no index"]);
    }
}
