//! What both readers of a repository have in common: its files and its settings.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::domain::repository_state::Operation;
use crate::domain::version::ReleaseVersion;

/// Tells which git tags are release tags.
pub type ReleaseOf<'a> = &'a dyn Fn(&str) -> Option<ReleaseVersion>;

/// The keys of git's configuration that are read: which remotes there are, whether their tags are fetched, and where
/// references stand.
pub(super) const SETTINGS: &str = r"^(remote\..*\.(url|tagopt)|extensions\.refstorage)$";

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
