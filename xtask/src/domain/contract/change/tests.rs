//! A pair of contracts or of image configurations for each row, and what holds for all of them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::images::{compare_images, size_exceeded};
use super::rows::{ENV_ADDED_REQUIRED, ROWS};
use super::*;
use crate::domain::config::{self, Component};
use crate::domain::contract::declared::Contract;
use crate::domain::contract::verify::Subject;
use crate::domain::release::settings::RequiredVariableStep;

/// The components of a file whose component `web` has these keys. A line that begins with a bracket is the end of a
/// header below `component.web`.
fn components(text: &str) -> Vec<Component> {
    let mut file = "schema = 1\n[project]\nname = \"app\"\n[component.web]\ncontext = \"web\"\n".to_owned();
    for line in text.lines() {
        let below = line.strip_prefix('[').filter(|_| !line.starts_with("[component"));
        let line = below.map_or_else(|| line.to_owned(), |rest| format!("[component.web.{rest}"));
        file.extend([line.as_str(), "\n"]);
    }
    config::parse("taskflow.toml", &file).unwrap_or_else(|problems| panic!("{problems:?}\n{file}")).components
}

fn ids(changes: &[ContractChange]) -> Vec<&'static str> {
    changes.iter().map(|change| change.row.id).collect()
}

/// Rows that are found in taskflow.toml: the ID, the contract before, and the contract after.
const DECLARED: &[(&str, &str, &str)] = &[
    ("component.added", "", "[component.api]\ncontext = \"api\""),
    ("component.removed", "[component.api]\ncontext = \"api\"", ""),
    ("port.changed", "[contract]\nport = 80", "[contract]\nport = 81"),
    ("port.changed", "[contract]\nport = 80", "[contract]\nport = 80\nprotocol = \"tcp\""),
    ("port.removed", "[contract]\nport = 80", "[contract]"),
    ("port.added", "", "[contract]\nport = 80"),
    ("cmd.changed", "[contract]\ncommand = [\"a\"]", "[contract]\ncommand = [\"a\", \"b\"]"),
    ("workdir.changed", "[contract]\nworkdir = \"/a\"", "[contract]\nworkdir = \"/b\""),
    ("user.uid", "[contract]\nuid = 1000", "[contract]\nuid = 1001"),
    ("user.name", "[contract]\nuser = \"a\"\nuid = 1", "[contract]\nuser = \"b\"\nuid = 1"),
    ("env.added-optional", "", "[contract.env.A]\nfrom = \"config-map\"\ndefault = \"1\""),
    ("env.added-optional", "", "[contract.env.A]\nfrom = \"secret\"\nrequired = false"),
    ("env.added-optional", "", "[contract.env.A]\nfrom = \"image\"\ndefault = \"1\""),
    ("env.added-required", "", "[contract.env.A]\nfrom = \"secret\""),
    (
        "env.now-required",
        "[contract.env.A]\nfrom = \"config-map\"\nrequired = false",
        "[contract.env.A]\nfrom = \"config-map\"",
    ),
    (
        "env.now-required",
        "[contract.env.A]\nfrom = \"config-map\"\ndefault = \"1\"",
        "[contract.env.A]\nfrom = \"config-map\"",
    ),
    (
        "env.now-optional",
        "[contract.env.A]\nfrom = \"config-map\"",
        "[contract.env.A]\nfrom = \"config-map\"\ndefault = \"1\"",
    ),
    ("env.removed", "[contract.env.A]\nfrom = \"secret\"", "[contract]"),
    (
        "env.default-changed",
        "[contract.env.A]\nfrom = \"image\"\ndefault = \"1\"",
        "[contract.env.A]\nfrom = \"image\"\ndefault = \"2\"",
    ),
    (
        "env.default-changed",
        "[contract.env.A]\nfrom = \"config-map\"\nrequired = false\ndefault = \"1\"",
        "[contract.env.A]\nfrom = \"config-map\"\nrequired = false",
    ),
    (
        "env.values-narrowed",
        "[contract.env.A]\nfrom = \"config-map\"\nallowed = [\"1\", \"2\"]",
        "[contract.env.A]\nfrom = \"config-map\"\nallowed = [\"2\"]",
    ),
    (
        "env.values-narrowed",
        "[contract.env.A]\nfrom = \"config-map\"",
        "[contract.env.A]\nfrom = \"config-map\"\nallowed = [\"2\"]",
    ),
    (
        "env.values-widened",
        "[contract.env.A]\nfrom = \"config-map\"\nallowed = [\"1\"]",
        "[contract.env.A]\nfrom = \"config-map\"\nallowed = [\"1\", \"2\"]",
    ),
    ("env.secret", "[contract.env.A]\nfrom = \"config-map\"", "[contract.env.A]\nfrom = \"secret\""),
    (
        "env.source",
        "[contract.env.A]\nfrom = \"config-map\"\ndefault = \"1\"",
        "[contract.env.A]\nfrom = \"image\"\ndefault = \"1\"",
    ),
    (
        "base.digest",
        "[contract]\nbase-images = [\"node:20-alpine\"]",
        "[contract]\nbase-images = [\"node:20-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"]",
    ),
    (
        "base.version",
        "[contract]\nbase-images = [\"node:20-alpine\"]",
        "[contract]\nbase-images = [\"node:22-alpine\"]",
    ),
    (
        "base.version",
        "[contract]\nbase-images = [\"node:20-alpine3.21\"]",
        "[contract]\nbase-images = [\"node:20-alpine3.22\"]",
    ),
    (
        "base.family",
        "[contract]\nbase-images = [\"python:3.13-slim\"]",
        "[contract]\nbase-images = [\"python:3.13-alpine\"]",
    ),
    (
        "base.added",
        "[contract]\nbase-images = [\"node:20-alpine\"]",
        "[contract]\nbase-images = [\"node:20-alpine\", \"python:3.13-alpine\"]",
    ),
    (
        "base.removed",
        "[contract]\nbase-images = [\"node:20-alpine\", \"alpine:3.22\"]",
        "[contract]\nbase-images = [\"node:20-alpine\"]",
    ),
    ("size.limit-raised", "[contract]\nmax-size-mb = 100", "[contract]\nmax-size-mb = 200"),
    ("size.limit-raised", "[contract]\nmax-size-mb = 100", "[contract]"),
    ("size.limit-lowered", "[contract]\nmax-size-mb = 200", "[contract]\nmax-size-mb = 100"),
    ("size.limit-lowered", "", "[contract]\nmax-size-mb = 100"),
    ("health.changed", "[contract.health]\npath = \"/a\"", "[contract.health]\npath = \"/b\""),
    ("health.changed", "[contract.health]\npath = \"/a\"", "[contract.health]\npath = \"/a\"\nmethod = \"HEAD\""),
    ("health.changed", "[contract.health]\npath = \"/a\"", "[contract.health]\npath = \"/a\"\nhealthy-status = 204"),
    (
        "health.changed",
        "[contract.health]\npath = \"/a\"\nunhealthy-status = 503",
        "[contract.health]\npath = \"/a\"\nunhealthy-status = 500",
    ),
    (
        "health.changed",
        "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"a\": 1}'",
        "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"a\": 2, \"b\": 1}'",
    ),
    ("health.removed", "[contract.health]\npath = \"/a\"", "[contract]"),
    ("health.added", "", "[contract.health]\npath = \"/a\""),
    (
        "health.body-extended",
        "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"a\": 1}'",
        "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"b\": 1, \"a\": 1}'",
    ),
    ("startup.slower", "[contract]\nstartup-seconds = 5", "[contract]\nstartup-seconds = 6"),
    ("startup.faster", "[contract]\nstartup-seconds = 5", "[contract]\nstartup-seconds = 4"),
    ("shutdown.longer", "[contract]\nstop-grace-seconds = 5", "[contract]\nstop-grace-seconds = 6"),
    ("shutdown.shorter", "[contract]\nstop-grace-seconds = 5", "[contract]\nstop-grace-seconds = 4"),
    (
        "resources.higher",
        "[contract.resources]\nidle-cpu-millicores = 5",
        "[contract.resources]\nidle-cpu-millicores = 6",
    ),
    ("resources.higher", "[contract.resources]\nload-memory-mib = 5", "[contract.resources]"),
    ("resources.lower", "[contract.resources]\nidle-memory-mib = 5", "[contract.resources]\nidle-memory-mib = 4"),
    ("resources.lower", "", "[contract.resources]\nload-cpu-millicores = 5"),
    ("stopsignal.changed", "[contract]\nstop-signal = \"SIGTERM\"", "[contract]\nstop-signal = \"SIGINT\""),
    ("root.read-only", "[contract]", "[contract]\nread-only-root = true"),
    ("root.writable", "[contract]\nread-only-root = true", "[contract]\nread-only-root = false"),
    ("database.added", "", "[contract.database]\nengine = \"postgresql\"\nvariable = \"A\""),
    ("database.removed", "[contract.database]\nengine = \"postgresql\"\nvariable = \"A\"", ""),
    ("build-arg.required", "", "[build-args.A]"),
    ("build-arg.required", "[build-args.A]\ndefault = \"1\"", "[build-args.A]"),
    ("build-arg.optional", "", "[build-args.A]\ndefault = \"1\""),
    ("build-arg.optional", "[build-args.A]", "[build-args.A]\ndefault = \"1\""),
    ("build-arg.optional", "[build-args.A]\ndefault = \"1\"", "[build-args.A]\ndefault = \"2\""),
    ("build-arg.removed", "[build-args.A]", ""),
    ("build-secret.added", "", "[build-secrets.note]\nenv = \"NOTE\""),
    ("build.changed", "", "[contract]\nstages = [\"builder\", \"runner\"]"),
    ("build.changed", "[contract]\nignore = [\"a\"]", "[contract]\nignore = [\"b\"]"),
    ("build.changed", "[contract]\nmax-context-mb = 1", "[contract]\nmax-context-mb = 2"),
    ("promise.added", "", "[contract]\nworkdir = \"/a\""),
    ("promise.added", "[contract.health]\npath = \"/a\"", "[contract.health]\npath = \"/a\"\nunhealthy-status = 503"),
    ("promise.added", "", "[contract]\nbase-images = [\"node:20-alpine\"]"),
    ("promise.removed", "[contract]\nuid = 1000", "[contract]"),
    ("promise.removed", "[contract]\nbase-images = [\"node:20\"]", ""),
];

