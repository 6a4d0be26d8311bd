//! Looks at a release that was made before: whether all is as it was.

use std::path::{Path, PathBuf};

use super::options::{Mode, ReleaseEnd, ReleaseOptions, ReleaseReport};
use crate::context::Project;
use crate::domain::image::short_id;
use crate::domain::problem::Problem;
use crate::domain::release::record::ReleaseRecord;
use crate::domain::repository_state::RepositoryState;
use crate::domain::version::ReleaseVersion;
use crate::effects::docker;
use crate::effects::git::write::GitWriter;
use crate::effects::release::folder::ReleaseFolder;
use crate::error::{CliError, ErrorKind};

/// Returns the report on a release that has a record here and a git tag; none if there is no such release.
///
/// # Errors
///
/// Git or the engine gives no answer.
pub(super) fn look(
    project: &Project,
    git: &GitWriter<'_>,
    state: &RepositoryState,
    options: &ReleaseOptions,
) -> Result<Option<ReleaseReport>, CliError> {
    if matches!(options.mode, Mode::Abort) {
        return Ok(None);
    }
    let version = options.version;
    let folder = ReleaseFolder::of(&project.home, version);
    let Some(record) = folder.record() else { return Ok(None) };
    if !state.releases.iter().any(|release| release.version == version) {
        // The release was removed by hand; a new one takes the place of its record.
        return Ok(None);
    }
    let differences = differences(project, git, &record)?;
    let mut report = ReleaseReport::nothing_done(version, Vec::new());
    report.folder = Some(of_version(version));
    if differences.is_empty() {
        report.end = ReleaseEnd::AlreadyReleased;
    } else {
        let commit = short_id(&record.commit);
        let problem = Problem::new(format!("{version} was released at {commit}, and something has changed since"));
        let problem = differences.into_iter().fold(problem, Problem::note);
        let problem = problem.hint("release a higher version; a version that others may have is never released again");
        report.failure = Some(CliError::new(ErrorKind::Preflight, problem));
    }
    Ok(Some(report))
}

/// Returns the folder with the record of a version, from taskflow.toml.
pub(super) fn of_version(version: ReleaseVersion) -> PathBuf {
    ReleaseFolder::of(Path::new(""), version).path().to_path_buf()
}

/// Compares a release with its record.
fn differences(project: &Project, git: &GitWriter<'_>, record: &ReleaseRecord) -> Result<Vec<String>, CliError> {
    let mut differences = Vec::new();
    let commit = git.reference(&format!("refs/tags/{}^{{commit}}", record.tag))?;
    if commit.as_ref() != Some(&record.commit) {
        let (was, is) = (short_id(&record.commit), commit.as_deref().map_or("no commit", short_id));
        differences.push(format!("tag `{}` was at commit {was}, and is at {is}", record.tag));
    }
    let names: Vec<String> = record.components.iter().map(|component| component.reference.clone()).collect();
    let found = docker::images(&project.runner, &names)?;
    for component in &record.components {
        let is = found.get(&component.reference).map(|image| short_id(&image.id));
        if is != Some(short_id(&component.id)) {
            let (name, was, is) = (&component.reference, short_id(&component.id), is.unwrap_or("missing"));
            differences.push(format!("`{name}` was image {was}, and is {is}"));
        }
    }
    Ok(differences)
}
