//! The table of all keys of taskflow.toml.
//!
//! The reader's checks, `cargo xtask schema`, and docs/taskflow-toml.md are made from it. To add a key, add it here,
//! read it in `parse`, and write both documents again; tests check that all of them agree.

use super::contract_keys::CONTRACT;
use super::forms::{ANY_TEXT, PATH, REASON, VARIABLE, VERSION};
use super::key::{Form, FormRule, Key, Kind, Named, Table};
use super::release_keys::RELEASE;
use crate::domain::rules::RULES;

/// The only version of the format that xtask reads.
pub const SCHEMA: i64 = 1;

/// The prefix of release tags if `tag-prefix` is not set.
pub const TAG_PREFIX: &str = "v";

/// The form of a component's name, which becomes a part of a repository.
const NAME: Form = Form {
    words: "lower-case letters and digits, with single `.`, `_` or `-` between them",
    rule: FormRule::Pattern("^[a-z0-9]+([._-][a-z0-9]+)*$"),
};

const SECRET_ID: Form =
    Form { words: "letters, digits, `.`, `_` and `-`", rule: FormRule::Pattern("^[A-Za-z0-9._-]+$") };

const BRANCH: Form = Form {
    words: "a name that git accepts for a branch",
    rule: FormRule::Pattern(r"^[^-/. ~^:?*\[\\\u0000-\u001f\u007f][^ ~^:?*\[\\\u0000-\u001f\u007f]*$"),
};

const TAG_START: Form = Form {
    words: "a prefix that git accepts in a tag; may be empty",
    rule: FormRule::Pattern(r"^([^-/. ~^:?*\[\\\u0000-\u001f\u007f][^ ~^:?*\[\\\u0000-\u001f\u007f]*)?$"),
};

const PLACE: Form = Form { words: "a place, as in findings", rule: FormRule::Pattern("^[^/]") };

const RULE: Form = Form { words: "the name of a rule", rule: FormRule::OneOf(rules_with_exceptions) };

fn rules_with_exceptions() -> Vec<&'static str> {
    RULES.all().filter(|rule| rule.never_allowed.is_none()).map(|rule| rule.id).collect()
}

/// The keys at the top of the file.
pub static FILE: Table = Table {
    keys: &[
        Key::new("schema", Kind::Integer(SCHEMA, SCHEMA), "The version of the file format.")
            .required("add the line `schema = 1` above the first table of the file")
            .example("1"),
        Key::new("project", Kind::Table(&PROJECT), "The names of the images, and the settings for their tags.")
            .required("add `[project]` with `name = \"taskflow\"`"),
        Key::new("secrets", Kind::Table(&SECRETS), "The names of secrets (docs/secrets.md).")
            .otherwise("the three names of the contract"),
        Key::new(
            "allow",
            Kind::Tables(&ALLOW),
            "Exceptions: each allows the findings of one rule in one place. One that has expired, or that allows \
             nothing, is an error.",
        )
        .otherwise("no exception"),
        Key::new("minikube", Kind::Table(&MINIKUBE), "The target of `cargo xtask minikube-load`.")
            .otherwise("minikube's active profile"),
        Key::new("release", Kind::Table(&RELEASE), "The settings of releases.").otherwise("the defaults of its keys"),
        Key::new(
            "component",
            Kind::Named(&COMPONENT),
            "The components, at least one. Each has one build context, one Dockerfile, and one image.",
        )
        .required("add one: `[component.frontend]` with `context = \"frontend\"`"),
    ],
    hidden: false,
};

static PROJECT: Table = Table {
    keys: &[
        Key::new("name", Kind::Text(NAME), "The first half of each repository, `<project>-<component>`.")
            .required("add the first half of each repository, as in `name = \"taskflow\"`")
            .example("\"taskflow\"")
            .contract("Repository Naming"),
        Key::new(
            "default-branch",
            Kind::Text(BRANCH),
            "On this branch and on a detached HEAD, a clean tree at a release tag gets the version of the release as \
             its tag. In any other case, the tag also names the branch, the pull request, or the commit.",
        )
        .otherwise("the default branch of `origin`, or `main`")
        .example("\"main\"")
        .contract("Tag Naming"),
        Key::new(
            "tag-prefix",
            Kind::Text(TAG_START),
            "The prefix of release tags in git, as in `v1.0.0`. If it is `v`, release tags without it count, too.",
        )
        .default("\"v\"")
        .example("\"release-\""),
        Key::new(
            "version",
            Kind::Text(VERSION),
            "The version in development. A higher release tag in the history of HEAD takes precedence.",
        )
        .otherwise("the highest release tag in the history of HEAD, which must exist")
        .example("\"1.0.0\"")
        .contract("Tag Naming"),
    ],
    hidden: false,
};

