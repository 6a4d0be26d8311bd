//! Reads the state of git, and decides the tag.

use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::events::Events;
use crate::domain::image::ImageReference;
use crate::domain::problem::Problem;
use crate::domain::repository_state::RepositoryState;
use crate::domain::tagging::{TagDecision, TagRequest, ci_reference, decide, release_of_git_tag};
use crate::effects::{environment, git};
use crate::error::{CliError, ErrorKind};

/// The options of `tags`.
pub(crate) struct TagOptions {
    /// The components to show; all if empty.
    pub(crate) components: Vec<String>,
    /// The branch to decide for, in place of HEAD's.
    pub(crate) branch: Option<Vec<u8>>,
}

/// The tag, and the references that it gives.
pub(crate) struct TagReport {
    /// The tag, with the reason.
    pub(crate) decision: TagDecision,
    /// The changes of the working tree.
    pub(crate) changes: Vec<String>,
    /// The components, each with its image reference.
    pub(crate) components: Vec<(String, ImageReference)>,
}

/// Decides the tag of components.
///
/// # Errors
///
/// `ErrorKind::Usage` for an unknown component or an empty branch; `ErrorKind::Config` if the state of git gives no
/// tag.
pub(crate) fn tags(project: &Project, events: &dyn Events, options: TagOptions) -> Result<TagReport, CliError> {
    let components = project.select(&options.components)?;
    if options.branch.as_ref().is_some_and(Vec::is_empty) {
        return Err(CliError::new(ErrorKind::Usage, Problem::new("`--branch` needs the name of a branch")));
    }
    let branch = options.branch.map(|name| (name, "--branch"));
    let (state, decision) = state_and_tag(project, TagRequest { branch, ..TagRequest::default() })?;
    decision.notes.iter().for_each(|note| events.note(note));
    let reference = |component: &Component| (component.name.to_string(), component.reference(decision.tag.clone()));
    let components = components.into_iter().map(reference).collect();
    Ok(TagReport { decision, changes: state.changes, components })
}

/// Reads the state of git and decides the tag; adds the branch in the environment to the request. An exported commit
/// has its state and its tag already.
pub(crate) fn state_and_tag(
    project: &Project,
    request: TagRequest,
) -> Result<(RepositoryState, TagDecision), CliError> {
    let state = state(project)?;
    let tag = tag_of(project, &state, request).map_err(|problem| CliError::new(ErrorKind::Config, problem))?;
    Ok((state, tag))
}

/// Reads the state of git. That of an exported commit is known.
pub(crate) fn state(project: &Project) -> Result<RepositoryState, CliError> {
    if let Some((state, _)) = &project.exported {
        return Ok(state.clone());
    }
    let prefix = &project.config.tags.tag_prefix;
    let release_of = |name: &str| release_of_git_tag(name, prefix);
    Ok(git::state(&project.runner, &project.root, &release_of)?)
}

/// Decides the tag; adds the branch in the environment to the request.
pub(crate) fn tag_of(
    project: &Project,
    state: &RepositoryState,
    mut request: TagRequest,
) -> Result<TagDecision, Problem> {
    if let (Some((_, tag)), None) = (&project.exported, &request.given) {
        return Ok(tag.clone());
    }
    if request.branch.is_none() {
        request.branch = environment::branch().map(|name| (name, "TASKFLOW_BRANCH"));
    }
    if let Some(commit) = &state.commit {
        request.ci = ci_reference(&environment::variable, &commit.id);
    }
    decide(&project.config.tags, state, &request)
}
