//! Reads git repositories: with libgit2 where it is known to read as git does, otherwise with the git program.
//!
//! It only reads, and never uses the network. `domain::git_doubt` decides where libgit2 is known to be right. Both
//! readers return the same values, and tests compare them.

mod committed;
mod conventions;
mod doubts;
mod git_error;
mod history;
mod libgit;
mod program;
pub mod write;

use std::path::Path;

use crate::domain::repository_state::RepositoryState;
use libgit::Library;
use process::{RunError, Runner};
use program::Program;

pub use committed::{CommittedFile, committed_file};
pub use conventions::ReleaseOf;
pub use git_error::GitError;
pub use history::commits_since;

/// Reads the state of the repository around a folder, which must be the runner's root.
///
/// # Errors
///
/// There is no repository with a working tree here, or neither libgit2 nor the git program can read it.
pub fn state(runner: &Runner, folder: &Path, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let program = Program { runner, folder };
    let library = match Library::open(folder) {
        Ok(library) => library,
        Err(error) => return program.state(release_of).map_err(|words| unopened(error, words)),
    };
    read(&library, &program, release_of).or_else(|error| match error {
        error @ (GitError::Program(_) | GitError::IgnoreFile { .. }) => Err(error),
        error => program.state(release_of).map_err(|words| unread(error, words)),
    })
}

/// Reads the state with the git program alone, for the comparison of both readers.
///
/// # Errors
///
/// The git program is missing, or cannot read a repository with a working tree here.
pub fn state_by_program(
    runner: &Runner,
    folder: &Path,
    release_of: ReleaseOf<'_>,
) -> Result<RepositoryState, GitError> {
    Program { runner, folder }.state(release_of)
}

/// Reads an opened repository. What libgit2 may read differently comes from the git program.
fn read(library: &Library<'_>, program: &Program<'_>, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let Some(doubt) = library.doubt()? else { return library.state(release_of, None) };
    let answer = if doubt.concerns_history() {
        program.state(release_of)
    } else {
        program.changed_paths().and_then(|paths| library.state(release_of, Some(paths)))
    };
    match answer {
        // Without the git program, libgit2's answer is the best available; its uncertainty is reported.
        Err(GitError::Program(missing @ RunError::NotFound(_))) => {
            if let Some((path, line)) = library.fatal_ignore_file() {
                let program = missing.to_string();
                return Err(GitError::IgnoreFile { path, line, program });
            }
            let state = library.state(release_of, None)?;
            Ok(RepositoryState { uncertain: doubt.uncertainty(), ..state })
        }
        other => other,
    }
}

/// Returns the error if neither reader could open the repository. libgit2's error is more specific for the kinds that
/// it knows.
fn unopened(library: GitError, program: GitError) -> GitError {
    match (library, program) {
        (_, interrupted @ GitError::Program(RunError::Interrupted(_))) => interrupted,
        (GitError::Unreadable { path, message: library }, GitError::Unreadable { message: program, .. }) => {
            GitError::Unsupported { path, library, program }
        }
        (GitError::Unreadable { path, message: library }, GitError::Program(missing)) => {
            GitError::Unsupported { path, library, program: missing.to_string() }
        }
        (GitError::Unreadable { .. }, program) => program,
        (library, _) => library,
    }
}

/// Returns the error if both readers, or libgit2 alone, opened the repository and then failed: that of git takes
/// precedence.
fn unread(library: GitError, program: GitError) -> GitError {
    match (library, program) {
        (library, program @ GitError::Program(RunError::NotFound(_))) => unopened(library, program),
        (library @ GitError::Broken { .. }, GitError::Broken { .. }) => library,
        (_, program) => program,
    }
}
