//! git: read through libgit2 where it is known to read as git does, and through the git program everywhere else.
//!
//! Reads only; no network. `domain::git_doubt` says where libgit2 is known to be right. Both readers answer with the
//! same values, and tests compare them.

mod doubts;
mod libgit;
mod program;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::domain::labels::public_url;
use crate::domain::repository_state::{Head, Operation, RepositoryState};
use crate::domain::version::ReleaseVersion;
use libgit::Library;
use process::{RunError, Runner};
use program::Program;
use shown::shown_path;

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
    /// The repository belongs to another user, which git refuses, too.
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
    /// There is no git program.
    #[error("{0}")]
    NoProgram(String),
    /// An ignore file that libgit2 must not read, without a git program.
    #[error("only git can read line {line} of the ignore file `{path}`, and {program}", path = shown_path(.path))]
    IgnoreFile {
        /// The ignore file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why there is no program.
        program: String,
    },
    /// Neither reader could read it.
    #[error(
        "libgit2 cannot read the git repository at `{path}` ({library}), and the git program cannot either: {program}"
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

/// The keys of git's configuration that are read: which remotes there are, whether their tags are fetched, and where
/// references stand.
const SETTINGS: &str = r"^(remote\..*\.(url|tagopt)|extensions\.refstorage)$";

/// Reads the state of the repository around a folder, which is the one that the runner was made for.
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
        error @ (GitError::Interrupted(_) | GitError::NoProgram(_) | GitError::IgnoreFile { .. }) => Err(error),
        error => program.state(release_of).map_err(|words| unread(error, words)),
    })
}

/// Reads the state through the git program alone; for the comparison of both readers.
///
/// # Errors
///
/// As those of `state`.
pub fn state_by_program(
    runner: &Runner,
    folder: &Path,
    release_of: ReleaseOf<'_>,
) -> Result<RepositoryState, GitError> {
    Program { runner, folder }.state(release_of)
}

/// Reads an opened repository; what libgit2 is not known to read as git does comes from the program.
fn read(library: &Library<'_>, program: &Program<'_>, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let Some(doubt) = library.doubt()? else { return library.state(release_of, None) };
    let answer = if doubt.concerns_history() {
        program.state(release_of)
    } else {
        program.changed_paths().and_then(|paths| library.state(release_of, Some(paths)))
    };
    match answer {
        // Without the program libgit2's answer is the best there is; what is uncertain is said.
        Err(GitError::NoProgram(program)) => {
            if let Some((path, line)) = library.fatal_ignore_file() {
                return Err(GitError::IgnoreFile { path, line, program });
            }
            let state = library.state(release_of, None)?;
            Ok(RepositoryState { uncertain: doubt.uncertainty(), ..state })
        }
        other => other,
    }
}

/// The error where neither reader could open the repository. libgit2 says more about the kinds that it knows.
fn unopened(library: GitError, program: GitError) -> GitError {
    match (library, program) {
        (_, interrupted @ GitError::Interrupted(_)) => interrupted,
        (
            GitError::Unreadable { path, message: library },
            GitError::Unreadable { message: program, .. } | GitError::NoProgram(program),
        ) => GitError::Unsupported { path, library, program },
        (GitError::Unreadable { .. }, program) => program,
        (library, _) => library,
    }
}

/// The error where both readers opened the repository, or libgit2 alone did, and failed then: git has the last word.
fn unread(library: GitError, program: GitError) -> GitError {
    match (library, program) {
        (library, program @ GitError::NoProgram(_)) => unopened(library, program),
        (library @ GitError::Broken { .. }, GitError::Broken { .. }) => library,
        (_, program) => program,
    }
}

/// What HEAD names: a branch only below `refs/heads/`, or else its name could be another branch's.
fn head_of(target: &[u8]) -> Head {
    target.strip_prefix(b"refs/heads/").map_or(Head::Detached, |name| Head::Branch(name.to_vec()))
}

/// The operation that git has not finished, from the files that it keeps for each. `references` are those of them that
/// git keeps elsewhere.
fn operation(git_dir: &Path, references: &[&str]) -> Option<Operation> {
    let has = |name: &str| git_dir.join(name).exists() || references.contains(&name);
    [
        ("MERGE_HEAD", Operation::Merge),
        ("rebase-merge", Operation::Rebase),
        ("rebase-apply/rebasing", Operation::Rebase),
        ("rebase-apply", Operation::Am),
        ("REVERT_HEAD", Operation::Revert),
        ("CHERRY_PICK_HEAD", Operation::CherryPick),
        ("BISECT_LOG", Operation::Bisect),
    ]
    .into_iter()
    .find_map(|(name, operation)| has(name).then_some(operation))
}

/// Whether a submodule was never checked out: then its folder has no `.git`.
fn is_missing(top: &Path, submodule: &[u8]) -> bool {
    top.join(OsStr::from_bytes(submodule)).join(".git").symlink_metadata().is_err()
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
        RunError::NotFound(_) => GitError::NoProgram(error.to_string()),
        other => GitError::Unreadable { path: folder.to_path_buf(), message: other.to_string() },
    }
}
