//! Judgements of versions.

#![expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes snapshots in this form"
)]

use proptest::prelude::*;
use snapbox::{assert_data_eq, str};

use super::*;
use crate::domain::contract::change::ChangeRow;
use crate::domain::contract::change::rows::{
    BASE_OTHER, ENV_ADDED_REQUIRED, ENV_REMOVED, PORT_CHANGED, PROMISE_ADDED, ROWS,
};

fn version(text: &str) -> ReleaseVersion {
    text.parse().unwrap()
}

fn change(row: &'static ChangeRow) -> ContractChange {
    ContractChange { row, component: "web".to_owned(), before: "one".to_owned(), after: "two".to_owned() }
}

fn accept(change: &ContractChange, version_text: &str) -> AcceptedChange {
    let (finding, reason) = (change.fingerprint(), "no deployment uses it".to_owned());
    AcceptedChange { finding, version: version(version_text), reason, line: 7 }
}

fn judged(previous: &str, asked: &str, changes: &[ContractChange], accepted: &[AcceptedChange]) -> StepJudgement {
    judge_step(Some(version(previous)), version(asked), changes, accepted, RequiredVariableStep::Minor)
}

/// The judgement as text.
fn shown(judgement: &StepJudgement) -> String {
    let mut lines: Vec<String> = Vec::new();
    for problem in &judgement.refusals {
        lines.push(format!("error: {}", problem.message));
        lines.extend(problem.place.iter().map(|place| format!(" --> {}:{}", place.file, place.line)));
        lines.extend(problem.notes.iter().map(|note| format!("note: {note}")));
        lines.extend(problem.hints.iter().map(|hint| format!("hint: {hint}")));
    }
    lines.extend(judgement.warnings.iter().map(|warning| format!("warning: {warning}")));
    lines.extend(judgement.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

#[test]
fn a_step_that_is_too_small_is_refused_with_every_change() {
    let changes = [change(&PORT_CHANGED), change(&ENV_REMOVED), change(&PROMISE_ADDED)];
    let judgement = judged("1.2.3", "1.3.0", &changes, &[]);
    assert_eq!(judgement.sufficient, [version("2.0.0")]);
    assert_data_eq!(
        shown(&judgement),
        str![[r#"
error: version 1.3.0 is a minor step after 1.2.3, and 2 changes of the contract need a major step
note: port.changed of component `web`: one -> two (contract) [5cc354f68e2c]
note: env.removed of component `web`: one -> two (derived) [61ff213a65f3]
hint: release 2.0.0

"#]]
    );
    let acceptable = judged("1.2.3", "1.2.4", &changes[1..], &[]);
    assert_data_eq!(
        shown(&acceptable),
        str![[r#"
error: version 1.2.4 is a patch step after 1.2.3, and 1 change of the contract needs a major step
note: env.removed of component `web`: one -> two (derived) [61ff213a65f3]
hint: release 2.0.0
hint: or accept each change with a reason under `[[release.accept]]` in taskflow.toml

"#]]
    );
    let minor = judged("1.2.3", "1.2.4", &[change(&ENV_ADDED_REQUIRED)], &[]);
    assert_eq!(minor.sufficient, [version("1.3.0"), version("2.0.0")]);
    assert_data_eq!(
        shown(&minor),
        str![[r#"
error: version 1.2.4 is a patch step after 1.2.3, and 1 change of the contract needs a minor step
note: env.added-required of component `web`: one -> two (contract) [53abf40501f4]
hint: release 1.3.0 or 2.0.0
warning: env.added-required of component `web`: a deployment that does not set the variable fails

"#]]
    );
}

#[test]
fn numbers_of_versions_are_judged_without_changes_too() {
    assert_data_eq!(
        shown(&judged("1.2.3", "1.2.3", &[], &[])),
        str![[r#"
error: version 1.2.3 is not higher than 1.2.3, the previous release
hint: release 1.2.4 or 1.3.0 or 2.0.0

"#]]
    );
    assert_data_eq!(
        shown(&judged("1.2.3", "1.3.1", &[], &[])),
        str![[r#"
error: version 1.3.1 is no minor step after 1.2.3
note: the numbers behind the one that is raised must be 0, as in 1.3.0
note: version 1.3.1 is a minor step, and a patch step is enough

"#]]
    );
    assert_data_eq!(
        shown(&judged("1.2.3", "2.0.1", &[], &[])),
        str![[r#"
error: version 2.0.1 is no major step after 1.2.3
note: the numbers behind the one that is raised must be 0, as in 2.0.0
note: version 2.0.1 is a major step, and a patch step is enough

"#]]
    );
    assert_data_eq!(
        shown(&judged("1.2.3", "1.4.0", &[], &[])),
        str![[r#"
warning: version 1.4.0 skips 1.3.0, which is the next one
note: version 1.4.0 is a minor step, and a patch step is enough

"#]]
    );
    assert_data_eq!(
        shown(&judged("1.2.3", "1.2.5", &[], &[])),
        str![[r#"
warning: version 1.2.5 skips 1.2.4, which is the next one

"#]]
    );
    assert_data_eq!(
        shown(&judged("1.2.3", "1.2.4", &[], &[])),
        str![[r#"


"#]]
    );
}

#[test]
fn refused_changes_are_refused_in_every_version() {
    let changes = [change(&BASE_OTHER)];
    let judgement = judged("1.2.3", "2.0.0", &changes, &[]);
    assert_eq!((judgement.required, judgement.sufficient.len()), (None, 0));
    assert_data_eq!(
        shown(&judgement),
        str![[r#"
error: no version can have this change of the contract: a base image that is no alpine or slim variant
note: base.other of component `web`: one -> two (contract) [e53bca19421e]
note: only alpine and slim variants are allowed

"#]]
    );
    let first = judge_step(None, version("1.0.0"), &changes, &[], RequiredVariableStep::Minor);
    assert!(!first.is_enough());
}

#[test]
fn entries_accept_changes_of_their_version_only() {
    let (removed, port) = (change(&ENV_REMOVED), change(&PORT_CHANGED));
    let entry = accept(&removed, "1.2.4");
    let judgement = judged("1.2.3", "1.2.4", std::slice::from_ref(&removed), std::slice::from_ref(&entry));
    assert!(judgement.is_enough() && judgement.required == Some(VersionStep::Patch));
    assert_eq!(judgement.changes[0].accepted.as_ref(), Some(&entry));
    // Another version: the entry has no effect, and is no error.
    let lapsed = judged("1.2.3", "1.2.5", std::slice::from_ref(&removed), std::slice::from_ref(&entry));
    assert_eq!((lapsed.required, lapsed.refusals.len()), (Some(VersionStep::Major), 1));
    let unused = judged("1.2.3", "1.2.4", &[], &[entry]);
    assert_data_eq!(
        shown(&unused),
        str![[r#"
error: the entry for change 61ff213a65f3 accepts nothing in 1.2.4
 --> taskflow.toml:7
note: the contract has no such change since the previous release
hint: remove the entry, or correct `finding`: `cargo xtask contract diff` shows the changes

"#]]
    );
    let entries = [accept(&port, "1.3.0")];
    assert_data_eq!(
        shown(&judged("1.2.3", "1.3.0", &[port], &entries)),
        str![[r#"
error: change 5cc354f68e2c cannot be accepted with a smaller step
 --> taskflow.toml:7
note: port.changed of component `web`: one -> two (contract) [5cc354f68e2c]
hint: remove the entry, and release the version that the change needs
error: version 1.3.0 is a minor step after 1.2.3, and 1 change of the contract needs a major step
note: port.changed of component `web`: one -> two (contract) [5cc354f68e2c]
hint: release 2.0.0

"#]]
    );
}

#[test]
fn a_first_release_has_any_version() {
    let judgement = judge_step(None, version("3.1.4"), &[], &[], RequiredVariableStep::Minor);
    assert_eq!(judgement, StepJudgement::default());
}

#[test]
fn below_one_breaking_changes_need_a_minor_step() {
    let breaking = [change(&PORT_CHANGED)];
    assert!(judged("0.3.1", "0.4.0", &breaking, &[]).is_enough());
    assert!(!judged("0.3.1", "0.3.2", &breaking, &[]).is_enough());
    assert!(judged("0.3.1", "0.3.2", &[change(&ENV_ADDED_REQUIRED)], &[]).is_enough());
    assert!(judged("0.3.1", "1.0.0", &breaking, &[]).is_enough());
    let strict = judge_step(
        Some(version("0.3.1")),
        version("0.3.2"),
        &[change(&ENV_ADDED_REQUIRED)],
        &[],
        RequiredVariableStep::Major,
    );
    assert!(!strict.is_enough());
}

/// Small numbers, so that neighbours are frequent.
fn small() -> impl Strategy<Value = ReleaseVersion> {
    (0..4_u8, 0..4_u8, 0..4_u8).prop_map(|(major, minor, patch)| version(&format!("{major}.{minor}.{patch}")))
}

fn some_changes() -> impl Strategy<Value = Vec<ContractChange>> {
    prop::collection::vec((0..ROWS.len()).prop_map(|row| change(&ROWS[row])), 0..4)
}

proptest! {
    #[test]
    fn a_version_is_enough_if_it_is_above_the_previous_one_reset_and_large_enough(
        previous in small(), asked in small(), changes in some_changes(),
    ) {
        let judgement = judge_step(Some(previous), asked, &changes, &[], RequiredVariableStep::Minor);
        let needs = changes.iter().map(|change| change.row.needs).max().unwrap_or(Needs::PATCH);
        let expected = match (asked.step_from(previous), step_after(previous, needs)) {
            (Some(step), Some(required)) => step >= required && asked.is_reset(step),
            _ => false,
        };
        prop_assert_eq!(judgement.is_enough(), expected);
        // A gap is a warning exactly if the version is enough, and is not the next one of its step.
        let gap = asked.step_from(previous).is_some_and(|step| asked > previous.next(step));
        let warned = judgement.warnings.iter().any(|warning| warning.contains(" skips "));
        prop_assert!(!expected || warned == gap);
        for version in &judgement.sufficient {
            prop_assert!(judge_step(Some(previous), *version, &changes, &[], RequiredVariableStep::Minor).is_enough());
        }
        // Nothing smaller than the smallest of them would do.
        if let Some(smallest) = judgement.sufficient.first() {
            prop_assert!(!expected || asked >= *smallest);
        }
    }
}
