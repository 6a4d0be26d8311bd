//! What several commands need of git: its state and the tag that follows from it.

use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::repository_state::RepositoryState;
use crate::domain::tagging::{TagDecision, TagRequest, ci_reference, decide, release_of_git_tag};
use crate::effects::git::GitError;
use crate::effects::{environment, git};
use crate::error::{CliError, ErrorKind};

/// Reads the state of git and decides the tag; what the environment says about the branch is added to the request.
pub(super) fn state_and_tag(
    project: &Project,
    mut request: TagRequest,
) -> Result<(RepositoryState, TagDecision), CliError> {
    let prefix = &project.config.tags.tag_prefix;
    let release_of = |name: &str| release_of_git_tag(name, prefix);
    let state = git::state(&project.runner, &project.root, &release_of).map_err(|error| git_error(&error))?;
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

fn git_error(error: &GitError) -> CliError {
    let problem = Problem::new(error.to_string());
    let problem = match error {
        GitError::Interrupted(signal) => return CliError::interrupted(*signal, "nothing was done"),
        GitError::NoRepository(_) => {
            problem.note("tags are made from the state of git").hint("run `git init` and make a first commit")
        }
        GitError::NoSuchGitDir(_) => problem.hint("unset `GIT_DIR`, or set it to the repository's git folder"),
        GitError::Bare(_) => problem.hint("run the command in a clone that has one"),
        GitError::OtherWorkTree { .. } => {
            problem.hint("unset `GIT_DIR` and `GIT_WORK_TREE`, or run the command in that working tree")
        }
        GitError::Owner(path) => problem
            .note("git refuses such repositories, too")
            .hint(format!("trust it with `git config --global --add safe.directory {}`", path.display())),
        GitError::Broken { .. } => problem.hint("look at it with `git fsck` and `git reflog`"),
        GitError::IgnoreFile { .. } => problem.hint("install git"),
        GitError::Unsupported { .. } | GitError::NoProgram(_) => problem.hint("install git, or a newer version of it"),
        GitError::Unreadable { .. } => problem.hint("look at it with `git status` and `git fsck`"),
    };
    CliError::new(ErrorKind::Config, problem)
}
