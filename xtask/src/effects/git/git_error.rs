//! The error of reading a repository's state.

use std::path::{Path, PathBuf};

use process::RunError;
use shown::shown_path;

/// Why the state of a repository cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder is not in a repository.
    #[error("`{}` is not inside a git repository", shown_path(.0))]
    NoRepository(PathBuf),
    /// `GIT_DIR` names no repository.
    #[error("`GIT_DIR` is set to `{}`, which is not a git repository", shown_path(.0))]
    NoSuchGitDir(PathBuf),
    /// The repository has no working tree.
    #[error("the git repository at `{}` has no working tree", shown_path(.0))]
    Bare(PathBuf),
    /// taskflow.toml is outside of the working tree that git was told to use.
    #[error(
        "`{root}` is outside the working tree that git was told to use: `{work_tree}`",
        root = shown_path(.root), work_tree = shown_path(.work_tree)
    )]
    OtherWorkTree {
        /// The folder of taskflow.toml.
        root: PathBuf,
        /// The working tree that `GIT_DIR` or `GIT_WORK_TREE` selects.
        work_tree: PathBuf,
    },
    /// The repository belongs to another user; git refuses such repositories, too.
    #[error("the git repository at `{}` belongs to another user", shown_path(.0))]
    Owner(PathBuf),
    /// A reference points to a missing object.
    #[error("{reference} of the git repository leads to something that is not there: {message}")]
    Broken {
        /// `HEAD`, or the name of the reference.
        reference: String,
        /// The message of the reader.
        message: String,
    },
    /// The repository cannot be read.
    #[error("cannot read the git repository at `{path}`: {message}", path = shown_path(.path))]
    Unreadable {
        /// The folder in which the reader was started.
        path: PathBuf,
        /// The message of the reader.
        message: String,
    },
    /// The git program is missing, or gave no answer.
    #[error(transparent)]
    Program(RunError),
    /// An ignore file would crash libgit2, and there is no git program.
    #[error("only git can read line {line} of the ignore file `{path}`, and {program}", path = shown_path(.path))]
    IgnoreFile {
        /// The path of the ignore file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why there is no git program.
        program: String,
    },
    /// Neither reader can read the repository.
    #[error(
        "libgit2 cannot read the git repository at `{path}` ({library}), and the git program cannot either: {program}",
        path = shown_path(.path)
    )]
    Unsupported {
        /// The folder in which the readers were started.
        path: PathBuf,
        /// The message of libgit2.
        library: String,
        /// The message of the git program.
        program: String,
    },
}

impl GitError {
    /// Makes the error of a git program that gave no answer in a folder.
    pub(super) fn of_run(folder: &Path, error: RunError) -> Self {
        match error {
            RunError::Interrupted(_) | RunError::NotFound(_) => Self::Program(error),
            other => Self::Unreadable { path: folder.to_path_buf(), message: other.to_string() },
        }
    }
}
