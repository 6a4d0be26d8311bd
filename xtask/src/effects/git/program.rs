//! Reads the state of a repository with the git program: all of it for formats that libgit2 does not support, or only
//! what `git status` lists.
//!
//! Only plumbing commands and formats for programs are read, never sentences. The number of calls does not depend on
//! the repository: one call asks for all tags or all files.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::{Captured, Runner};

use super::conventions::{ReleaseOf, SETTINGS, is_missing, operation};
use super::git_error::GitError;
use crate::domain::git_answers::{
    self, PLACE, Place, config_entries, one_line, peeled_tags, set_of_lines, settings, status_paths,
};
use crate::domain::git_argv;
use crate::domain::labels::public_origin;
use crate::domain::repository_state::{Commit, Head, NAMED_CHANGES, Operation, ReleaseTag, RepositoryState, changes};
use crate::effects::environment;
use shown::printable;

/// Time limit of a call.
const QUESTION: Duration = Duration::from_mins(1);

/// The git program in a folder, which is the runner's root.
pub(super) struct Program<'a> {
    pub(super) runner: &'a Runner,
    pub(super) folder: &'a Path,
}

impl Program<'_> {
    /// Reads the state of the repository.
    pub(super) fn state(&self, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
        let answer = self.expect_answer(&[&["rev-parse"], PLACE.as_slice()].concat())?;
        let place = git_answers::place(&answer).ok_or_else(|| self.unreadable("no reason given".to_owned()))?;
        if !place.in_work_tree {
            return Err(GitError::Bare(self.folder.to_path_buf()));
        }
        let head = match self.maybe(&["symbolic-ref", "--quiet", "HEAD"])? {
            Some(name) => Head::of_reference(one_line(&name)),
            None => Head::Detached,
        };
        let commit = self.commit()?;
        let releases = self.releases(release_of)?;
        let merged = match &commit {
            Some(_) => self.expect_answer(&["for-each-ref", "--merged=HEAD", "--format=%(refname)", "refs/tags"])?,
            None => Vec::new(),
        };
        let merged = set_of_lines(&merged);
        let is_merged = |release: &&ReleaseTag| merged.contains(format!("refs/tags/{}", release.name).as_bytes());
        let highest_release = releases.iter().filter(is_merged).map(|release| release.version).max();
        let configured = self.ask(&["config", "--null", "--get-regexp", SETTINGS])?;
        let remotes = settings(config_entries(&configured.stdout_bytes));
        let default = self.maybe(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?;
        let paths = self.changed_paths()?;
        Ok(RepositoryState {
            highest_release,
            commit,
            releases,
            changes: changes(self.operation(&place, remotes.in_tables)?, &head, paths),
            head,
            missing_submodules: self.missing_submodules()?,
            shallow: place.shallow,
            origin: remotes.origin.as_deref().and_then(public_origin),
            origin_default_branch: default
                .and_then(|name| one_line(&name).strip_prefix(b"refs/remotes/origin/").map(<[u8]>::to_vec)),
            remotes: remotes.remotes,
            uncertain: None,
        })
    }

    /// Returns the paths that `git status` lists, for display.
    ///
    /// The user's settings for untracked and renamed files change only the presentation, and must not change a tag.
    pub(super) fn changed_paths(&self) -> Result<Vec<String>, GitError> {
        let status =
            self.expect_answer(&["status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames"])?;
        Ok(status_paths(&status).take(NAMED_CHANGES).map(printable).collect())
    }

    /// Returns the answer of a call, whatever its exit code is.
    fn ask<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Captured, GitError> {
        let call = git_argv::question(args, &environment::git_location());
        self.runner.capture(&call, QUESTION).map_err(|error| GitError::of_run(self.folder, error))
    }

    /// Returns the answer of a call that must succeed.
    pub(super) fn expect_answer<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Vec<u8>, GitError> {
        let answer = self.ask(args)?;
        if answer.code == Some(0) { Ok(answer.stdout_bytes) } else { Err(self.unreadable(reason(&answer))) }
    }

    /// Returns the answer of a call that may have none.
    fn maybe(&self, args: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let answer = self.ask(args)?;
        Ok((answer.code == Some(0) && !answer.stdout_bytes.is_empty()).then_some(answer.stdout_bytes))
    }

    fn unreadable(&self, message: String) -> GitError {
        GitError::Unreadable { path: self.folder.to_path_buf(), message }
    }

    fn commit(&self) -> Result<Option<Commit>, GitError> {
        let answer = self.ask(&["rev-list", "--timestamp", "--max-count=1", "HEAD", "--"])?;
        if let Some(commit) = git_answers::commit(&answer.stdout_bytes) {
            return Ok(Some(commit));
        }
        let broken = || Err(GitError::Broken { reference: "HEAD".to_owned(), message: reason(&answer) });
        // A branch without commits has no reference yet; any other missing reference is broken.
        let Some(name) = self.maybe(&["symbolic-ref", "--quiet", "HEAD"])? else { return broken() };
        if self.maybe(&["rev-parse", "--verify", "--quiet", "HEAD"])?.is_some() {
            return broken();
        }
        let name = OsStr::from_bytes(one_line(&name));
        let file = self.expect_answer(&[OsStr::new("rev-parse"), OsStr::new("--git-path"), name])?;
        if self.path(&file).is_file() { broken() } else { Ok(None) }
    }

    fn releases(&self, release_of: ReleaseOf<'_>) -> Result<Vec<ReleaseTag>, GitError> {
        let Some(tags) = self.maybe(&["show-ref", "--tags", "--dereference"])? else { return Ok(Vec::new()) };
        // Tags of trees and blobs are not releases; the call lists only commits.
        let commits = self.expect_answer(&["rev-list", "--no-walk=unsorted", "--tags"])?;
        let commits = set_of_lines(&commits);
        let release = |tag: git_answers::PeeledTag<'_>| {
            // A name that is not UTF-8 is not a version.
            let name = text_of(tag.name)?;
            let version = release_of(name)?;
            let commit = text_of(tag.target).filter(|_| commits.contains(tag.target))?;
            Some(ReleaseTag { version, name: name.to_owned(), commit: commit.to_owned() })
        };
        Ok(peeled_tags(&tags).into_iter().filter_map(release).collect())
    }

    /// Returns the unfinished operation. If references are stored in tables, so are two of the files that indicate one.
    fn operation(&self, place: &Place<'_>, in_tables: bool) -> Result<Option<Operation>, GitError> {
        let mut references = Vec::new();
        for name in ["REVERT_HEAD", "CHERRY_PICK_HEAD"].into_iter().filter(|_| in_tables) {
            if self.maybe(&["rev-parse", "--verify", "--quiet", name])?.is_some() {
                references.push(name);
            }
        }
        Ok(operation(&self.path(place.git_dir), &references))
    }

    fn missing_submodules(&self) -> Result<Vec<String>, GitError> {
        // The whole working tree, whose top may be above the folder of the call.
        let entries = self.expect_answer(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"])?;
        let submodules: Vec<&[u8]> = git_answers::submodules(&entries).collect();
        if submodules.is_empty() {
            return Ok(Vec::new());
        }
        let top = self.path(&self.expect_answer(&["rev-parse", "--show-cdup"])?);
        Ok(submodules.into_iter().filter(|path| is_missing(&top, path)).map(printable).collect())
    }

    /// Resolves a path of an answer; relative ones begin at the folder of the call.
    fn path(&self, answer: &[u8]) -> PathBuf {
        self.folder.join(OsStr::from_bytes(one_line(answer)))
    }
}

/// Returns git's last message as one line: warnings may stand before it, and a list below it.
pub(super) fn reason(answer: &Captured) -> String {
    let text = answer.stderr.trim();
    let last = text.rfind("fatal: ").and_then(|start| text.get(start..)).unwrap_or(text);
    let words: Vec<&str> = last.trim_start_matches("fatal: ").split_whitespace().collect();
    if words.is_empty() { "no reason given".to_owned() } else { words.join(" ") }
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