/// Rows that are found in two images: the ID, whether the release declares a user, and both configurations.
fn images() -> Vec<(&'static str, bool, Value, Value)> {
    let runs = |cmd: &[&str]| json!({"User": "a", "Cmd": cmd});
    vec![
        ("entrypoint.changed", true, json!({"User": "a"}), json!({"User": "a", "Entrypoint": ["/run"]})),
        ("cmd.form", true, runs(&["a"]), runs(&["/bin/sh", "-c", "a"])),
        ("cmd.form", true, runs(&["bash", "-c", "a"]), runs(&["a", "-c"])),
        ("user.root-to-non-root", false, json!({}), json!({"User": "a"})),
        ("user.root-to-non-root", false, json!({"User": "0:0"}), json!({"User": "1000"})),
        ("user.restored", true, json!({"User": "root"}), json!({"User": "a"})),
        ("user.non-root-to-root", true, json!({"User": "a"}), json!({"User": ""})),
        ("volume.added", true, json!({"User": "a"}), json!({"User": "a", "Volumes": {"/data": {}}})),
        ("volume.removed", true, json!({"User": "a", "Volumes": {"/data": {}}}), json!({"User": "a"})),
    ]
}

fn contract_of(text: &str) -> Contract {
    components(text).remove(0).contract.unwrap_or_default()
}

