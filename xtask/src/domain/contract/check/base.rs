//! The images that stages begin from.

use dockerfile::{Base, Content, Dockerfile, Instruction};

use super::check_rule::CheckRule;
use super::origins::{Origin, origins};
use super::subject::Subject;
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::image::Reference;
use crate::domain::text::ticked_list;

/// Holds the rule `base-image`.
pub(super) const BASE_IMAGE: CheckRule = CheckRule {
    text: RuleText {
        id: "base-image",
        severity: Severity::Error,
        what: "image in the Dockerfile that is none of the declared base images",
        section: "Base Image, \"Required\"",
        scope: Scope::Declared("base-images"),
        command: JudgedBy::Check,
        why: "The base image decides which packages and which faults an image has. A stage that begins from another \
              image, or copies files from one, brings them in.",
        good: "FROM node:20-alpine AS builder\nFROM node:20-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS runner\n",
        bad: "FROM node:20 AS builder\nFROM node:20-alpine AS runner\n",
        remedy: "Use the declared image with its tag; a digest may follow the tag. If the contract changes, change \
                 `base-images` in taskflow.toml.",
        page: "docs/contract/base-image.md",
    },
    applies: |subject| subject.contract.base_images.is_some(),
    judge: base_image,
};

/// Holds the rule `base-tag`.
pub(super) const BASE_TAG: CheckRule = CheckRule {
    text: RuleText {
        id: "base-tag",
        severity: Severity::Error,
        what: "base image without a tag, or with the tag `latest`",
        section: "Tag Naming, \"NEVER in production\"",
        scope: Scope::Advised,
        command: JudgedBy::Check,
        why: "`latest`, which also applies without a tag, is another image every few weeks, so the same commit gives \
              another image.",
        good: "FROM debian:13.2-slim\n",
        bad: "FROM debian\n",
        remedy: "Name the version that the image is built on: a tag, a digest, or both.",
        page: "docs/contract/base-tag.md",
    },
    applies: |subject| subject.contract.base_images.is_none(),
    judge: base_tag,
};

/// Holds the rule `base-variant`.
pub(super) const BASE_VARIANT: CheckRule = CheckRule {
    text: RuleText {
        id: "base-variant",
        severity: Severity::Error,
        what: "declared base image that is no alpine or slim variant",
        section: "Minimal Base Images, \"Use alpine or slim variants only\"",
        scope: Scope::Declared("base-images"),
        command: JudgedBy::Check,
        why: "Alpine and slim variants have fewer packages, so fewer faults of other programs are in the image.",
        good: "# taskflow.toml: base-images = [\"python:3.13-slim\"]\nFROM python:3.13-slim\n",
        bad: "# taskflow.toml: base-images = [\"python:3.13\"]\nFROM python:3.13\n",
        remedy: "Declare the alpine or slim variant of the image, and use it in the Dockerfile.",
        page: "docs/contract/base-variant.md",
    },
    applies: |subject| subject.contract.base_images.is_some(),
    judge: base_variant,
};

/// An image that a Dockerfile names.
struct Named<'a> {
    instruction: &'a Instruction,
    /// The name; none if it depends on a value from outside.
    name: Option<String>,
}

/// Returns the images that stages begin from, and that steps copy files from or mount.
fn images(file: &Dockerfile) -> Vec<Named<'_>> {
    let mut images = Vec::new();
    for instruction in &file.instructions {
        if let Content::From(_) = &instruction.content {
            match instruction.stage.and_then(|stage| file.stages.get(stage)).map(|stage| &stage.base) {
                Some(Base::Image(name)) => images.push(Named { instruction, name: Some(name.clone()) }),
                Some(Base::Unknown) => images.push(Named { instruction, name: None }),
                Some(Base::Scratch) => images.push(Named { instruction, name: Some("scratch".to_owned()) }),
                Some(Base::Stage(_)) | None => {}
            }
        }
        for origin in origins(file, instruction) {
            match origin {
                Origin::Image(name) => images.push(Named { instruction, name: Some(name) }),
                Origin::Unknown => images.push(Named { instruction, name: None }),
                Origin::Stage(_) | Origin::Context => {}
            }
        }
    }
    images
}

