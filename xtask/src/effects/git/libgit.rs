//! The state of a repository through libgit2.

use std::collections::HashMap;
use std::path::Path;

use git2::{
    ErrorCode, ObjectType, Oid, Reference, Repository, RepositoryOpenFlags, Sort, StatusOptions, SubmoduleIgnore,
};

use super::{GitError, NAMED_CHANGES, REMOTES, ReleaseOf, shown_origin};
use crate::domain::git_answers::{RemoteSettings, remote_settings};
use crate::domain::repository_state::{Commit, Head, ReleaseTag, RepositoryState};
use crate::domain::version::ReleaseVersion;
use crate::effects::environment;

/// Whether libgit2's words mean a format that git itself may know. Seen with libgit2 1.9.
pub(super) fn is_unsupported(message: &str) -> bool {
    [
        "unsupported extension name",
        "unknown object format",
        "unsupported repository version",
        "unsupported object format",
    ]
    .iter()
    .any(|text| message.contains(text))
}

pub(super) fn state(folder: &Path, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let repository = open(folder)?;
    let work_tree = repository.workdir().ok_or_else(|| GitError::Bare(folder.to_path_buf()))?;
    let (root, tree) = (folder.canonicalize(), work_tree.canonicalize());
    if let (Ok(root), Ok(work_tree)) = (root, tree)
        && !root.starts_with(&work_tree)
    {
        return Err(GitError::OtherWorkTree { root, work_tree });
    }
    // libgit2 takes a relative index from the current folder, git from the top of the working tree.
    if let Some(index) = environment::text("GIT_INDEX_FILE").filter(|index| !index.is_empty()) {
        let index = git2::Index::open(&work_tree.join(index)).map_err(|error| unreadable(folder, &error));
        repository.set_index(&mut index?).map_err(|error| unreadable(folder, &error))?;
    }
    read(&repository, folder, release_of)
}

