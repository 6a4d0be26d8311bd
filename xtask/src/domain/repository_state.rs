//! What git says about the working tree, gathered by `effects::git`.

use super::version::ReleaseVersion;

/// The state that tags and labels are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryState {
    /// Where HEAD points.
    pub head: Head,
    /// HEAD's commit; `None` on a branch without commits.
    pub commit: Option<Commit>,
    /// Git tags that are release tags, in any order.
    pub releases: Vec<ReleaseTag>,
    /// The highest release that is reachable from HEAD.
    pub highest_release: Option<ReleaseVersion>,
    /// Changed and untracked paths, and unfinished operations; empty means clean.
    pub changes: Vec<String>,
    /// Submodules that were never checked out: their files are missing from contexts.
    pub missing_submodules: Vec<String>,
    /// Whether history was cut off.
    pub shallow: bool,
    /// URL of the remote `origin`, without user and password.
    pub origin: Option<String>,
    /// The branch that `origin/HEAD` names, by the bytes of its name.
    pub origin_default_branch: Option<Vec<u8>>,
    /// Remotes, in any order.
    pub remotes: Vec<Remote>,
}

/// A remote repository that git is configured to fetch from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote {
    /// Its name, by bytes.
    pub name: Vec<u8>,
    /// Whether `git fetch` takes its tags: `false` after `git clone --no-tags`.
    pub tags: bool,
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

/// A release tag of git.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseTag {
    /// The version that it names.
    pub version: ReleaseVersion,
    /// Its name, `v1.0.0`.
    pub name: String,
    /// The commit that it leads to, through tags of tags.
    pub commit: String,
}

impl RepositoryState {
    /// The remote that release tags come from: `origin`; without it the first one whose tags are fetched, by name.
    pub fn release_remote(&self) -> Option<&Remote> {
        self.remotes.iter().min_by_key(|remote| (remote.name != b"origin", !remote.tags, &remote.name))
    }

    /// The highest release tag, whether HEAD reaches it or not.
    pub fn highest_known_release(&self) -> Option<&ReleaseTag> {
        self.releases.iter().max_by_key(|release| release.version)
    }

    /// The highest release tag on HEAD itself.
    pub fn release_at_head(&self) -> Option<&ReleaseTag> {
        let head = &self.commit.as_ref()?.id;
        self.releases.iter().filter(|release| release.commit == *head).max_by_key(|release| release.version)
    }
}
