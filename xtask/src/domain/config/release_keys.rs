//! The keys of `[release]`.

use super::forms::{ANY_TEXT, PATH, REASON, VERSION};
use super::key::{Form, FormRule, Key, Kind, Table};
use crate::domain::release::settings::RequiredVariableStep;

const BRANCHES: Form = Form {
    words: "a branch; `*` stands for any text without `/`, `**` for any text, and `?` for one character",
    rule: FormRule::Pattern(r"^[^-/. ~^:\[\\\u0000-\u001f\u007f][^ ~^:\[\\\u0000-\u001f\u007f]*$"),
};

const REMOTE: Form = Form {
    words: "a name that git accepts for a remote",
    rule: FormRule::Pattern(r"^[^-/. ~^:?*\[\\\u0000-\u001f\u007f][^ ~^:?*\[\\\u0000-\u001f\u007f]*$"),
};

const REGISTRY: Form = Form {
    words: "a host with an optional port and an optional path",
    rule: FormRule::Pattern(r"^[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$"),
};

const STEP: Form =
    Form { words: "a step of a version", rule: FormRule::OneOf(|| RequiredVariableStep::NAMES.to_vec()) };

const FINGERPRINT: Form = Form { words: "12 hex digits", rule: FormRule::Pattern("^[0-9a-f]{12}$") };

/// The keys of releases. Messages do not show its lines, because `sign` and `registry` may contain a password.
pub(super) static RELEASE: Table = Table {
    keys: &[
        Key::new("branches", Kind::Texts(BRANCHES), "The branches from which releases are made.")
            .otherwise("the default branch and `release/*`")
            .example("[\"main\", \"release/*\"]"),
        Key::new(
            "version-files",
            Kind::Texts(PATH),
            "The files besides taskflow.toml that contain the version. A release changes only the digits of the \
             version in them.",
        )
        .default("[]")
        .example("[\"frontend/package.json\", \"backend/pyproject.toml\"]"),
        Key::new("changelog", Kind::Text(PATH), "The file to which a release adds its section.")
            .default("\"CHANGELOG.md\"")
            .example("\"docs/CHANGELOG.md\""),
        Key::new("remote", Kind::Text(REMOTE), "The git remote to which a release is pushed.")
            .otherwise("the remote that release tags come from")
            .example("\"origin\""),
        Key::new(
            "registry",
            Kind::Text(REGISTRY),
            "The text before the repository of an image that is pushed, as in `registry.example.org/team/taskflow-backend`.",
        )
        .otherwise("images are not pushed")
        .example("\"registry.example.org/team\""),
        Key::new("push", Kind::Boolean, "Whether a release is pushed without `--push`: the git refs and the images.")
            .default("false")
            .example("true"),
        Key::new("minikube", Kind::Boolean, "Whether a release is loaded into Minikube without `--minikube`.")
            .default("false")
            .example("true"),
        Key::new(
            "required-variable",
            Kind::Text(STEP),
            "The version step that a new required variable needs. The contract says `minor`. A deployment that does \
             not set the variable fails, so `major` is the safe choice.",
        )
        .default("\"minor\"")
        .example("\"major\"")
        .contract("Change Management"),
        Key::new(
            "sign",
            Kind::Texts(ANY_TEXT),
            "The words of a command that signs a pushed image. It runs once for each digest. `{image}` stands for the \
             reference with the digest.",
        )
        .default("[]")
        .example("[\"cosign\", \"sign\", \"--key\", \"cosign.key\", \"{image}\"]"),
        Key::new(
            "attest",
            Kind::Boolean,
            "Whether pushed images get an attestation of their build, without the values of build args. It needs buildx \
             and an engine with the containerd store. Images on this machine stay as they are.",
        )
        .default("false")
        .example("true"),
        Key::new(
            "accept",
            Kind::Tables(&ACCEPT),
            "Changes of the contract that are accepted with a smaller version step. An entry for the version that is \
             released must match a change; entries for other versions have no effect.",
        )
        .otherwise("no change")
        .contract("Change Management"),
    ],
    hidden: true,
};

static ACCEPT: Table = Table {
    keys: &[
        Key::new(
            "finding",
            Kind::Text(FINGERPRINT),
            "The fingerprint of the change, as `cargo xtask contract diff` shows it.",
        )
        .required("add the fingerprint of the change, as in `finding = \"a3f8c21b9d04\"`")
        .example("\"a3f8c21b9d04\""),
        Key::new("version", Kind::Text(VERSION), "The version in which the change is accepted.")
            .required("add the version in which it is accepted, as in `version = \"1.2.0\"`")
            .example("\"1.2.0\""),
        Key::new("reason", Kind::Text(REASON), "Why a smaller step is enough.")
            .required("add why a smaller step is enough, as in `reason = \"no deployment sets this variable\"`")
            .example("\"no deployment sets this variable\""),
    ],
    hidden: false,
};
