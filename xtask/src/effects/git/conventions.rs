//! What both readers of a repository hold for: its files, its settings, and the form of its names.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::domain::labels::public_url;
use crate::domain::repository_state::{Head, Operation};
use crate::domain::version::ReleaseVersion;

/// Tells which git tags are release tags.
pub type ReleaseOf<'a> = &'a dyn Fn(&str) -> Option<ReleaseVersion>;

/// How many changed paths are named; more are only counted as "dirty".
pub(super) const NAMED_CHANGES: usize = 100;

/// The keys of git's configuration that are read: which remotes there are, whether their tags are fetched, and where
/// references stand.
pub(super) const SETTINGS: &str = r"^(remote\..*\.(url|tagopt)|extensions\.refstorage)$";

/// What HEAD names: a branch only below `refs/heads/`, or else its name could be another branch's.
pub(super) fn head_of(target: &[u8]) -> Head {
    target.strip_prefix(b"refs/heads/").map_or(Head::Detached, |name| Head::Branch(name.to_vec()))
}

/// The operation that git has not finished, from the files that it keeps for each. `references` are those of them that
/// git keeps elsewhere.
pub(super) fn operation(git_dir: &Path, references: &[&str]) -> Option<Operation> {
    let has = |name: &str| git_dir.join(name).exists() || references.contains(&name);
    [
        ("MERGE_HEAD", Operation::Merge),
        ("rebase-merge", Operation::Rebase),
        ("rebase-apply/rebasing", Operation::Rebase),
        ("rebase-apply", Operation::Am),
        ("REVERT_HEAD", Operation::Revert),
        ("CHERRY_PICK_HEAD", Operation::CherryPick),
        ("BISECT_LOG", Operation::Bisect),
    ]
    .into_iter()
    .find_map(|(name, operation)| has(name).then_some(operation))
}

/// Whether a submodule was never checked out: then its folder has no `.git`.
pub(super) fn is_missing(top: &Path, submodule: &[u8]) -> bool {
    top.join(OsStr::from_bytes(submodule)).join(".git").symlink_metadata().is_err()
}

/// The public form of a remote's URL; a path on this machine says nothing elsewhere.
pub(super) fn shown_origin(url: &[u8]) -> Option<String> {
    let url = std::str::from_utf8(url).ok()?;
    let scp_like = url.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    let remote = if url.contains("://") { !url.starts_with("file:") } else { scp_like };
    remote.then(|| public_url(url))
}
