//! Moves references here and on a remote, and updates the working tree.

use std::fs;
use std::path::Path;

use super::{GitWriter, LOCAL, REMOTE, WriteError, words};
use crate::domain::release::git_argv;
use crate::effects::tool::ToolError;

impl GitWriter<'_> {
    /// Moves references, all or none.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer, or the scratch folder cannot be written.
    pub fn transaction(&self, input: &str, reason: &str, scratch: &Path) -> Result<(), WriteError> {
        let file = scratch.join("references");
        fs::write(&file, input)?;
        let call = self.call(&["update-ref", "-m", reason, "--create-reflog", "--stdin"]).reading(file);
        self.patient(&call).map(drop)
    }

    /// Updates index and working tree from one commit to another one. With `dry_run`, only checks that this is
    /// possible. Files that differ from `from` and would change are an error.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer.
    pub fn check_out(&self, from: &str, to: &str, dry_run: bool) -> Result<(), WriteError> {
        let args = ["read-tree", "-m", "-u", "--dry-run", from, to];
        let args: Vec<&str> = args.into_iter().filter(|arg| dry_run || *arg != "--dry-run").collect();
        // Git compares times of files first, which another file system or a copy may have changed.
        self.ask(&self.call(&["update-index", "-q", "--refresh"]), LOCAL)?;
        self.patient(&self.call(&args)).map(drop)
    }

    /// Pushes a branch and a tag, both or none.
    ///
    /// # Errors
    ///
    /// The remote or a hook refuses, or the remote gives no answer.
    pub fn push(
        &self,
        remote: &str,
        branch: &str,
        tag: &str,
        objects: (&str, &str),
        dry_run: bool,
    ) -> Result<(), WriteError> {
        let call = self.call(&git_argv::push(remote, branch, tag, objects, dry_run));
        let answer = self.ask(&call, REMOTE)?;
        if answer.success() { Ok(()) } else { Err(ToolError::refused(&call, words(&answer)).into()) }
    }
}