/// Follows `GIT_DIR` and its friends as git does (a hook sets them); otherwise looks upwards.
fn open(folder: &Path) -> Result<Repository, GitError> {
    // libgit2 looks at `GIT_DIR` only where it is given no folder, at its friends in any case.
    let opened = if environment::is_set("GIT_DIR") {
        Repository::open_from_env()
    } else {
        Repository::open_ext(folder, RepositoryOpenFlags::FROM_ENV, environment::git_ceilings())
    };
    opened.map_err(|error| match error.code() {
        ErrorCode::NotFound => match environment::text("GIT_DIR") {
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

fn read(repository: &Repository, folder: &Path, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let fail = |error: git2::Error| unreadable(folder, &error);
    let head_reference = repository.find_reference("HEAD").map_err(fail)?;
    let head = match head_reference.symbolic_target_bytes() {
        Some(target) => super::head_of(target),
        None => Head::Detached,
    };
    let broken =
        |error: &git2::Error| GitError::Broken { reference: "HEAD".to_owned(), message: error.message().to_owned() };
    let commit = match repository.head() {
        Ok(reference) => Some(reference.peel_to_commit().map_err(|error| broken(&error))?),
        Err(error) if error.code() == ErrorCode::UnbornBranch => None,
        Err(error) => return Err(broken(&error)),
    };
    let shallow = repository.is_shallow() || repository.commondir().join("shallow").is_file();
    let tags = release_tags(repository, release_of).map_err(fail)?;
    let highest_release = match &commit {
        Some(commit) => highest_reachable(repository, commit.id(), &tags, shallow).map_err(fail)?,
        None => None,
    };
    let remotes = remotes(repository).map_err(fail)?;
    let releases =
        tags.into_iter().map(|(version, name, commit)| ReleaseTag { version, name, commit: commit.to_string() });
    Ok(RepositoryState {
        head,
        commit: commit.map(|commit| Commit { id: commit.id().to_string(), seconds: commit.time().seconds() }),
        releases: releases.collect(),
        highest_release,
        changes: changes(repository).map_err(fail)?,
        missing_submodules: missing_submodules(repository),
        shallow,
        origin: remotes.origin.as_deref().and_then(shown_origin),
        origin_default_branch: origin_default_branch(repository),
        remotes: remotes.remotes,
    })
}

type Tag = (ReleaseVersion, String, Oid);

fn release_tags(repository: &Repository, release_of: ReleaseOf<'_>) -> Result<Vec<Tag>, git2::Error> {
    let database = repository.odb()?;
    let mut found = Vec::new();
    for reference in repository.references_glob("refs/tags/*")? {
        let reference: Reference<'_> = reference?;
        // A name that is not text is no version.
        let Ok(name) = std::str::from_utf8(reference.name_bytes()) else { continue };
        let Some(name) = name.strip_prefix("refs/tags/") else { continue };
        let Some(version) = release_of(name) else { continue };
        // Packed references know where an annotated tag leads; the others have to be looked up.
        let direct = reference.target_peel().or_else(|| reference.target());
        let is_commit = |id: &Oid| database.read_header(*id).is_ok_and(|(_, kind)| kind == ObjectType::Commit);
        let commit = direct.filter(is_commit).or_else(|| reference.peel_to_commit().ok().map(|commit| commit.id()));
        // Tags of trees and blobs are no releases.
        found.extend(commit.map(|commit| (version, name.to_owned(), commit)));
    }
    Ok(found)
}

/// One walk over the history, which ends as soon as no higher release can be met.
fn highest_reachable(
    repository: &Repository,
    head: Oid,
    tags: &[Tag],
    shallow: bool,
) -> Result<Option<ReleaseVersion>, git2::Error> {
    let mut by_commit: HashMap<Oid, ReleaseVersion> = HashMap::new();
    for (version, _, commit) in tags {
        let highest = by_commit.entry(*commit).or_insert(*version);
        *highest = (*highest).max(*version);
    }
    let mut ascending: Vec<ReleaseVersion> = by_commit.values().copied().collect();
    ascending.sort_unstable();
    let Some(highest) = ascending.last().copied() else { return Ok(None) };
    let mut best = None;
    // Hashing and keeping every commit is wasted on a walk that sees each once.
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
        if let Some(version) = by_commit.get(&id) {
            best = best.max(Some(*version));
            if best == Some(highest) {
                break;
            }
        }
    }
    Ok(best)
}

fn changes(repository: &Repository) -> Result<Vec<String>, git2::Error> {
    let mut found: Vec<String> = unfinished(repository).map(str::to_owned).into_iter().collect();
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(false).include_ignored(false);
    let statuses = repository.statuses(Some(&mut options))?;
    let paths = statuses.iter().take(NAMED_CHANGES);
    found.extend(paths.map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()));
    Ok(found)
}

fn unfinished(repository: &Repository) -> Option<&'static str> {
    use git2::RepositoryState as State;
    match repository.state() {
        State::Clean => None,
        State::Merge => Some("an unfinished merge"),
        State::Revert | State::RevertSequence => Some("an unfinished revert"),
        State::CherryPick | State::CherryPickSequence => Some("an unfinished cherry-pick"),
        State::Bisect => Some("an unfinished bisect"),
        State::Rebase | State::RebaseInteractive | State::RebaseMerge => Some("an unfinished rebase"),
        State::ApplyMailbox | State::ApplyMailboxOrRebase => Some("an unfinished am or rebase"),
    }
}

fn missing_submodules(repository: &Repository) -> Vec<String> {
    let submodules = repository.submodules().unwrap_or_default();
    let missing = submodules.iter().filter(|submodule| {
        let name = submodule.name().unwrap_or_default();
        let status = repository.submodule_status(name, SubmoduleIgnore::Unspecified);
        status.is_ok_and(|status| status.is_wd_uninitialized())
    });
    missing.map(|submodule| submodule.path().display().to_string()).collect()
}

fn origin_default_branch(repository: &Repository) -> Option<Vec<u8>> {
    let reference = repository.find_reference("refs/remotes/origin/HEAD").ok()?;
    reference.symbolic_target_bytes()?.strip_prefix(b"refs/remotes/origin/").map(<[u8]>::to_vec)
}

fn remotes(repository: &Repository) -> Result<RemoteSettings, git2::Error> {
    let config = repository.config()?;
    let mut entries = config.entries(Some(REMOTES))?;
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let value = if entry.has_value() { entry.value_bytes() } else { b"" };
        found.push((entry.name_bytes().to_vec(), value.to_vec()));
    }
    Ok(remote_settings(found.iter().map(|(key, value)| (key.as_slice(), value.as_slice()))))
}
