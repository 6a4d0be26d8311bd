//! The state of git and the tag that follows from it.

use crate::context::Project;
use crate::domain::repository_state::RepositoryState;
use crate::domain::tagging::{TagDecision, TagRequest, ci_reference, decide, release_of_git_tag};
use crate::effects::{environment, git};
use crate::error::{CliError, ErrorKind};

/// Reads the state of git and decides the tag; what the environment says about the branch is added to the request.
pub(crate) fn state_and_tag(
    project: &Project,
    mut request: TagRequest,
) -> Result<(RepositoryState, TagDecision), CliError> {
    let prefix = &project.config.tags.tag_prefix;
    let release_of = |name: &str| release_of_git_tag(name, prefix);
    let state = git::state(&project.runner, &project.root, &release_of)?;
    if request.branch.is_none() {
        request.branch = environment::branch().map(|name| (name, "TASKFLOW_BRANCH"));
    }
    if let Some(commit) = &state.commit {
        request.ci = ci_reference(&environment::variable, &commit.id);
    }
    let tag =
        decide(&project.config.tags, &state, &request).map_err(|problem| CliError::new(ErrorKind::Config, problem))?;
    Ok((state, tag))
}
