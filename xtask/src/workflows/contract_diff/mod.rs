//! Compares the contracts of taskflow.toml with those of a release, and with the images that the engine has.

mod images;
mod release;

use crate::context::Project;
use crate::domain::config::Config;
use crate::domain::contract::change::{ContractChange, Needs, compare, required};
use crate::domain::events::Events;
use crate::domain::finding::Finding;
use crate::domain::image::Tag;
use crate::domain::problem::Problem;
use crate::domain::release::settings::AcceptedChange;
use crate::domain::release::version_step::{StepJudgement, judge_step, step_after, sufficient, warning};
use crate::domain::tagging::{TagRequest, shallow_note};
use crate::domain::version::{ReleaseVersion, VersionStep};
use crate::error::{CliError, ErrorKind};
use crate::workflows::tag;
pub(crate) use images::{ComparedImages, compared_images};
pub(crate) use release::ComparedRelease;

/// The options of `contract diff`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiffOptions {
    /// The release to compare with, in place of the highest one in the history of HEAD.
    pub(crate) from: Option<ReleaseVersion>,
    /// The step that must be enough; none if any step may be.
    pub(crate) step: Option<VersionStep>,
}

/// The changes since a release.
#[derive(Debug)]
pub(crate) struct ContractDiff {
    /// The release that is compared with; none if there is nothing to compare with.
    pub(crate) release: Option<ComparedRelease>,
    /// The changes, each with what it needs and the entries that accept it.
    pub(crate) changes: Vec<FoundChange>,
    /// What all changes need together; none if there is nothing to compare with.
    pub(crate) needs: Option<Needs>,
    /// The smallest versions that would do, one for each step that is large enough.
    pub(crate) sufficient: Vec<ReleaseVersion>,
    /// The images that were compared with the contract.
    pub(crate) images: Vec<ComparedImage>,
    /// The differences between the contract and the images.
    pub(crate) differences: Vec<Finding>,
    /// What could not be compared, and why.
    pub(crate) notes: Vec<String>,
    /// Why the command fails; none if it succeeds.
    pub(crate) failure: Option<CliError>,
}

/// A change since a release.
#[derive(Debug)]
pub(crate) struct FoundChange {
    /// The change.
    pub(crate) change: ContractChange,
    /// What it needs after that release.
    pub(crate) needs: Needs,
    /// The entries of taskflow.toml that accept it, each for one version.
    pub(crate) accepted: Vec<AcceptedChange>,
}

/// An image that was compared with the contract.
#[derive(Debug)]
pub(crate) struct ComparedImage {
    /// The component.
    pub(crate) component: String,
    /// The reference.
    pub(crate) reference: String,
    /// The ID.
    pub(crate) id: String,
}

/// Compares the present contracts with those of a release.
///
/// # Errors
///
/// `ErrorKind::Usage` if there is no release with the version of `from`; `ErrorKind::Config` if the history was cut off,
/// or taskflow.toml of the release cannot be read; `ErrorKind::Interrupted` after a signal.
pub(crate) fn contract_diff(
    project: &Project,
    events: &dyn Events,
    options: DiffOptions,
) -> Result<ContractDiff, CliError> {
    let config = &project.config;
    let state = tag::state(project)?;
    let mut notes = Vec::new();
    let release = release::compared(&state, options.from, &mut notes)?;
    if state.shallow {
        events.warning(&shallow_note(&state));
    }
    let comparison = match &release {
        Some(release) => since_release(project, release, config)?,
        None => None,
    };
    if let (Some(release), None) = (&release, &comparison) {
        notes.push(format!("release `{}` has no {}, so nothing is compared with it", release.tag, config.file));
    }
    let earlier = release.as_ref().zip(comparison.as_ref().map(|comparison| &comparison.before));
    let previous = earlier.map(|(release, _)| release.version);
    let found = match tag::tag_of(project, &state, TagRequest::default()) {
        Ok(decision) => compared_images(project, &decision.tag, earlier, &mut notes)?,
        Err(problem) => {
            notes.push(format!("the images are not compared: {}", problem.message));
            ComparedImages::default()
        }
    };
    let mut changes = comparison.map(|comparison| comparison.changes).unwrap_or_default();
    changes.extend(found.changes);
    let mut problems: Vec<Problem> = found.differences.iter().map(Finding::problem).collect();
    if let Some(step) = options.step {
        problems.extend(judge_for(previous, step, &changes, config).refusals);
    }
    for note in &notes {
        events.note(note);
    }
    for warning in changes.iter().filter_map(warning) {
        events.warning(&warning);
    }
    let needs = required(&changes, config.release.required_variable);
    let step = previous.and_then(|previous| step_after(previous, needs));
    Ok(ContractDiff {
        changes: changes.into_iter().map(|change| found_change(change, previous, config)).collect(),
        needs: previous.map(|_| step.map_or(Needs::Refused, Needs::Step)),
        sufficient: previous.zip(step).map_or_else(Vec::new, |(previous, step)| sufficient(previous, step)),
        release,
        images: found.images,
        differences: found.differences,
        notes,
        failure: (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems)),
    })
}

