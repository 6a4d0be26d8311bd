//! Moves references here and on a remote.

use std::fs;
use std::path::Path;

use super::{GitWriter, REMOTE, WriteError, words};
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
