//! The release commit and its tag, as objects that no reference points to.

use super::session::{Ended, Session};
use crate::context::Project;
use crate::domain::problem::{Place, Problem};
use crate::domain::release::changelog::{AcceptedLine, ChangelogInput, ContractLine, with_section};
use crate::domain::release::commits::ReleasedCommit;
use crate::domain::release::step::Step;
use crate::domain::release::version_files::set_version;
use crate::domain::version::ReleaseVersion;
use crate::effects::git::write::{Change, Draft};
use crate::effects::git::{self, CommittedFile};
use crate::error::{CliError, ErrorKind};

/// The files that a release changes.
pub(super) struct ReleaseFiles {
    /// The changed files, relative to taskflow.toml, with their content.
    pub(super) changes: Vec<Change>,
    /// The section of the changelog.
    pub(super) section: String,
    /// How many commits since the release before touch the components.
    pub(super) commits: usize,
}

/// What the changelog says about the contract.
#[derive(Clone, Copy)]
pub(super) struct ContractLines<'a> {
    pub(super) changes: &'a [ContractLine],
    pub(super) accepted: &'a [AcceptedLine],
}

/// Computes the files of the release commit from those of the commit before it.
pub(super) fn release_files(
    project: &Project,
    version: ReleaseVersion,
    (since, before): (Option<&str>, &str),
    seconds: i64,
    contract: ContractLines<'_>,
) -> Result<ReleaseFiles, CliError> {
    let settings = &project.config.release;
    let mut changes: Vec<Change> = Vec::new();
    let mut problems = Vec::new();
    let own = project.config.file_from_root().to_owned();
    for path in std::iter::once(&own).chain(&settings.version_files) {
        let Some(bytes) = committed(project, before, path)? else {
            problems.push(not_committed(path));
            continue;
        };
        match set_version(path, &bytes, version) {
            Ok(edit) if edit.changed => changes.push((path.into(), edit.bytes)),
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    let paths: Vec<&str> = project.config.components.iter().map(|component| component.context.as_str()).collect();
    let commits: Vec<ReleasedCommit> = git::commits_since(&project.runner, &project.root, since, &paths)?;
    let existing = committed(project, before, &settings.changelog)?;
    let changelog = with_section(&ChangelogInput {
        file: &settings.changelog,
        existing: existing.as_deref(),
        version,
        seconds,
        commits: &commits,
        contract: contract.changes,
        accepted: contract.accepted,
    });
    match changelog {
        Ok(changelog) if problems.is_empty() => {
            if existing.as_ref() != Some(&changelog.bytes) {
                changes.push((settings.changelog.clone().into(), changelog.bytes));
            }
            Ok(ReleaseFiles { changes, section: changelog.section, commits: commits.len() })
        }
        other => {
            problems.extend(other.err());
            Err(CliError::all(ErrorKind::Config, problems))
        }
    }
}

/// Returns the content of a file of a commit; none if it has no such file. The path begins at taskflow.toml.
///
/// # Errors
///
/// Git gives no answer.
pub(super) fn committed(project: &Project, commit: &str, path: &str) -> Result<Option<Vec<u8>>, CliError> {
    Ok(match git::committed_file(&project.runner, &project.root, commit, path)? {
        CommittedFile::Content(bytes) => Some(bytes),
        CommittedFile::Other(_) | CommittedFile::Missing => None,
    })
}

fn not_committed(path: &str) -> Problem {
    Problem::new(format!("`{path}` has no version to change: the commit has no such file"))
        .at(Place::file(path))
        .hint("commit it, or take it out of `version-files` under `[release]` in taskflow.toml")
}

/// Makes the commit and the tag. A branch whose files already have the version is released as it is.
pub(super) fn make(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let version = session.version;
    session.begin(Step::Commit, &format!("the release commit and tag `{}`", session.journal.git_tag));
    let made = session.journal.commit.clone().zip(session.journal.tag_object.clone());
    if let Some((commit, tag)) = made
        && session.git.has(&commit)?
        && session.git.has(&tag)?
    {
        return Ok(Ended::Done);
    }
    let before = session.journal.before.clone();
    let previous = session.journal.previous_commit.clone();
    let contract = ContractLines { changes: &session.journal.contract, accepted: &session.journal.accepted };
    let files =
        release_files(session.project, version, (previous.as_deref(), &before), session.journal.seconds, contract)?;
    let seconds = session.journal.seconds;
    let scratch = session.folder.scratch()?;
    let commit = if files.changes.is_empty() {
        before
    } else {
        let sign = session.git.setting("commit.gpgSign")?;
        let message = format!("Release {version}\n");
        let draft = Draft { message: &message, sign, seconds };
        session.git.commit(&before, &files.changes, draft, &scratch)?
    };
    let sign = session.git.setting("tag.gpgSign")?;
    let draft = Draft { message: &files.section, sign, seconds };
    let object = session.git.tag(&session.journal.git_tag, &commit, draft, &scratch)?;
    session.journal.section = files.section;
    (session.journal.commit, session.journal.tag_object) = (Some(commit), Some(object));
    session.save()?;
    Ok(Ended::Done)
}
