//! git, read through libgit2. Reads only; no network; no version arithmetic beyond the filter it is given.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Reference, Repository, Sort, StatusOptions};

use crate::domain::labels::public_url;
use crate::domain::repository_state::{Commit, Head, RepositoryState};
use crate::domain::version::ReleaseVersion;

/// How many changed paths are named; more are only counted as "dirty".
const NAMED_CHANGES: usize = 100;

/// Why the state could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository.
    #[error("`{0}` is not inside a git repository")]
    NoRepository(PathBuf),
    /// libgit2's own words.
    #[error("cannot read the git repository at `{path}`: {message}")]
    Unreadable {
        /// The folder we looked in.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// Reads the state; `release_of` tells which git tags are release tags.
pub fn state(folder: &Path, release_of: &dyn Fn(&str) -> Option<ReleaseVersion>) -> Result<RepositoryState, GitError> {
    let repository = Repository::discover(folder).map_err(|error| match error.code() {
        ErrorCode::NotFound => GitError::NoRepository(folder.to_path_buf()),
        _ => unreadable(folder, &error),
    })?;
    read(&repository, release_of).map_err(|error| unreadable(folder, &error))
}

fn unreadable(folder: &Path, error: &git2::Error) -> GitError {
    GitError::Unreadable { path: folder.to_path_buf(), message: error.message().to_owned() }
}

fn read(
    repository: &Repository,
    release_of: &dyn Fn(&str) -> Option<ReleaseVersion>,
) -> Result<RepositoryState, git2::Error> {
    let head_reference = repository.find_reference("HEAD")?;
    let head = match head_reference.symbolic_target_bytes() {
        Some(target) => Head::Branch(target.strip_prefix(b"refs/heads/").unwrap_or(target).to_vec()),
        None => Head::Detached,
    };
    let head_commit = match repository.head() {
        Ok(reference) => Some(reference.peel_to_commit()?),
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => None,
        Err(error) => return Err(error),
    };
    let releases = releases_by_commit(repository, release_of)?;
    let head_id = head_commit.as_ref().map(git2::Commit::id);
    let mut releases_at_head = head_id.and_then(|id| releases.get(&id).cloned()).unwrap_or_default();
    releases_at_head.sort();
    Ok(RepositoryState {
        head,
        commit: head_commit.map(|commit| Commit { id: commit.id().to_string(), seconds: commit.time().seconds() }),
        releases_at_head,
        highest_release: match head_id {
            Some(id) => highest_reachable(repository, id, &releases)?,
            None => None,
        },
        changes: changes(repository)?,
        shallow: repository.is_shallow(),
        origin: origin(repository),
        origin_default_branch: origin_default_branch(repository),
    })
}

fn releases_by_commit(
    repository: &Repository,
    release_of: &dyn Fn(&str) -> Option<ReleaseVersion>,
) -> Result<HashMap<Oid, Vec<ReleaseVersion>>, git2::Error> {
    let mut found: HashMap<Oid, Vec<ReleaseVersion>> = HashMap::new();
    for reference in repository.references_glob("refs/tags/*")? {
        let reference: Reference<'_> = reference?;
        let Ok(name) = std::str::from_utf8(reference.name_bytes()) else {
            continue;
        };
        let Some(version) = name.strip_prefix("refs/tags/").and_then(release_of) else {
            continue;
        };
        // Tags of trees and blobs are no releases.
        if let Ok(commit) = reference.peel_to_commit() {
            found.entry(commit.id()).or_default().push(version);
        }
    }
    Ok(found)
}

/// One walk over the history, ended as soon as every release has been met.
fn highest_reachable(
    repository: &Repository,
    head: Oid,
    releases: &HashMap<Oid, Vec<ReleaseVersion>>,
) -> Result<Option<ReleaseVersion>, git2::Error> {
    let mut missing = releases.len();
    let mut highest = None;
    if missing == 0 {
        return Ok(None);
    }
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::NONE)?;
    walk.push(head)?;
    for id in walk {
        if let Some(versions) = releases.get(&id?) {
            highest = highest.max(versions.iter().max().copied());
            missing -= 1;
            if missing == 0 {
                break;
            }
        }
    }
    Ok(highest)
}

fn changes(repository: &Repository) -> Result<Vec<String>, git2::Error> {
    let mut found = Vec::new();
    if repository.state() != git2::RepositoryState::Clean {
        found.push(format!("unfinished {:?}", repository.state()).to_lowercase());
    }
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(false).include_ignored(false);
    let statuses = repository.statuses(Some(&mut options))?;
    found.extend(
        statuses.iter().take(NAMED_CHANGES).map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()),
    );
    Ok(found)
}

fn origin(repository: &Repository) -> Option<String> {
    let remote = repository.find_remote("origin").ok()?;
    let url = remote.url().ok()?;
    // A path on this machine says nothing elsewhere.
    (url.contains("://") && !url.starts_with("file:") || url.contains('@')).then(|| public_url(url))
}

fn origin_default_branch(repository: &Repository) -> Option<String> {
    let reference = repository.find_reference("refs/remotes/origin/HEAD").ok()?;
    let target = std::str::from_utf8(reference.symbolic_target_bytes()?).ok()?;
    target.strip_prefix("refs/remotes/origin/").map(str::to_owned)
}