/// Judges a version that is to be released: by the declared contracts, and with the project of its exported commit also
/// by the images of that.
///
/// # Errors
///
/// As [`contract_diff`].
pub(crate) fn judge_release(
    project: &Project,
    exported: Option<(&Project, &Tag)>,
    version: ReleaseVersion,
) -> Result<StepJudgement, CliError> {
    let config = exported.map_or(&project.config, |(exported, _)| &exported.config);
    let mut notes = Vec::new();
    let release = release::compared(&tag::state(project)?, None, &mut notes)?;
    let comparison = match &release {
        Some(release) => since_release(project, release, config)?,
        None => None,
    };
    let earlier = release.as_ref().zip(comparison.as_ref().map(|comparison| &comparison.before));
    let found = match exported {
        Some((exported, tag)) => compared_images(exported, tag, earlier, &mut notes)?.changes,
        None => Vec::new(),
    };
    let mut changes = comparison.map(|comparison| comparison.changes).unwrap_or_default();
    changes.extend(found);
    let settings = &config.release;
    let previous = release.as_ref().map(|release| release.version);
    let mut judgement = judge_step(previous, version, &changes, &settings.accepted, settings.required_variable);
    judgement.notes.extend(notes);
    Ok(judgement)
}

/// taskflow.toml of a release, and the changes since then.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The file of the release.
    pub(crate) before: Config,
    /// The changes from its contracts to the present ones.
    pub(crate) changes: Vec<ContractChange>,
}

/// Compares contracts with those of a release, whose file is read from the tree of its commit; none if the release has
/// no taskflow.toml.
///
/// # Errors
///
/// `ErrorKind::Config` if the file cannot be read by this version of xtask; `ErrorKind::Environment` without git.
pub(crate) fn since_release(
    project: &Project,
    release: &ComparedRelease,
    present: &Config,
) -> Result<Option<Comparison>, CliError> {
    let before = release::contracts(project, release)?;
    Ok(before.map(|before| Comparison { changes: compare(&before.components, &present.components), before }))
}

/// Judges the version that a step gives. Without a release, there is no step to judge, but refused changes count.
fn judge_for(
    previous: Option<ReleaseVersion>,
    step: VersionStep,
    changes: &[ContractChange],
    config: &Config,
) -> StepJudgement {
    let settings = &config.release;
    let (asked, accepted) = match previous {
        Some(previous) => (previous.next(step), settings.accepted.as_slice()),
        None => (ReleaseVersion::FIRST, &[][..]),
    };
    judge_step(previous, asked, changes, accepted, settings.required_variable)
}

fn found_change(change: ContractChange, previous: Option<ReleaseVersion>, config: &Config) -> FoundChange {
    let needs = change.needs(config.release.required_variable);
    let needs = previous.map_or(needs, |previous| step_after(previous, needs).map_or(Needs::Refused, Needs::Step));
    let fingerprint = change.fingerprint();
    let entries = config.release.accepted.iter().filter(|entry| entry.finding == fingerprint);
    FoundChange { needs, accepted: entries.cloned().collect(), change }
}
