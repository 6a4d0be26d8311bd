//! The files of a commit: in the working tree with its index, and in a folder of their own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use shown::shown_path;

use super::{GitWriter, LOCAL, WriteError, path_of};
use crate::domain::git_answers;
use crate::domain::release::git_argv;
use crate::effects::environment;
use crate::effects::tool::ToolError;

impl GitWriter<'_> {
    /// Updates index and working tree from one commit to another one. With `dry_run`, only checks that this is
    /// possible. Files that differ from `from` and would change are an error; with `dry_run`, so are ignored files in
    /// the way.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer.
    pub fn check_out(&self, from: &str, to: &str, dry_run: bool) -> Result<(), WriteError> {
        let args = ["read-tree", "-m", "-u", "--dry-run", from, to];
        let args: Vec<&str> = args.into_iter().filter(|arg| dry_run || *arg != "--dry-run").collect();
        // Git compares times of files first, which another file system or a copy may have changed.
        self.ask(&self.call(&["update-index", "-q", "--refresh"]), LOCAL)?;
        self.patient(&self.call(&args))?;
        match self.in_the_way(from, to)?.first().filter(|_| dry_run) {
            Some(path) => {
                let words = format!("{} is not in the commit, and would be overwritten", shown_path(path));
                Err(ToolError::refused(&self.call(&args), &words).into())
            }
            None => Ok(()),
        }
    }

    /// Returns the files here that a commit adds to another one. Git overwrites those that it ignores.
    fn in_the_way(&self, from: &str, to: &str) -> Result<Vec<PathBuf>, WriteError> {
        let args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A", from, to];
        let added = self.answer(&args)?;
        let top = path_of(&self.answer(&["rev-parse", "--show-toplevel"])?);
        let paths = added.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(path_of);
        Ok(paths.filter(|path| fs::symlink_metadata(top.join(path)).is_ok()).collect())
    }

    /// Writes the files of a commit to a folder, as a checkout would, with those of its submodules.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer, or the folder cannot be written.
    pub fn export(&self, commit: &str, target: &Path, scratch: &Path) -> Result<(), WriteError> {
        if target.exists() {
            fs::remove_dir_all(target)?;
        }
        let top = path_of(&self.answer(&["rev-parse", "--show-toplevel"])?);
        self.export_tree(&environment::git_location(), &top, commit, target, &scratch.join("export-index"))
    }

    /// Writes the files of a commit of the repository around `top`.
    fn export_tree(
        &self,
        location: &[(&'static str, OsString)],
        top: &Path,
        commit: &str,
        target: &Path,
        index: &Path,
    ) -> Result<(), WriteError> {
        fs::create_dir_all(target)?;
        let git_dir = git_argv::call(&["rev-parse", "--absolute-git-dir"], location).within(top);
        let git_dir = path_of(&self.answered(&git_dir)?);
        let call = |args: &[&str]| {
            let call = git_argv::call(args, location).within(target).env("GIT_DIR", git_dir.clone());
            call.env("GIT_INDEX_FILE", index).env("GIT_WORK_TREE", target)
        };
        self.answered(&call(&["read-tree", commit]))?;
        self.answered(&call(&["checkout-index", "--all", "--force", "--quiet"]))?;
        let entries = self.answered(&call(&["ls-files", "--stage", "-z"]))?;
        for (object, path) in git_answers::submodule_commits(&entries) {
            let path = path_of(path);
            let index = index.with_extension(&object);
            self.export_tree(&[], &top.join(&path), &object, &target.join(&path), &index)?;
        }
        Ok(())
    }
}
