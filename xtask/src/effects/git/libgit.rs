//! Reads the state of a repository with libgit2.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Reference, Repository, RepositoryOpenFlags, Sort, Status, StatusOptions};

use super::conventions::{ReleaseOf, SETTINGS, is_missing, operation};
use super::doubts;
use super::git_error::GitError;
use crate::domain::git_answers::{SUBMODULE_MODE, Settings, settings};
use crate::domain::git_doubt::Doubt;
use crate::domain::labels::public_origin;
use crate::domain::repository_state::{
    Commit, Head, HighestRelease, NAMED_CHANGES, ReleaseTag, RepositoryState, changes,
};
use crate::domain::version::ReleaseVersion;
use crate::effects::environment;
use shown::printable;

/// A repository that libgit2 has opened.
pub(super) struct Library<'a> {
    repository: Repository,
    folder: &'a Path,
    work_tree: PathBuf,
}

impl<'a> Library<'a> {
    /// Opens the repository of a folder, which must be inside its working tree.
    pub(super) fn open(folder: &'a Path) -> Result<Self, GitError> {
        let repository = open(folder)?;
        let work_tree = repository.workdir().ok_or_else(|| GitError::Bare(folder.to_path_buf()))?.to_path_buf();
        let (root, tree) = (folder.canonicalize(), work_tree.canonicalize());
        if let (Ok(root), Ok(work_tree)) = (root, tree)
            && !root.starts_with(&work_tree)
        {
            return Err(GitError::OtherWorkTree { root, work_tree });
        }
        Ok(Self { repository, folder, work_tree })
    }

    /// Returns why libgit2 may read this repository differently from git.
    pub(super) fn doubt(&self) -> Result<Option<Doubt>, GitError> {
        self.follow_index()?;
        doubts::doubt(&self.repository, &self.work_tree).map_err(|error| unreadable(self.folder, &error))
    }

    /// Returns the ignore file, with its line, that libgit2 must not read.
    pub(super) fn fatal_ignore_file(&self) -> Option<(PathBuf, usize)> {
        doubts::fatal_ignore_file(&self.repository, &self.work_tree)
    }

    /// Reads the state of the repository. The changed paths are those that git has listed, or else libgit2's own.
    pub(super) fn state(
        &self,
        release_of: ReleaseOf<'_>,
        paths: Option<Vec<String>>,
    ) -> Result<RepositoryState, GitError> {
        let fail = |error: git2::Error| unreadable(self.folder, &error);
        let repository = &self.repository;
        let head_reference = repository.find_reference("HEAD").map_err(fail)?;
        let head = head_reference.symbolic_target_bytes().map_or(Head::Detached, Head::of_reference);
        let commit = self.commit()?;
        let shallow = repository.is_shallow() || repository.commondir().join("shallow").is_file();
        let tags = release_tags(repository, release_of).map_err(fail)?;
        let highest_release = match &commit {
            Some(commit) => highest_reachable(repository, commit.id(), &tags, shallow).map_err(fail)?,
            None => None,
        };
        let remotes = remotes(repository).map_err(fail)?;
        let releases =
            tags.into_iter().map(|(version, name, commit)| ReleaseTag { version, name, commit: commit.to_string() });
        let paths = match paths {
            Some(paths) => paths,
            None => changed_paths(repository).map_err(fail)?,
        };
        Ok(RepositoryState {
            commit: commit.map(|commit| Commit { id: commit.id().to_string(), seconds: commit.time().seconds() }),
            releases: releases.collect(),
            highest_release,
            changes: changes(operation(repository.path(), &[]), &head, paths),
            head,
            missing_submodules: missing_submodules(repository, &self.work_tree).map_err(fail)?,
            shallow,
            origin: remotes.origin.as_deref().and_then(public_origin),
            origin_default_branch: origin_default_branch(repository),
            remotes: remotes.remotes,
            uncertain: None,
        })
    }

    /// libgit2 resolves a relative path of the index from the working folder, git from the top of the working tree.
    fn follow_index(&self) -> Result<(), GitError> {
        let fail = |error: git2::Error| unreadable(self.folder, &error);
        if let Some(index) = environment::variable("GIT_INDEX_FILE") {
            let index = Path::new(std::ffi::OsStr::from_bytes(&index));
            let mut index = git2::Index::open(&self.work_tree.join(index)).map_err(fail)?;
            self.repository.set_index(&mut index).map_err(fail)?;
        }
        Ok(())
    }

    fn commit(&self) -> Result<Option<git2::Commit<'_>>, GitError> {
        let broken = |error: &git2::Error| GitError::Broken {
            reference: "HEAD".to_owned(),
            message: error.message().to_owned(),
        };
        match self.repository.head() {
            Ok(reference) => reference.peel_to_commit().map(Some).map_err(|error| broken(&error)),
            Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(error) => Err(broken(&error)),
        }
    }
}

