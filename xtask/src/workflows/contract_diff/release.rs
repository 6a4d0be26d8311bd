//! The release that is compared with, and its taskflow.toml.

use crate::context::Project;
use crate::domain::config::{self, Config};
use crate::domain::encoding;
use crate::domain::problem::{Place, Problem};
use crate::domain::repository_state::{ReleaseTag, RepositoryState};
use crate::domain::tagging::{conflict, cut_off};
use crate::domain::text::ticked_list;
use crate::domain::version::ReleaseVersion;
use crate::effects::git::{CommittedFile, committed_file};
use crate::error::{CliError, ErrorKind};
use shown::replaced;

/// A release in git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComparedRelease {
    /// Its version.
    pub(crate) version: ReleaseVersion,
    /// Its git tag.
    pub(crate) tag: String,
    /// The commit of the tag.
    pub(crate) commit: String,
}

/// Chooses the release: the given one, or the highest one in the history of HEAD; none before the first release.
pub(super) fn compared(
    state: &RepositoryState,
    from: Option<ReleaseVersion>,
    notes: &mut Vec<String>,
) -> Result<Option<ComparedRelease>, CliError> {
    let Some(version) = from.or(state.highest_release) else {
        if state.shallow {
            return Err(CliError::new(ErrorKind::Config, cut_off(state)));
        }
        notes.push(format!(
            "no release is in the history of HEAD, so nothing is compared: the first release can have any version, and \
             {} is usual",
            ReleaseVersion::FIRST
        ));
        return Ok(None);
    };
    conflict(&state.releases, version).map_err(|problem| CliError::new(ErrorKind::Config, problem))?;
    let Some(ReleaseTag { name, commit, .. }) = state.releases.iter().find(|release| release.version == version) else {
        return Err(CliError::new(ErrorKind::Usage, no_release(state, version)));
    };
    Ok(Some(ComparedRelease { version, tag: name.clone(), commit: commit.clone() }))
}

/// The problem of a version that was not released.
fn no_release(state: &RepositoryState, version: ReleaseVersion) -> Problem {
    let problem = Problem::new(format!("there is no release `{version}`: git has no tag for it"));
    let mut versions: Vec<ReleaseVersion> = state.releases.iter().map(|release| release.version).collect();
    versions.sort_unstable();
    versions.dedup();
    // The nearest one is the release before, or the first one.
    let Some(near) = versions.iter().rfind(|known| **known < version).or_else(|| versions.first()).copied() else {
        return problem.note("git has no release tag at all");
    };
    versions.reverse();
    let names: Vec<String> = versions.iter().map(ToString::to_string).collect();
    problem.note(format!("the releases are {}", ticked_list(&names))).hint(format!("did you mean `{near}`?"))
}

/// Reads taskflow.toml in the tree of a release; none if there is none.
pub(super) fn contracts(project: &Project, release: &ComparedRelease) -> Result<Option<Config>, CliError> {
    let file = project.config.file_from_root();
    // As git writes it, in `git show v1.0.0:taskflow.toml`.
    let shown = format!("{}:{file}", release.tag);
    let unreadable = |problem: Problem| {
        let problem = problem.at(Place::file(&shown));
        CliError::new(ErrorKind::Config, problem.hint("compare with a later release: `--from X.Y.Z`"))
    };
    let text = match committed_file(&project.runner, &project.root, &release.commit, file)? {
        CommittedFile::Content(text) => text,
        CommittedFile::Missing => return Ok(None),
        CommittedFile::Other(what) => {
            return Err(unreadable(Problem::new(format!("{file} of release `{}` is {what}", release.tag))));
        }
    };
    if encoding::foreign(&text).is_some() {
        return Err(unreadable(Problem::new(format!("{file} of release `{}` is not in UTF-8", release.tag))));
    }
    config::parse(&shown, &replaced(&text)).map(Some).map_err(|mut problems| {
        let about =
            format!("this xtask cannot read {file} of release `{}`, so it cannot be compared with", release.tag);
        for problem in &mut problems {
            problem.notes.push(about.clone());
            // The remedies are for a file that can be edited.
            problem.hints = vec!["compare with a later release: `--from X.Y.Z`".to_owned()];
        }
        CliError::all(ErrorKind::Config, problems)
    })
}
