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
    /// Why the changes are uncertain: libgit2 may see them otherwise than git, and there is no git program.
    pub uncertain: Option<String>,
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

/// An operation of git that is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `git merge`.
    Merge,
    /// `git rebase`.
    Rebase,
    /// `git am`.
    Am,
    /// `git revert`.
    Revert,
    /// `git cherry-pick`.
    CherryPick,
    /// `git bisect`.
    Bisect,
}

impl Operation {
    /// How it is named among the changes of a tree.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "an unfinished merge",
            Self::Rebase => "an unfinished rebase",
            Self::Am => "an unfinished am or rebase",
            Self::Revert => "an unfinished revert",
            Self::CherryPick => "an unfinished cherry-pick",
            Self::Bisect => "an unfinished bisect",
        }
    }
}

/// The changes of a tree: the unfinished operation, then the changed paths.
///
/// A rebase and a bisect check commits out one by one and run commands on them (`git rebase --exec`, `git bisect run`):
/// HEAD is detached, and a tree without changed paths is exactly that commit. So they alone are no change there.
pub fn changes(operation: Option<Operation>, head: &Head, paths: Vec<String>) -> Vec<String> {
    let at_a_commit = matches!(operation, Some(Operation::Rebase | Operation::Bisect)) && *head == Head::Detached;
    let named = operation.filter(|_| !at_a_commit || !paths.is_empty());
    named.map(|operation| operation.name().to_owned()).into_iter().chain(paths).collect()
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
