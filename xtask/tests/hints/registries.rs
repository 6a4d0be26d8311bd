//! Hints about registries and release tags. Problems of registries are printed as they are; the docker client is a fake.

use xtask::domain::registry::RegistryFailure;

use crate::engine::until;
use crate::harness::docker::{first, image, inspect, silent};
use crate::harness::fakes::{Rule, on};
use crate::harness::run::rendered;
use crate::harness::sandbox::Sandbox;
use crate::row::{Row, Then, follow, row};
use crate::world::World;

const REFERENCE: &str = "registry.example.org/team/app:1.1.0";
const FOUND: &str = "sha256:450ba2acb9f222885a57f16a8c5b3b915dd512b7221e97962d1c50f801394c60";

/// A world that prints a failure; the fake docker answers one call more.
fn failed(failure: &RegistryFailure, answer: Rule) -> World {
    until([silent(), answer], &["build", "-q"]).prints(rendered(&failure.problem()))
}

fn refused(words: &str) -> World {
    let failure = RegistryFailure::refused(&REFERENCE.parse().unwrap(), words);
    failed(&failure, on("login registry.example.org").says("Login Succeeded\n"))
}

/// What buildx says of the tag.
fn inspected() -> Rule {
    on(&format!("buildx imagetools inspect {REFERENCE}")).says(format!("Name: {REFERENCE}\nDigest: {FOUND}\n"))
}

/// A build of a release tag that named another image.
fn replaced() -> World {
    let reference = "taskflow-frontend:2.0.0";
    let id = "0123456789abcdef".repeat(4);
    let old = format!(r#"{{"Id":"sha256:{id}","RepoTags":["{reference}"],"Size":1}}"#);
    let sandbox = Sandbox::new();
    let rules = [
        inspect(&format!("node:20-alpine {reference}"), &[image("node:20-alpine"), old], false),
        inspect(reference, &[image(reference)], false),
        on("tag sha256:* taskflow-frontend:replaced-0123456789ab"),
        on(&format!("tag 0123456789ab {reference}")),
    ];
    sandbox.fake("docker", first(rules));
    World::new(sandbox, &["build", "-q", "frontend", "--version", "2.0.0"])
}

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("give it its name back with `docker tag {id} {reference}`", replaced).then(Then::Done),
        row("log in with `{login}`", || refused("no basic auth credentials")).then(Then::Shows("Login Succeeded")),
        row("get the permission to push there, or log in as another user with `{login}`", || refused("denied: x"))
            .then(Then::Shows("Login Succeeded")),
        row("see what it is with `docker buildx imagetools inspect {reference}`", || {
            let (reference, found) = (Box::new(REFERENCE.parse().unwrap()), FOUND.parse().unwrap());
            let other = RegistryFailure::OtherImage { reference, found, expected: None, immutable: false };
            failed(&other, inspected())
        })
        .then(Then::Shows(FOUND)),
        row("ask it when it answers again: `docker buildx imagetools inspect {reference}`", || {
            let reference = Box::new(REFERENCE.parse().unwrap());
            failed(&RegistryFailure::Unknown { reference, words: "EOF".to_owned() }, inspected())
        })
        .then(Then::Shows(FOUND)),
        row("install the buildx plugin of the docker client; `docker buildx version` shows it", || {
            let reference = Box::new(REFERENCE.parse().unwrap());
            failed(
                &RegistryFailure::Index { reference },
                on("buildx version").says("github.com/docker/buildx v0.29.1 0\n"),
            )
        })
        .then(Then::Shows("v0.29.1")),
        row("run it alone to see its output: `{inspect}`", || {
            let reference = Box::new(REFERENCE.parse().unwrap());
            let call = format!("buildx imagetools inspect --format {{{{json .Manifest}}}} {REFERENCE}");
            failed(&RegistryFailure::Unreadable { reference }, on(&call).says(format!("{{\"digest\":\"{FOUND}\"}}\n")))
        })
        .then(Then::Shows(FOUND)),
    ]
}

#[test]
fn hints_about_registries_help() {
    follow(&rows());
}
