//! Reads the history of paths with the git program.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use process::Runner;

use super::git_error::GitError;
use super::program::reason;
use crate::domain::git_argv;
use crate::domain::release::commits::{ReleasedCommit, released_commits};
use crate::effects::environment;

/// Time limit of the call: git reads the whole history if there is no base.
const LIMIT: Duration = Duration::from_mins(5);

/// Returns the commits between a commit (the first one, without a base) and HEAD that touch one of these paths, the
/// newest first. Merges are left out. The paths are relative to the folder, which must be the runner's root.
///
/// # Errors
///
/// The git program is missing, or cannot read the history.
pub fn commits_since<A: AsRef<OsStr>>(
    runner: &Runner,
    folder: &Path,
    base: Option<&str>,
    paths: &[A],
) -> Result<Vec<ReleasedCommit>, GitError> {
    // Without a path, git would list all commits.
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let call = git_argv::commits(base, paths, &environment::git_location());
    let answer = runner.capture(&call, LIMIT).map_err(|error| GitError::of_run(folder, error))?;
    if answer.code != Some(0) {
        return Err(GitError::Unreadable { path: folder.to_path_buf(), message: reason(&answer) });
    }
    Ok(released_commits(&answer.stdout_bytes))
}
