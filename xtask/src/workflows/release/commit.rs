//! The release commit and its tag, as objects that no reference points to.

use super::session::{Ended, Session};
use crate::context::Project;
use crate::domain::problem::{Place, Problem};
use crate::domain::release::changelog::{AcceptedLine, ChangelogInput, ContractLine, with_section};
use crate::domain::release::commits::ReleasedCommit;
use crate::domain::release::preflight::SIGNING_TRIAL;
use crate::domain::release::step::Step;
use crate::domain::release::version_files::set_version;
use crate::domain::version::ReleaseVersion;
use crate::effects::fs;
use crate::effects::git::write::{Change, Draft, WriteError};
use crate::effects::git::{self, CommittedFile};
use crate::effects::tool::ToolError;
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
    if existing.is_none() && fs::is_there(&project.home.join(&settings.changelog)) {
        problems.push(in_the_way(&settings.changelog));
    }
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

/// The working tree is clean, so git ignores such a file.
fn in_the_way(path: &str) -> Problem {
    Problem::new(format!("`{path}` is not in the commit, and a file of this name is here, which git ignores"))
        .at(Place::file(path))
        .hint(format!("commit it with `git add --force {path}`, or name another file as `changelog` under `[release]`"))
}

fn not_committed(path: &str) -> Problem {
    Problem::new(format!("`{path}` has no version to change: the commit has no such file"))
        .at(Place::file(path))
        .hint("commit it, or take it out of `version-files` under `[release]` in taskflow.toml")
}

/// The error of a commit or a tag that was not made. The preflight has seen that the user can sign.
fn not_made(error: WriteError, sign: bool, what: &str) -> CliError {
    match error {
        WriteError::Tool(ToolError::Refused { words, .. }) if sign => {
            let problem = Problem::new(format!("git could not sign {what}")).cause(words);
            CliError::new(ErrorKind::Environment, problem.hint(format!("see why with {SIGNING_TRIAL}")))
        }
        other => other.into(),
    }
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
        let made = session.git.commit(&before, &files.changes, draft, &scratch);
        made.map_err(|error| not_made(error, sign, "the release commit"))?
    };
    let sign = session.git.setting("tag.gpgSign")?;
    let draft = Draft { message: &files.section, sign, seconds };
    let tag = session.journal.git_tag.clone();
    let made = session.git.tag(&tag, &commit, draft, &scratch);
    let object = made.map_err(|error| not_made(error, sign, &format!("git tag `{tag}`")))?;
    session.journal.section = files.section;
    (session.journal.commit, session.journal.tag_object) = (Some(commit), Some(object));
    session.save()?;
    Ok(Ended::Done)
}
