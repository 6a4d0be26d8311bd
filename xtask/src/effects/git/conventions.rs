//! Conventions of git that both readers share: its files and its settings.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::domain::repository_state::Operation;
use crate::domain::version::ReleaseVersion;

/// Returns the version that a git tag names; none if it is not a release tag.
pub type ReleaseOf<'a> = &'a dyn Fn(&str) -> Option<ReleaseVersion>;

/// The keys of git's configuration that are read: remotes, whether their tags are fetched, and the storage of
/// references.
pub(super) const SETTINGS: &str = r"^(remote\..*\.(url|tagopt)|extensions\.refstorage)$";

/// Returns git's unfinished operation, by the files that git keeps for each. `references` are those of the files that
/// are stored elsewhere.
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

/// Whether a submodule was never checked out, so that its folder has no `.git`.
pub(super) fn is_missing(top: &Path, submodule: &[u8]) -> bool {
    top.join(OsStr::from_bytes(submodule)).join(".git").symlink_metadata().is_err()
}