fn too_large(bytes: u64) -> Option<ContractChange> {
    let contract = contract_of("[contract]\nmax-size-mb = 1");
    size_exceeded(
        &Subject { component: "web", reference: "app-web:1", file: "taskflow.toml", contract: &contract },
        bytes,
    )
}

#[test]
fn every_row_has_a_pair_that_only_it_reports() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (id, before, after) in DECLARED {
        let changes = compare(&components(before), &components(after));
        assert_eq!(ids(&changes), [*id], "{before}\n->\n{after}");
        seen.insert(id);
    }
    for (id, declares_user, before, after) in images() {
        let contract = contract_of(if declares_user { "[contract]\nuser = \"a\"" } else { "" });
        assert_eq!(ids(&compare_images("web", &contract, &before, &after)), [id], "{before} -> {after}");
        seen.insert(id);
    }
    // A new base image that is no minimal variant is also another base image, or a new promise.
    let other = "[contract]\nbase-images = [\"node:20\"]";
    let minimal = "[contract]\nbase-images = [\"node:20-alpine\"]";
    assert_eq!(ids(&compare(&components(""), &components(other))), ["base.other", "promise.added"]);
    assert_eq!(ids(&compare(&components(minimal), &components(other))), ["base.other", "base.family"]);
    assert_eq!(ids(&compare(&components(other), &components(other))), [] as [&str; 0]);
    seen.insert("base.other");
    // The name of the project is not in the table of components.
    let mut renamed = components("");
    renamed[0].repository = "other-web".parse().unwrap();
    assert_eq!(ids(&compare(&components(""), &renamed)), ["repository.renamed"]);
    seen.insert("repository.renamed");
    assert_eq!(too_large(1_000_000).map(|change| change.row.id), Some("size.exceeded"));
    assert_eq!(too_large(999_999), None);
    seen.insert("size.exceeded");
    let missing: Vec<&str> = ROWS.iter().map(|row| row.id).filter(|id| !seen.contains(id)).collect();
    assert_eq!(missing, [] as [&str; 0]);
}

