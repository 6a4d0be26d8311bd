//! git: read through libgit2, and through the git program where libgit2 cannot open what git can.
//!
//! Reads only; no network. Both readers answer with the same values, and tests compare them.

mod libgit;
mod program;

use std::path::{Path, PathBuf};

use super::process::{RunError, Runner};
use crate::domain::labels::public_url;
use crate::domain::repository_state::{Head, RepositoryState};
use crate::domain::version::ReleaseVersion;

/// Tells which git tags are release tags.
pub type ReleaseOf<'a> = &'a dyn Fn(&str) -> Option<ReleaseVersion>;

/// Why the state could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository.
    #[error("`{0}` is not inside a git repository")]
    NoRepository(PathBuf),
    /// `GIT_DIR` names no repository.
    #[error("`GIT_DIR` is set to `{0}`, which is not a git repository")]
    NoSuchGitDir(String),
    /// The repository has no working tree.
    #[error("the git repository at `{0}` has no working tree")]
    Bare(PathBuf),
    /// taskflow.toml lies outside the working tree that git speaks of.
    #[error("`{root}` is outside the working tree that git was told to use: `{work_tree}`")]
    OtherWorkTree {
        /// The folder of taskflow.toml.
        root: PathBuf,
        /// Where `GIT_DIR` or `GIT_WORK_TREE` leads.
        work_tree: PathBuf,
    },
    /// The repository belongs to somebody else, which git refuses, too.
    #[error("the git repository at `{0}` belongs to another user")]
    Owner(PathBuf),
    /// A reference leads nowhere.
    #[error("{reference} of the git repository leads to something that is not there: {message}")]
    Broken {
        /// `HEAD` or a reference's name.
        reference: String,
        /// The reader's own words.
        message: String,
    },
    /// The reader's own words.
    #[error("cannot read the git repository at `{path}`: {message}")]
    Unreadable {
        /// The folder we looked in.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Neither reader could open it.
    #[error(
        "libgit2 cannot open the git repository at `{path}` ({library}), and the git program cannot either: {program}"
    )]
    Unsupported {
        /// The folder we looked in.
        path: PathBuf,
        /// libgit2's words.
        library: String,
        /// The program's words.
        program: String,
    },
    /// We were told to end.
    #[error("interrupted")]
    Interrupted(i32),
}

/// How many changed paths are named; more are only counted as "dirty".
const NAMED_CHANGES: usize = 100;

/// The keys of git's configuration that say which remotes there are and whether their tags are fetched.
const REMOTES: &str = r"^remote\..*\.(url|tagopt)$";

/// Reads the state of the repository around a folder.
pub fn state(runner: &Runner, folder: &Path, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    match libgit::state(folder, release_of) {
        Err(GitError::Unreadable { message, .. }) if libgit::is_unsupported(&message) => {
            program::state(runner, folder, release_of).map_err(|error| match error {
                GitError::Unreadable { path, message: program } => {
                    GitError::Unsupported { path, library: message, program }
                }
                other => other,
            })
        }
        // git reads more places than libgit2 for what the user trusts, so git has the last word.
        Err(GitError::Owner(path)) => match program::state(runner, folder, release_of) {
            Err(GitError::Unreadable { .. }) => Err(GitError::Owner(path)),
            answer => answer,
        },
        other => other,
    }
}

/// Reads the state through the git program alone; for the comparison of both readers.
pub fn state_by_program(
    runner: &Runner,
    folder: &Path,
    release_of: ReleaseOf<'_>,
) -> Result<RepositoryState, GitError> {
    program::state(runner, folder, release_of)
}

/// What HEAD names: a branch only below `refs/heads/`, or else its name could be another branch's.
fn head_of(target: &[u8]) -> Head {
    target.strip_prefix(b"refs/heads/").map_or(Head::Detached, |name| Head::Branch(name.to_vec()))
}

/// The public form of a remote's URL; a path on this machine says nothing elsewhere.
fn shown_origin(url: &[u8]) -> Option<String> {
    let url = std::str::from_utf8(url).ok()?;
    let scp_like = url.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    let remote = if url.contains("://") { !url.starts_with("file:") } else { scp_like };
    remote.then(|| public_url(url))
}

fn run_failed(folder: &Path, error: &RunError) -> GitError {
    match error {
        RunError::Interrupted(signal) => GitError::Interrupted(*signal),
        other => GitError::Unreadable { path: folder.to_path_buf(), message: other.to_string() },
    }
}
