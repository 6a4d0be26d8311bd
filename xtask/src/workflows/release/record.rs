//! What a release leaves: the record with the digests, the changelog section, and the SBOMs.

use super::commit::committed;
use super::finished::of_version;
use super::session::{Ended, Session};
use crate::domain::problem::Problem;
use crate::domain::release::digests::Digests;
use crate::domain::release::journal::JournalImage;
use crate::domain::release::record::{RecordedStep, ReleaseRecord, ReleasedComponent, SCHEMA, sbom_file};
use crate::domain::release::sbom::{SbomImage, SbomSources, is_wanted, sbom};
use crate::domain::release::step::{Step, StepState};
use crate::effects::docker::{self, EngineError};
use crate::effects::release::folder::{ReleaseFiles, ReleaseFolder, ReleaseFolderError};
use crate::effects::verify::layers;
use crate::error::{CliError, ErrorKind};

/// Writes the SBOMs, before anything gets its name: a release without them is not complete.
pub(super) fn write_sboms(session: &Session<'_>) -> Result<(), CliError> {
    let runner = &session.project.runner;
    let commit = session.journal.commit.clone().unwrap_or_default();
    let seconds = session.git.time_of(&commit)?;
    let mut sboms = Vec::new();
    for image in &session.journal.images {
        let id = image.id.clone().unwrap_or_default();
        let details = docker::image_details(runner, &id)?.ok_or_else(|| {
            let problem = Problem::new(format!("the engine has lost the image of component `{}`", image.component))
                .note(format!("its ID was {id}"))
                .hint(format!("build it anew with `cargo xtask release {}`", session.journal.version));
            CliError::new(ErrorKind::Environment, problem)
        })?;
        let component =
            session.project.config.components.iter().find(|component| component.name.as_str() == image.component);
        let path = component.map(|component| format!("{}/package-lock.json", component.context)).unwrap_or_default();
        let lock = committed(session.project, &commit, &path)?;
        let layers = layers::contents(runner, &id, &details.layers, &is_wanted).map_err(EngineError::from)?;
        let digest = image.digest.as_deref().unwrap_or(&id);
        let digest = digest.parse().map_err(|error| CliError::internal(&format!("`{digest}`: {error}")))?;
        let pushed_to = session.journal.registry.as_ref().map(|registry| format!("{registry}/{}", image.repository));
        let described = SbomImage {
            repository: &image.repository,
            version: &session.journal.version,
            digest: &digest,
            pushed_to: pushed_to.as_deref(),
        };
        let sources = SbomSources { lock: lock.as_deref().map(|bytes| (path.as_str(), bytes)), layers: &layers };
        let text = sbom(&described, &sources, seconds).map_err(|problem| CliError::new(ErrorKind::Config, problem))?;
        sboms.push((image.component.clone(), text));
    }
    Ok(ReleaseFolder::of(&session.project.home, session.version).write_sboms(&sboms)?)
}

/// Writes the record, and removes the names of the candidates.
pub(super) fn write(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let folder = ReleaseFolder::of(&session.project.home, session.version);
    let mut digests = Digests::default();
    let mut components = Vec::new();
    for image in &session.journal.images {
        let id = image.id.clone().unwrap_or_default();
        let reference = image.reference(&session.journal.version);
        let (name, digest) = match (&session.journal.registry, &image.digest) {
            (Some(registry), Some(digest)) => (image.pushed_reference(registry, &session.journal.version), digest),
            _ => (reference.clone(), &id),
        };
        if !digests.add(&name, digest) {
            return Err(CliError::internal(&format!("`{digest}` is no digest of `{name}`")));
        }
        components.push(ReleasedComponent {
            component: image.component.clone(),
            sbom: sbom_file(&image.component),
            digest: image.digest.clone(),
            size_bytes: image.size_bytes.unwrap_or_default(),
            reference,
            id,
        });
    }
    let record = ReleaseRecord {
        schema: SCHEMA,
        version: session.journal.version.clone(),
        previous: session.journal.previous.clone(),
        commit: session.journal.commit.clone().unwrap_or_default(),
        tag: session.journal.git_tag.clone(),
        branch: session.journal.branch.clone(),
        components,
        contract: session.journal.contract.clone(),
        accepted: session.journal.accepted.clone(),
        findings: session.journal.findings.clone(),
        steps: steps(session),
    };
    let files = ReleaseFiles { record: &record, digests: &digests, section: &session.journal.section };
    folder.write(&files)?;
    remove_candidates(session)?;
    session.record = Some(of_version(session.version));
    Ok(Ended::Done)
}

/// Returns the steps that have ended; the last one is writing this.
fn steps(session: &Session<'_>) -> Vec<RecordedStep> {
    let ended = session.journal.steps().iter().filter(|entry| entry.state != StepState::Begun);
    let step = |name: Step, state: &str, milliseconds: u64| RecordedStep {
        name: name.name().to_owned(),
        state: state.to_owned(),
        seconds: std::time::Duration::from_millis(milliseconds).as_secs_f64(),
    };
    ended
        .map(|entry| {
            step(entry.step, if entry.state == StepState::Skipped { "skipped" } else { "done" }, entry.milliseconds)
        })
        .collect()
}

/// Removes the names that meant nothing, so that the release leaves only its own. Those on nodes stay: a runtime
/// removes the image with all its names.
fn remove_candidates(session: &Session<'_>) -> Result<(), CliError> {
    let runner = &session.project.runner;
    for name in session.journal.candidate_names() {
        docker::untag(runner, &name)?;
    }
    // A process that was killed while it pushed this name has left it here.
    let journal = &session.journal;
    let Some(registry) = &journal.registry else { return Ok(()) };
    let pushed = |image: &JournalImage| image.pushed_reference(registry, &journal.version);
    let found = docker::images(runner, &journal.images.iter().map(pushed).collect::<Vec<_>>())?;
    for image in &journal.images {
        let name = pushed(image);
        // With attestations, it is the digest of the index.
        if found.get(&name).is_some_and(|found| [&image.id, &image.digest].contains(&&Some(found.id.clone()))) {
            docker::untag(runner, &name)?;
        }
    }
    Ok(())
}

/// The error of a record that cannot be written.
impl From<ReleaseFolderError> for CliError {
    fn from(error: ReleaseFolderError) -> Self {
        let problem = Problem::new(error.to_string()).hint("make the folder writable, or free space on its disk");
        Self::new(ErrorKind::Environment, problem)
    }
}
