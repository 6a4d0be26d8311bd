//! Why the state of a repository cannot be read.

use std::path::{Path, PathBuf};

use process::RunError;
use shown::shown_path;

/// Why the state could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository.
    #[error("`{}` is not inside a git repository", shown_path(.0))]
    NoRepository(PathBuf),
    /// `GIT_DIR` names no repository.
    #[error("`GIT_DIR` is set to `{}`, which is not a git repository", shown_path(.0))]
    NoSuchGitDir(PathBuf),
    /// The repository has no working tree.
    #[error("the git repository at `{}` has no working tree", shown_path(.0))]
    Bare(PathBuf),
    /// taskflow.toml lies outside the working tree that git speaks of.
    #[error(
        "`{root}` is outside the working tree that git was told to use: `{work_tree}`",
        root = shown_path(.root), work_tree = shown_path(.work_tree)
    )]
    OtherWorkTree {
        /// The folder of taskflow.toml.
        root: PathBuf,
        /// Where `GIT_DIR` or `GIT_WORK_TREE` leads.
        work_tree: PathBuf,
    },
    /// The repository belongs to another user, which git refuses, too.
    #[error("the git repository at `{}` belongs to another user", shown_path(.0))]
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
    #[error("cannot read the git repository at `{path}`: {message}", path = shown_path(.path))]
    Unreadable {
        /// The folder we looked in.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The git program is not there, or was ended.
    #[error(transparent)]
    Program(RunError),
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
        "libgit2 cannot read the git repository at `{path}` ({library}), and the git program cannot either: {program}",
        path = shown_path(.path)
    )]
    Unsupported {
        /// The folder we looked in.
        path: PathBuf,
        /// libgit2's words.
        library: String,
        /// The program's words.
        program: String,
    },
}

impl GitError {
    /// The error of a git program that gave no answer in a folder.
    pub(super) fn of_run(folder: &Path, error: RunError) -> Self {
        match error {
            RunError::Interrupted(_) | RunError::NotFound(_) => Self::Program(error),
            other => Self::Unreadable { path: folder.to_path_buf(), message: other.to_string() },
        }
    }
}
