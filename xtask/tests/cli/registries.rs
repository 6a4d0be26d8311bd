//! What is said of registries that refuse, do not answer, or have another image.

use snapbox::{IntoData, str};
use xtask::domain::image::Reference;
use xtask::domain::registry::{RegistryFailure, RegistryTools, promotion, push};

use crate::harness::run::{compare, rendered};

const FOUND: &str = "sha256:450ba2acb9f222885a57f16a8c5b3b915dd512b7221e97962d1c50f801394c60";
const EXPECTED: &str = "sha256:b7a60ab6d72578b1334431a0971b53373a662d0b5a0b7f549a9e851a6c10ebe0";

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

#[track_caller]
fn says(failure: &RegistryFailure, expected: impl IntoData) {
    compare(&rendered(&failure.problem()), expected);
}

#[track_caller]
fn refused(said: &str, expected: impl IntoData) {
    let reference = reference("registry.example.org/team/taskflow-frontend:1.1.0");
    says(&RegistryFailure::refused(&reference, said), expected);
}

#[test]
fn every_cause_of_a_refusal_has_its_message() {
    refused(
        "no basic auth credentials\n",
        str![[r#"
error: the registry `registry.example.org` asks for a login for `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: no basic auth credentials
hint: log in with `docker login registry.example.org`

"#]],
    );
    refused(
        "The push refers to repository [x]\ndenied: requested access to the resource is denied\n",
        str![[r#"
error: the registry `registry.example.org` refuses this user for `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: denied: requested access to the resource is denied
hint: get the permission to push there, or log in as another user with `docker login registry.example.org`

"#]],
    );
    refused(
        "unknown: tag is immutable and cannot be overwritten\n",
        str![[r#"
error: the registry `registry.example.org` does not let `registry.example.org/team/taskflow-frontend:1.1.0` be overwritten
caused by: unknown: tag is immutable and cannot be overwritten

"#]],
    );
    refused(
        "Put \"https://registry.example.org/v2/team/taskflow-frontend/manifests/1.1.0\": EOF\n",
        str![[r#"
error: the registry `registry.example.org` gave no answer about `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: Put "https://registry.example.org/v2/team/taskflow-frontend/manifests/1.1.0": EOF

"#]],
    );
    refused(
        "Get \"https://registry.example.org/v2/\": http: server gave HTTP response to HTTPS client\n",
        str![[r#"
error: the registry `registry.example.org` speaks HTTP without TLS
caused by: Get "https://registry.example.org/v2/": http: server gave HTTP response to HTTPS client
note: the docker client does not use such a registry unless the engine's `insecure-registries` names it

"#]],
    );
    refused(
        "toomanyrequests: slow down\n",
        str![[r#"
error: the registry `registry.example.org` did not accept `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: toomanyrequests: slow down

"#]],
    );
    refused(
        "",
        str![[r#"
error: the registry `registry.example.org` did not accept `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: the docker client printed nothing

"#]],
    );
}

#[test]
fn the_default_registry_has_a_login_of_its_own() {
    says(
        &RegistryFailure::refused(&reference("team/app:1.1.0"), "unauthorized: incorrect username or password"),
        str![[r#"
error: the registry `docker.io` asks for a login for `team/app:1.1.0`
caused by: unauthorized: incorrect username or password
hint: log in with `docker login`

"#]],
    );
}

#[test]
fn another_image_under_the_tag_is_shown_with_both_digests() {
    let reference = Box::new(reference("registry.example.org/team/taskflow-frontend:1.1.0"));
    let (found, expected) = (FOUND.parse().unwrap(), EXPECTED.parse().ok());
    let other = RegistryFailure::OtherImage { reference, found, expected, immutable: true };
    says(
        &other,
        str![[r#"
error: the registry has another image under `registry.example.org/team/taskflow-frontend:1.1.0`
note: in the registry: sha256:450ba2acb9f222885a57f16a8c5b3b915dd512b7221e97962d1c50f801394c60
note: this image: sha256:b7a60ab6d72578b1334431a0971b53373a662d0b5a0b7f549a9e851a6c10ebe0
note: the registry does not let its tags be overwritten
hint: see what it is with `docker buildx imagetools inspect registry.example.org/team/taskflow-frontend:1.1.0`

"#]],
    );
    let RegistryFailure::OtherImage { reference, found, .. } = other else { return };
    says(
        &RegistryFailure::OtherImage { reference, found, expected: None, immutable: false },
        str![[r#"
error: the registry has another image under `registry.example.org/team/taskflow-frontend:1.1.0`
note: in the registry: sha256:450ba2acb9f222885a57f16a8c5b3b915dd512b7221e97962d1c50f801394c60
hint: see what it is with `docker buildx imagetools inspect registry.example.org/team/taskflow-frontend:1.1.0`

"#]],
    );
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let reference = Box::new(reference("registry.example.org/team/taskflow-frontend:1.1.0"));
    let words = "Put \"https://registry.example.org/v2/\": EOF".to_owned();
    says(
        &RegistryFailure::Unknown { reference, words },
        str![[r#"
error: it is not known whether the registry has taken `registry.example.org/team/taskflow-frontend:1.1.0`
caused by: Put "https://registry.example.org/v2/": EOF
hint: ask it when it answers again: `docker buildx imagetools inspect registry.example.org/team/taskflow-frontend:1.1.0`

"#]],
    );
}

#[test]
fn answers_without_a_digest() {
    let reference = || Box::new(reference("registry.example.org/team/taskflow-frontend:1.1.0"));
    says(
        &RegistryFailure::Absent { reference: reference() },
        str![[r#"
error: the registry does not have `registry.example.org/team/taskflow-frontend:1.1.0`, though the docker client reported success

"#]],
    );
    says(
        &RegistryFailure::Index { reference: reference() },
        str![[r#"
error: the digest of `registry.example.org/team/taskflow-frontend:1.1.0` cannot be read
note: it is an index of images, and without buildx the docker client does not print its digest
hint: install the buildx plugin of the docker client; `docker buildx version` shows it

"#]],
    );
    says(
        &RegistryFailure::Unreadable { reference: reference() },
        str![[r#"
error: the docker client did not print the digest of `registry.example.org/team/taskflow-frontend:1.1.0`
hint: run it alone to see its output: `docker buildx imagetools inspect --format '{{json .Manifest}}' registry.example.org/team/taskflow-frontend:1.1.0`

"#]],
    );
}

#[test]
fn images_that_are_not_here() {
    let reference = || Box::new(reference("registry.example.org/team/taskflow-frontend:1.1.0-g0123456789ab"));
    says(
        &RegistryFailure::NotHere { reference: reference(), expected: None },
        str![[r#"
error: the engine has no image `registry.example.org/team/taskflow-frontend:1.1.0-g0123456789ab` to push

"#]],
    );
    says(
        &RegistryFailure::NotHere { reference: reference(), expected: EXPECTED.parse().ok() },
        str![[r#"
error: the engine's image `registry.example.org/team/taskflow-frontend:1.1.0-g0123456789ab` is not the one that was pushed
note: pushed: sha256:b7a60ab6d72578b1334431a0971b53373a662d0b5a0b7f549a9e851a6c10ebe0

"#]],
    );
}

#[test]
fn a_preview_has_the_calls() {
    let from = reference("registry.example.org/team/app:1.1.0-g0123456789ab");
    let to = reference("registry.example.org/team/app:1.1.0");
    let calls = |copies| {
        let calls = promotion(RegistryTools { inspects: true, copies }, &from, &to);
        let calls = std::iter::once(push(&from)).chain(calls);
        calls.fold(String::new(), |text, call| text + &call.to_string() + "\n")
    };
    compare(
        &calls(true),
        str![[r#"
docker push registry.example.org/team/app:1.1.0-g0123456789ab
docker buildx imagetools create --prefer-index=false --tag registry.example.org/team/app:1.1.0 registry.example.org/team/app:1.1.0-g0123456789ab

"#]],
    );
    compare(
        &calls(false),
        str![[r#"
docker push registry.example.org/team/app:1.1.0-g0123456789ab
docker tag registry.example.org/team/app:1.1.0-g0123456789ab registry.example.org/team/app:1.1.0
docker push registry.example.org/team/app:1.1.0
docker image rm --no-prune registry.example.org/team/app:1.1.0

"#]],
    );
}
