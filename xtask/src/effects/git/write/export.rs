//! Writes the files of a commit to a folder.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::{GitWriter, WriteError, path_of};
use crate::domain::git_answers;
use crate::domain::release::git_argv;
use crate::effects::environment;

impl GitWriter<'_> {
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
