//! What git says about the working tree, gathered by `effects::git`.

use super::version::ReleaseVersion;

/// The state that tags and labels are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryState {
    /// Where HEAD points.
    pub head: Head,
    /// HEAD's commit; `None` on a branch without commits.
    pub commit: Option<Commit>,
    /// Release tags on HEAD itself, highest last.
    pub releases_at_head: Vec<ReleaseVersion>,
    /// The highest release tag reachable from HEAD.
    pub highest_release: Option<ReleaseVersion>,
    /// Changed and untracked paths, and unfinished operations; empty means clean.
    pub changes: Vec<String>,
    /// Whether history was cut off.
    pub shallow: bool,
    /// URL of the remote `origin`, without user and password.
    pub origin: Option<String>,
    /// The branch that `origin/HEAD` names.
    pub origin_default_branch: Option<String>,
}

/// Where HEAD points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch, by the bytes of its name after `refs/heads/`.
    Branch(Vec<u8>),
    /// A commit.
    Detached,
}

/// A commit, as far as labels need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// 40 (or 64) hex digits.
    pub id: String,
    /// Committer time, in seconds since 1970.
    pub seconds: i64,
}
