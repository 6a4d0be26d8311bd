//! Judges whether a version is a large enough step for the changes of the contract.

use super::settings::{AcceptedChange, RequiredVariableStep};
use crate::domain::config::FILE_NAME;
use crate::domain::contract::change::{ContractChange, Needs};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::{as_fragment, count};
use crate::domain::version::{ReleaseVersion, VersionStep};

/// The judgement on the version of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepJudgement {
    /// The step that the changes need after the previous release; none for a first release, or if a change is refused.
    pub required: Option<VersionStep>,
    /// The changes, each with what it needs in this version.
    pub changes: Vec<JudgedChange>,
    /// The smallest versions that would do, one for each step that is large enough.
    pub sufficient: Vec<ReleaseVersion>,
    /// Facts worth knowing.
    pub notes: Vec<String>,
    /// Facts that deserve attention.
    pub warnings: Vec<String>,
    /// Why the version is refused; empty if it is large enough.
    pub refusals: Vec<Problem>,
}

/// A change with what it needs in the judged version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedChange {
    /// The change.
    pub change: ContractChange,
    /// What it needs; a patch step if it is accepted.
    pub needs: Needs,
    /// The entry of taskflow.toml that accepts it.
    pub accepted: Option<AcceptedChange>,
}

impl StepJudgement {
    /// Whether the version can be released.
    pub fn is_enough(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// Judges the step from the previous release to the version that is asked for. Without a previous release, any version
/// will do.
pub fn judge_step(
    previous: Option<ReleaseVersion>,
    asked: ReleaseVersion,
    changes: &[ContractChange],
    accepted: &[AcceptedChange],
    required_variable: RequiredVariableStep,
) -> StepJudgement {
    let mut judgement = StepJudgement::default();
    let entries: Vec<&AcceptedChange> = accepted.iter().filter(|entry| entry.version == asked).collect();
    for change in changes {
        let fingerprint = change.fingerprint();
        let entry = entries.iter().find(|entry| entry.finding == fingerprint && change.row.can_be_accepted);
        let needs = if entry.is_some() { Needs::PATCH } else { change.needs(required_variable) };
        let accepted = entry.map(|entry| (*entry).clone());
        judgement.changes.push(JudgedChange { change: change.clone(), needs, accepted });
    }
    judgement.refusals.extend(entries.iter().filter_map(|entry| unused(entry, changes)));
    for JudgedChange { change, needs, .. } in &judgement.changes {
        judgement.warnings.extend(warning(change));
        if *needs == Needs::Refused {
            judgement.refusals.push(refused(change));
        }
    }
    if let Some(previous) = previous {
        of_version(&mut judgement, previous, asked);
    }
    judgement
}

/// Returns the step that changes need after a release; none if one of them is refused. Below 1.0.0, breaking changes
/// need a minor step, and all others a patch step.
pub fn step_after(previous: ReleaseVersion, needs: Needs) -> Option<VersionStep> {
    let Needs::Step(step) = needs else { return None };
    Some(match step {
        VersionStep::Major if previous.is_initial() => VersionStep::Minor,
        _ if previous.is_initial() => VersionStep::Patch,
        step => step,
    })
}

/// Returns the smallest version of each step that is at least as large as this one.
pub fn sufficient(previous: ReleaseVersion, required: VersionStep) -> Vec<ReleaseVersion> {
    VersionStep::ALL.into_iter().filter(|step| *step >= required).map(|step| previous.next(step)).collect()
}

fn of_version(judgement: &mut StepJudgement, previous: ReleaseVersion, asked: ReleaseVersion) {
    let needs = judgement.changes.iter().map(|judged| judged.needs).max().unwrap_or(Needs::PATCH);
    judgement.required = step_after(previous, needs);
    judgement.sufficient = judgement.required.map_or_else(Vec::new, |required| sufficient(previous, required));
    let versions = list(&judgement.sufficient);
    let Some(step) = asked.step_from(previous) else {
        let problem = Problem::new(format!("version {asked} is not higher than {previous}, the previous release"));
        judgement.refusals.push(with_versions(problem, &versions));
        return;
    };
    if !asked.is_reset(step) {
        let next = previous.next(step);
        let problem = Problem::new(format!("version {asked} is no {} step after {previous}", step.name()));
        let note = format!("the numbers behind the one that is raised must be 0, as in {next}");
        judgement.refusals.push(problem.note(note));
    }
    let Some(required) = judgement.required else { return };
    if step < required {
        judgement.refusals.push(too_small(judgement, (previous, asked), (step, required), &versions));
    } else if asked.is_reset(step) && asked > previous.next(step) {
        judgement.warnings.push(format!("version {asked} skips {}, which is the next one", previous.next(step)));
    }
    if step > required {
        let (step, required) = (step.name(), required.name());
        judgement.notes.push(format!("version {asked} is a {step} step, and a {required} step is enough"));
    }
}

/// The problem of a step that is too small, with every change that needs more.
fn too_small(
    judgement: &StepJudgement,
    (previous, asked): (ReleaseVersion, ReleaseVersion),
    (step, required): (VersionStep, VersionStep),
    versions: &str,
) -> Problem {
    let larger = |judged: &&JudgedChange| step_after(previous, judged.needs).is_some_and(|needed| needed > step);
    let causes: Vec<&JudgedChange> = judgement.changes.iter().filter(larger).collect();
    let problem = Problem::new(format!(
        "version {asked} is a {} step after {previous}, and {} of the contract {} a {} step",
        step.name(),
        count(causes.len(), "change"),
        if causes.len() == 1 { "needs" } else { "need" },
        required.name()
    ));
    let problem = causes.iter().fold(problem, |problem, judged| problem.note(described(&judged.change)));
    let acceptable = causes.iter().all(|judged| judged.change.row.can_be_accepted);
    let problem = with_versions(problem, versions);
    if acceptable {
        problem.hint(format!("or accept each change with a reason under `[[release.accept]]` in {FILE_NAME}"))
    } else {
        problem
    }
}

fn with_versions(problem: Problem, versions: &str) -> Problem {
    if versions.is_empty() { problem } else { problem.hint(format!("release {versions}")) }
}

fn list(versions: &[ReleaseVersion]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// Describes a change in one line.
pub fn described(change: &ContractChange) -> String {
    let ContractChange { row, component, before, after } = change;
    let (id, source, fingerprint) = (row.id, row.source.name(), change.fingerprint());
    format!("{id} of component `{component}`: {before} -> {after} ({source}) [{fingerprint}]")
}

/// Returns what to check before a release with a change; none if there is nothing to check.
pub fn warning(change: &ContractChange) -> Option<String> {
    let warning = change.row.warning?;
    Some(format!("{} of component `{}`: {warning}", change.row.id, change.component))
}

fn refused(change: &ContractChange) -> Problem {
    Problem::new(format!("no version can have this change of the contract: {}", change.row.what))
        .note(described(change))
        .note(as_fragment(change.row.why))
}

/// Returns the problem of an entry for the asked version that accepts nothing.
fn unused(entry: &AcceptedChange, changes: &[ContractChange]) -> Option<Problem> {
    let AcceptedChange { finding, version, line, .. } = entry;
    let found = changes.iter().find(|change| change.fingerprint() == *finding);
    let problem = match found {
        Some(change) if change.row.can_be_accepted => return None,
        Some(change) => Problem::new(format!("change {finding} cannot be accepted with a smaller step"))
            .note(described(change))
            .hint("remove the entry, and release the version that the change needs"),
        None => Problem::new(format!("the entry for change {finding} accepts nothing in {version}"))
            .note("the contract has no such change since the previous release")
            .hint("remove the entry, or correct `finding`: `cargo xtask contract diff` shows the changes"),
    };
    Some(problem.at(Place::line(FILE_NAME, *line)))
}

#[cfg(test)]
#[path = "version_step_tests.rs"]
mod tests;