static SECRETS: Table = Table {
    keys: &[
        Key::new(
            "declared",
            Kind::Texts(VARIABLE),
            "Names of secrets, in addition to `DATABASE_URL`, `BETTER_AUTH_SECRET`, and `OPENAI_API_KEY`. Such a name \
             must not be a build arg, an `ARG`, or an `ENV`, and its values must not be in a build context or an \
             image.",
        )
        .default("[]")
        .example("[\"SMTP_PASSWORD\"]")
        .contract("No Secrets in Image Layers"),
        Key::new("allow", Kind::Tables(&ALLOW), "The former name of `[[allow]]`, with the same keys.")
            .otherwise("no exception"),
    ],
    hidden: true,
};

static ALLOW: Table = Table {
    keys: &[
        Key::new(
            "place",
            Kind::Text(PLACE),
            "A file, a folder, or a pattern in the repository, or another place, such as `build-arg:NAME` or \
             `image:frontend:/app/node_modules/x/**`. The `place` of a finding in `--json` has the same form.",
        )
        .required("add the place as the finding names it, as in `place = \"frontend/lib/demo.ts\"`")
        .example("\"frontend/lib/demo.ts\""),
        Key::new(
            "rule",
            Kind::Text(RULE),
            "The name of the rule, as in the finding and in `cargo xtask secrets rules`.",
        )
        .required("add the rule of the finding, as in `rule = \"url-password\"`")
        .example("\"url-password\""),
        Key::new("reason", Kind::Text(REASON), "Why the finding is allowed.")
            .required("add why it may stand there, as in `reason = \"the address of a demonstration\"`")
            .example("\"the address of a demonstration that everybody may use\""),
        Key::new("expires", Kind::Day, "The last day on which the exception is valid.")
            .required("add the last day of the exception, as in `expires = 2027-01-31`")
            .example("2027-01-31"),
    ],
    hidden: false,
};

static MINIKUBE: Table = Table {
    keys: &[Key::new(
        "profile",
        Kind::Text(ANY_TEXT),
        "The profile to load images into. `--profile` and `MINIKUBE_PROFILE` take precedence.",
    )
    .otherwise("minikube's active profile")
    .example("\"minikube\"")],
    hidden: false,
};

static COMPONENT: Named = Named {
    what: "component",
    placeholder: "NAME",
    form: NAME,
    example: "frontend",
    table: Table {
        keys: &[
            Key::new(
                "context",
                Kind::Text(PATH),
                "The build context: the folder that is sent to the builder. It must not be the root of the repository.",
            )
            .required("add the folder that is built, as in `context = \"frontend\"`")
            .example("\"frontend\"")
            .contract("Build Context"),
            Key::new("dockerfile", Kind::Text(PATH), "The Dockerfile of the component.")
                .otherwise("`Dockerfile` in the context")
                .example("\"frontend/Dockerfile\""),
            Key::new("target", Kind::Text(ANY_TEXT), "The stage of the Dockerfile that becomes the image.")
                .otherwise("the last stage")
                .example("\"runner\""),
            Key::new("build-args", Kind::Named(&BUILD_ARG), "The build args that the component takes.")
                .otherwise("none")
                .contract("Build Arguments"),
            Key::new(
                "build-secrets",
                Kind::Named(&BUILD_SECRET),
                "Secrets that build steps can mount, and that are in no layer: `RUN --mount=type=secret,id=ID`.",
            )
            .otherwise("none")
            .contract("No Secrets in Image Layers"),
            Key::new(
                "contract",
                Kind::Table(&CONTRACT),
                "The contract of the image, which `check` and `verify` hold (docs/contract/index.md).",
            )
            .otherwise("the general rules only"),
        ],
        hidden: false,
    },
};

static BUILD_ARG: Named = Named {
    what: "build arg",
    placeholder: "ARG",
    form: VARIABLE,
    example: "NODE_ENV",
    table: Table {
        keys: &[Key::new(
            "default",
            Kind::Text(ANY_TEXT),
            "The value of the build arg without `--build-arg`. It can be read in the image.",
        )
        .otherwise("the default of the Dockerfile")
        .example("\"production\"")
        .contract("Build Arguments")],
        hidden: true,
    },
};

static BUILD_SECRET: Named = Named {
    what: "build secret",
    placeholder: "ID",
    form: SECRET_ID,
    example: "npm-token",
    table: Table {
        keys: &[Key::new("env", Kind::Text(VARIABLE), "The environment variable that contains the secret.")
            .required("add the variable that holds the secret, as in `env = \"NPM_TOKEN\"`")
            .example("\"NPM_TOKEN\"")
            .contract("No Secrets in Image Layers")],
        hidden: true,
    },
};
