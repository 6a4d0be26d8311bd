//! Gives the candidates their names, and moves branch and tag: the last step on this machine.

use super::record::write_sboms;
use super::session::{Ended, Session};
use crate::domain::problem::Problem;
use crate::domain::release::git_argv;
use crate::domain::release::step::Step;
use crate::effects::docker;
use crate::effects::git::write::WriteError;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// Tags the images, then moves branch and tag in one transaction, then updates index and working tree.
pub(super) fn publish(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let version = session.journal.version.clone();
    session.begin(Step::Publish, &format!("{version} as git tag `{}`", session.journal.git_tag));
    let (commit, object) = objects(session)?;
    let (branch, before) = (session.journal.branch.clone(), session.journal.before.clone());
    let scratch = session.folder.scratch()?;
    let is_moved = session.git.reference(&format!("refs/tags/{}", session.journal.git_tag))?.as_ref() == Some(&object);
    if session.journal.has_own_commit() && !is_moved {
        if !session.git.is_on_branch(&branch)? {
            return Err(switched(session));
        }
        session.git.check_out(&before, &commit, true).map_err(|error| edited(session, error))?;
    }
    write_sboms(session)?;
    tag_images(session, &version)?;
    if !is_moved {
        let tag = (session.journal.git_tag.as_str(), object.as_str());
        let input = git_argv::publish(&branch, (&before, &commit), tag);
        session.journal.moving = true;
        session.save()?;
        if let Err(error) = session.git.transaction(&input, &format!("release: {version}"), &scratch) {
            // Git has refused all of it.
            session.journal.moving = !matches!(error, WriteError::Tool(ToolError::Refused { .. }));
            return Err(not_moved(session, error));
        }
    }
    if session.journal.has_own_commit() {
        session.git.check_out(&before, &commit, false).map_err(|error| edited(session, error))?;
    }
    Ok(Ended::Done)
}

/// Returns the release commit and the tag object.
fn objects(session: &Session<'_>) -> Result<(String, String), CliError> {
    match (&session.journal.commit, &session.journal.tag_object) {
        (Some(commit), Some(object)) => Ok((commit.clone(), object.clone())),
        _ => Err(CliError::internal("the journal has no release commit")),
    }
}

/// Tags all images or none: what had the names before is in the journal first.
fn tag_images(session: &mut Session<'_>, version: &str) -> Result<(), CliError> {
    let runner = &session.project.runner;
    let names: Vec<String> = session.journal.images.iter().map(|image| image.reference(version)).collect();
    let found = docker::images(runner, &names)?;
    for (image, name) in session.journal.images.iter_mut().zip(&names) {
        // A run that was killed may have changed the name already.
        if !image.named {
            (image.named, image.replaced) = (true, found.get(name).map(|found| found.id.clone()));
        }
    }
    session.save()?;
    for (image, name) in session.journal.images.iter().zip(&names) {
        docker::tag(runner, image.id.as_deref().unwrap_or_default(), name)?;
        if let Some(text) = image.replacement(version) {
            session.events.note(&text);
        }
    }
    Ok(())
}

/// The error of another branch that was checked out while the release was being made.
fn switched(session: &Session<'_>) -> CliError {
    let branch = &session.journal.branch;
    let problem = Problem::new(format!("branch `{branch}` is no longer checked out here"))
        .hint(format!("go back to it with `git switch {branch}`, and release {} again", session.journal.version));
    CliError::new(ErrorKind::Refused, problem)
}

/// Gives names of the release that were removed since back to its images.
pub(super) fn keep_names(session: &Session<'_>) -> Result<(), CliError> {
    let runner = &session.project.runner;
    let names: Vec<String> =
        session.journal.images.iter().map(|image| image.reference(&session.journal.version)).collect();
    let found = docker::images(runner, &names)?;
    for (image, name) in session.journal.images.iter().zip(&names).filter(|(_, name)| !found.contains_key(*name)) {
        docker::tag(runner, image.id.as_deref().unwrap_or_default(), name)?;
    }
    Ok(())
}

/// The error of a file that was edited while the release was being made.
fn edited(session: &Session<'_>, error: WriteError) -> CliError {
    let WriteError::Tool(ToolError::Refused { words, .. }) = error else { return error.into() };
    let problem = Problem::new("the working tree was edited in files that the release changes")
        .cause(words)
        .hint(format!("commit or undo the edit, and release {} again", session.journal.version));
    CliError::new(ErrorKind::Refused, problem)
}

/// The error of references that were not moved.
fn not_moved(session: &Session<'_>, error: WriteError) -> CliError {
    let WriteError::Tool(ToolError::Refused { words, .. }) = error else { return error.into() };
    let (branch, tag) = (&session.journal.branch, &session.journal.git_tag);
    let problem = Problem::new(format!("git did not move branch `{branch}` and make tag `{tag}`"))
        .cause(words)
        .note("branch and tag move together or not at all")
        .hint(format!(
            "see with `git log --oneline -3 {branch}` who moved it, or which hook refuses, and release {} again",
            session.journal.version
        ));
    CliError::new(ErrorKind::Refused, problem)
}