/// Opens the repository that `GIT_DIR` and related variables select, as git does in a hook; otherwise looks upwards.
fn open(folder: &Path) -> Result<Repository, GitError> {
    // libgit2 reads `GIT_DIR` only if it gets no folder, and the related variables in any case.
    let opened = if environment::is_set("GIT_DIR") {
        Repository::open_from_env()
    } else {
        Repository::open_ext(folder, RepositoryOpenFlags::FROM_ENV, environment::git_ceilings())
    };
    opened.map_err(|error| match error.code() {
        ErrorCode::NotFound => match environment::path("GIT_DIR") {
            Some(told) => GitError::NoSuchGitDir(told),
            None => GitError::NoRepository(folder.to_path_buf()),
        },
        ErrorCode::Owner => GitError::Owner(folder.to_path_buf()),
        _ => unreadable(folder, &error),
    })
}

fn unreadable(folder: &Path, error: &git2::Error) -> GitError {
    GitError::Unreadable { path: folder.to_path_buf(), message: error.message().to_owned() }
}

type Tag = (ReleaseVersion, String, Oid);

fn release_tags(repository: &Repository, release_of: ReleaseOf<'_>) -> Result<Vec<Tag>, git2::Error> {
    let database = repository.odb()?;
    let mut found = Vec::new();
    for reference in repository.references_glob("refs/tags/*")? {
        let reference: Reference<'_> = reference?;
        // A name that is not UTF-8 is not a version.
        let Ok(name) = std::str::from_utf8(reference.name_bytes()) else { continue };
        let Some(name) = name.strip_prefix("refs/tags/") else { continue };
        let Some(version) = release_of(name) else { continue };
        // Packed references store what an annotated tag points to; the others have to be looked up.
        let direct = reference.target_peel().or_else(|| reference.target());
        let is_commit = |id: &Oid| database.read_header(*id).is_ok_and(|(_, kind)| kind == ObjectType::Commit);
        let commit = direct.filter(is_commit).or_else(|| reference.peel_to_commit().ok().map(|commit| commit.id()));
        // Tags of trees and blobs are not releases.
        found.extend(commit.map(|commit| (version, name.to_owned(), commit)));
    }
    Ok(found)
}

/// Walks over the history once, and ends as soon as no higher release can follow.
fn highest_reachable(
    repository: &Repository,
    head: Oid,
    tags: &[Tag],
    shallow: bool,
) -> Result<Option<ReleaseVersion>, git2::Error> {
    let mut search = HighestRelease::among(tags.iter().map(|(version, _, commit)| (*commit, *version)));
    if search.is_over() {
        return Ok(None);
    }
    // The walk visits each commit once, so checking hashes and caching commits would be wasted.
    git2::opts::strict_hash_verification(false);
    git2::opts::enable_caching(false);
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::NONE)?;
    walk.push(head)?;
    for id in walk {
        let id = match id {
            Ok(id) => id,
            // libgit2 does not know that a linked worktree of a shallow clone is shallow, too.
            Err(error) if shallow && error.code() == ErrorCode::NotFound => break,
            Err(error) => return Err(error),
        };
        search.meet(&id);
        if search.is_over() {
            break;
        }
    }
    Ok(search.found())
}

/// Returns changed paths in the order of `git status`: tracked ones, then untracked ones.
fn changed_paths(repository: &Repository) -> Result<Vec<String>, git2::Error> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(false).include_ignored(false);
    let statuses = repository.statuses(Some(&mut options))?;
    let (mut tracked, mut untracked) = (Vec::new(), Vec::new());
    for entry in &statuses {
        let status = entry.status();
        if !(status - Status::WT_NEW).is_empty() {
            tracked.push(printable(entry.path_bytes()));
        }
        if status.contains(Status::WT_NEW) {
            untracked.push(printable(entry.path_bytes()));
        }
    }
    tracked.append(&mut untracked);
    tracked.truncate(NAMED_CHANGES);
    Ok(tracked)
}

fn missing_submodules(repository: &Repository, work_tree: &Path) -> Result<Vec<String>, git2::Error> {
    let entries = repository.index()?;
    let submodules = entries.iter().filter(|entry| entry.mode == SUBMODULE_MODE);
    Ok(submodules.filter(|entry| is_missing(work_tree, &entry.path)).map(|entry| printable(&entry.path)).collect())
}

fn origin_default_branch(repository: &Repository) -> Option<Vec<u8>> {
    let reference = repository.find_reference("refs/remotes/origin/HEAD").ok()?;
    reference.symbolic_target_bytes()?.strip_prefix(b"refs/remotes/origin/").map(<[u8]>::to_vec)
}

fn remotes(repository: &Repository) -> Result<Settings, git2::Error> {
    let config = repository.config()?;
    let mut entries = config.entries(Some(SETTINGS))?;
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let value = if entry.has_value() { entry.value_bytes() } else { b"" };
        found.push((entry.name_bytes().to_vec(), value.to_vec()));
    }
    Ok(settings(found.iter().map(|(key, value)| (key.as_slice(), value.as_slice()))))
}