#[test]
fn what_no_deployment_sees_is_no_change() {
    for (before, after) in [
        ("", "[contract]"),
        ("target = \"a\"", "target = \"b\""),
        (
            "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"a\": 1, \"b\": 2}'",
            "[contract.health]\npath = \"/a\"\nhealthy-body = '{\"b\": 2, \"a\": 1}'",
        ),
        ("[contract.resources]", "[contract.resources]\nload-path = \"/a\""),
        ("", "[contract.drain-request]\npath = \"/a\""),
        (
            "[contract.env.A]\nfrom = \"config-map\"",
            "# a comment\n\n[contract.env.A]\nfrom = \"config-map\"\nexample = \"x\"",
        ),
        ("[contract]\nprotocol = \"tcp\"", "[contract]\nprotocol = \"udp\""),
    ] {
        assert_eq!(compare(&components(before), &components(after)), [], "{before}\n->\n{after}");
    }
}

#[test]
fn a_renamed_variable_is_a_removed_and_an_added_one() {
    let (before, after) = ("[contract.env.A]\nfrom = \"secret\"", "[contract.env.B]\nfrom = \"secret\"");
    let changes = compare(&components(before), &components(after));
    assert_eq!(ids(&changes), ["env.added-required", "env.removed"]);
}

#[test]
fn the_largest_step_of_all_components_counts() {
    let before = "[contract]\nport = 80\n[component.api]\ncontext = \"api\"\n[component.api.contract]\nuid = 1000";
    let after = "[contract]\nport = 80\nworkdir = \"/a\"\n[component.api]\ncontext = \"api\"\n[component.api.contract]\nuid = 1001";
    let changes = compare(&components(before), &components(after));
    assert_eq!(ids(&changes), ["promise.added", "user.uid"]);
    assert_eq!(required(&changes, RequiredVariableStep::Minor), Needs::MAJOR);
    assert_eq!(required(&changes[..1], RequiredVariableStep::Minor), Needs::PATCH);
    assert_eq!(required(&[], RequiredVariableStep::Minor), Needs::PATCH);
}

#[test]
fn a_setting_decides_about_a_new_required_variable() {
    let changes = compare(&components(""), &components("[contract.env.A]\nfrom = \"secret\""));
    assert_eq!(changes[0].row, &ENV_ADDED_REQUIRED);
    assert_eq!(required(&changes, RequiredVariableStep::Minor), Needs::MINOR);
    assert_eq!(required(&changes, RequiredVariableStep::Major), Needs::MAJOR);
}

#[test]
fn a_fingerprint_does_not_change() {
    let changes = compare(&components("[contract]\nport = 80"), &components("[contract]\nport = 81"));
    assert_eq!(changes[0].fingerprint(), "acfb4de04235");
}

/// The contract of one side of any pair.
fn side() -> impl Strategy<Value = &'static str> {
    (0..DECLARED.len(), any::<bool>()).prop_map(|(row, after)| if after { DECLARED[row].2 } else { DECLARED[row].1 })
}

proptest! {
    #[test]
    fn equal_contracts_have_no_changes(text in side()) {
        prop_assert_eq!(compare(&components(text), &components(text)), []);
    }

    #[test]
    fn fingerprints_are_stable_and_distinct(before in side(), after in side()) {
        let changes = compare(&components(before), &components(after));
        // Comments and empty lines move every line of the file.
        let moved = compare(&components(&format!("\n# moved\n{before}")), &components(&format!("# moved\n\n{after}")));
        let prints: Vec<String> = changes.iter().map(ContractChange::fingerprint).collect();
        prop_assert_eq!(&prints, &moved.iter().map(ContractChange::fingerprint).collect::<Vec<_>>());
        let distinct: BTreeSet<&String> = prints.iter().collect();
        prop_assert_eq!(distinct.len(), prints.len());
        prop_assert!(prints.iter().all(|print| print.len() == 12));
        let most = changes.iter().map(|change| change.row.needs).max().unwrap_or(Needs::PATCH);
        prop_assert_eq!(required(&changes, RequiredVariableStep::Minor), most);
    }
}
