//! Reads a file of a commit, without a checkout.

use std::path::Path;

use super::git_error::GitError;
use super::program::Program;
use crate::domain::git_answers::{TreeEntry, tree_entries};
use process::Runner;

/// A path in the tree of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommittedFile {
    /// A regular file with this content.
    Content(Vec<u8>),
    /// Something that is no regular file: a folder, a link, or a submodule.
    Other(&'static str),
    /// Nothing.
    Missing,
}

/// Reads a file of a commit with the git program. `folder`, which must be the runner's root, is a folder of the working
/// tree; `file` is relative to it.
///
/// # Errors
///
/// There is no git program, or it cannot read the commit.
pub fn committed_file(runner: &Runner, folder: &Path, commit: &str, file: &str) -> Result<CommittedFile, GitError> {
    let program = Program { runner, folder };
    let pattern = format!(":(literal){file}");
    let listed = program.expect_answer(&["ls-tree", "-z", commit, "--", &pattern])?;
    let Some(TreeEntry { mode, object, .. }) = tree_entries(&listed).next() else { return Ok(CommittedFile::Missing) };
    match mode {
        "100644" | "100755" => program.expect_answer(&["cat-file", "blob", object]).map(CommittedFile::Content),
        "120000" => Ok(CommittedFile::Other("a symbolic link")),
        _ => Ok(CommittedFile::Other("a folder or a submodule")),
    }
}