fn undecided(instruction: &Instruction) -> Verdict {
    let line = instruction.first_line;
    Verdict::NotDecided(format!("the image in line {line} depends on a build arg without a known value"))
}

/// Judges each image of a Dockerfile.
fn judged(subject: &Subject<'_>, judge: impl Fn(&Instruction, &str) -> Option<Finding>) -> Verdict {
    let file = match subject.dockerfile() {
        Ok(file) => file,
        Err(verdict) => return verdict,
    };
    let images = images(file);
    let findings: Vec<Finding> = images
        .iter()
        .filter_map(|named| judge(named.instruction, named.name.as_deref().filter(|name| !name.trim().is_empty())?))
        .collect();
    match images.iter().find(|named| named.name.is_none()) {
        Some(unknown) if findings.is_empty() => undecided(unknown.instruction),
        _ => Verdict::of(findings),
    }
}

fn base_image(subject: &Subject<'_>) -> Verdict {
    let rule = &BASE_IMAGE.text;
    let Some(declared) = &subject.contract.base_images else { return Verdict::Held(None) };
    let names: Vec<String> = declared.value.iter().map(ToString::to_string).collect();
    judged(subject, |instruction, name| {
        if is_one_of(&declared.value, name) {
            return None;
        }
        let what = format!("`{name}` is not the declared base image");
        let finding = subject.at_all(rule, instruction, what);
        let notes = vec![format!("declared in taskflow.toml: {}", ticked_list(&names))];
        let remedies = names.first().map(|name| format!("write `{name}`; a digest may follow the tag"));
        Some(Finding { notes, remedies: remedies.into_iter().collect(), ..finding })
    })
}

/// Whether a name is that of one of the declared images.
pub(super) fn is_one_of(declared: &[Reference], name: &str) -> bool {
    let fits = |reference: &Reference| declared.iter().any(|declared| is_declared(declared, reference));
    name.parse::<Reference>().is_ok_and(|reference| fits(&reference))
}

/// Whether a reference names a declared image: the same registry, repository, and tag. A digest behind the tag is
/// allowed, and must be the declared one if one is declared.
fn is_declared(declared: &Reference, reference: &Reference) -> bool {
    let digest = declared.digest.is_none() || declared.digest == reference.digest;
    let same = declared.registry == reference.registry && declared.repository == reference.repository;
    same && declared.tag == reference.tag && digest
}

fn base_tag(subject: &Subject<'_>) -> Verdict {
    let rule = &BASE_TAG.text;
    judged(subject, |instruction, name| {
        if name == "scratch" {
            return None;
        }
        let reference = name.parse::<Reference>().ok()?;
        let moves = reference.tag.as_ref().is_none_or(|tag| tag.as_str() == "latest");
        if !moves || reference.digest.is_some() {
            return None;
        }
        let what = match reference.tag {
            Some(_) => format!("`{name}` is another image with every release"),
            None => format!("`{name}` has no tag, so it is `{name}:latest`"),
        };
        let remedy = "name the version that the image is built on: a tag, a digest, or both".to_owned();
        Some(Finding { remedies: vec![remedy], ..subject.at_all(rule, instruction, what) })
    })
}

fn base_variant(subject: &Subject<'_>) -> Verdict {
    let rule = &BASE_VARIANT.text;
    let Some(declared) = &subject.contract.base_images else { return Verdict::Held(None) };
    let findings = declared.value.iter().filter(|reference| !is_minimal(reference)).map(|reference| {
        let what = format!("the base image `{reference}` is no alpine or slim variant");
        let remedy = "declare the alpine or slim variant, and use it in the Dockerfile".to_owned();
        Finding { remedies: vec![remedy], ..subject.at_key(rule, "contract.base-images", declared.line, what) }
    });
    Verdict::of(findings.collect())
}

/// Whether an image is an alpine or slim variant: a part of its tag says so, or it is Alpine itself.
pub fn is_minimal(reference: &Reference) -> bool {
    let tag = reference.tag.as_ref().map(ToString::to_string).unwrap_or_default();
    let is_variant = |part: &str| part == "slim" || part.starts_with("alpine");
    let repository = reference.repository.to_string();
    repository.rsplit('/').next() == Some("alpine") || tag.split(['-', '_']).any(is_variant)
}
