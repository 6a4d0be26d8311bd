//! Questions to git before a release writes.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use shown::shown_path;

use super::{GitWriter, LOCAL, REMOTE, WriteError, one_text, path_of, words};
use crate::domain::git_answers;
use crate::effects::tool::ToolError;

impl GitWriter<'_> {
    /// Returns the working tree: the name of its git directory, which is empty for the main one, and its path for
    /// messages.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn working_tree(&self) -> Result<(String, String), WriteError> {
        let paths = ["rev-parse", "--path-format=absolute", "--git-dir", "--show-toplevel"];
        let answer = self.answer(&paths)?;
        let mut paths = answer.splitn(2, |byte| *byte == b'\n').map(path_of);
        let (folder, top) = (paths.next().unwrap_or_default(), paths.next().unwrap_or_default());
        let is_linked = folder.parent().and_then(Path::file_name) == Some(OsStr::new("worktrees"));
        let name = folder.file_name().filter(|_| is_linked).unwrap_or_default();
        Ok((shown_path(name), shown_path(top)))
    }

    /// Whether a linked working tree is still known.
    pub fn has_working_tree(&self, name: &str) -> bool {
        let folders = fs::read_dir(self.common.join("worktrees")).into_iter().flatten().flatten();
        name.is_empty() || folders.into_iter().any(|folder| shown_path(folder.file_name()) == name)
    }

    /// Whether an object is in the repository.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn has(&self, object: &str) -> Result<bool, WriteError> {
        Ok(self.ask(&self.call(&["cat-file", "-e", object]), LOCAL)?.success())
    }

    /// Whether a commit is an ancestor of another one, or the same.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn is_ancestor(&self, ancestor: &str, commit: &str) -> Result<bool, WriteError> {
        Ok(self.ask(&self.call(&["merge-base", "--is-ancestor", ancestor, commit]), LOCAL)?.success())
    }

    /// Returns the object that a reference points to; none if there is no such reference.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn reference(&self, name: &str) -> Result<Option<String>, WriteError> {
        let answer = self.ask(&self.call(&["rev-parse", "--verify", "--quiet", name]), LOCAL)?;
        Ok(answer.success().then(|| answer.stdout.trim().to_owned()))
    }

    /// Returns the committer's time of a commit, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn time_of(&self, commit: &str) -> Result<i64, WriteError> {
        let call = self.call(&["rev-list", "--timestamp", "--max-count=1", commit, "--"]);
        let answer = self.answered(&call)?;
        let commit = git_answers::commit(&answer);
        commit.map(|commit| commit.seconds).ok_or_else(|| ToolError::refused(&call, "there is no time").into())
    }

    /// Whether a branch is checked out here.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn is_on_branch(&self, branch: &str) -> Result<bool, WriteError> {
        let head = self.ask(&self.call(&["symbolic-ref", "--quiet", "HEAD"]), LOCAL)?;
        Ok(head.success() && one_text(&head.stdout_bytes) == format!("refs/heads/{branch}"))
    }

    /// Returns the words of git if it cannot sign or write as this user; none if it can. Nothing is written to the
    /// repository.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn identity_problem(&self) -> Result<Option<String>, WriteError> {
        for kind in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            let answer = self.ask(&self.call(&["var", kind]), LOCAL)?;
            if !answer.success() {
                return Ok(Some(words(&answer)));
            }
        }
        Ok(None)
    }

    /// Whether a boolean setting of git is on.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn setting(&self, key: &str) -> Result<bool, WriteError> {
        let answer = self.ask(&self.call(&["config", "--type=bool", "--get", key]), LOCAL)?;
        Ok(answer.success() && answer.stdout.trim() == "true")
    }

    /// Returns the references of a remote that have one of these names, each with its object.
    ///
    /// # Errors
    ///
    /// The remote gives no answer.
    pub fn remote_references(&self, remote: &str, names: &[String]) -> Result<Vec<(String, String)>, WriteError> {
        let mut args = vec!["ls-remote", "--", remote];
        args.extend(names.iter().map(String::as_str));
        let call = self.call(&args);
        let answer = self.ask(&call, REMOTE)?;
        if !answer.success() {
            return Err(ToolError::refused(&call, words(&answer)).into());
        }
        let line = |line: &str| line.split_once('\t').map(|(object, name)| (name.to_owned(), object.to_owned()));
        Ok(answer.stdout.lines().filter_map(line).collect())
    }
}
