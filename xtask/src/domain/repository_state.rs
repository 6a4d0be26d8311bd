//! The state of git's working tree, which `effects::git` reads.

use std::collections::HashMap;
use std::hash::Hash;

use super::version::ReleaseVersion;

/// How many changed paths are named; with more, the tree is only known to be dirty.
pub const NAMED_CHANGES: usize = 100;

/// The state from which tags and labels are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryState {
    /// What HEAD points to.
    pub head: Head,
    /// The commit of HEAD; none on a branch without commits.
    pub commit: Option<Commit>,
    /// The git tags that are release tags, in any order.
    pub releases: Vec<ReleaseTag>,
    /// The highest release that is reachable from HEAD.
    pub highest_release: Option<ReleaseVersion>,
    /// Changed and untracked paths, and unfinished operations; empty for a clean tree.
    pub changes: Vec<String>,
    /// Submodules that were never checked out, so their files are missing from build contexts.
    pub missing_submodules: Vec<String>,
    /// Whether the clone is shallow.
    pub shallow: bool,
    /// The URL of the remote `origin`, without user and password.
    pub origin: Option<String>,
    /// The branch that `origin/HEAD` points to, as bytes.
    pub origin_default_branch: Option<Vec<u8>>,
    /// Why the changes are uncertain: libgit2 may differ from git, and there is no git program.
    pub uncertain: Option<String>,
    /// The remotes, in any order.
    pub remotes: Vec<Remote>,
}

/// A remote that git is configured to fetch from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote {
    /// Its name, as bytes.
    pub name: Vec<u8>,
    /// Whether `git fetch` fetches its tags; `false` after `git clone --no-tags`.
    pub tags: bool,
}

/// An unfinished operation of git.
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
    /// Returns the name under which it is listed among the changes of a tree.
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

    /// Returns the operation with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Merge, Self::Rebase, Self::Am, Self::Revert, Self::CherryPick, Self::Bisect];
        all.into_iter().find(|operation| operation.name() == name)
    }

    /// Returns git's command for the operation.
    pub fn command(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Rebase => "rebase",
            Self::Am => "am",
            Self::Revert => "revert",
            Self::CherryPick => "cherry-pick",
            Self::Bisect => "bisect",
        }
    }
}

/// Returns the changes of a tree: the unfinished operation, then the changed paths.
///
/// A rebase and a bisect check out commits one by one and run commands on them (`git rebase --exec`, `git bisect run`).
/// HEAD is detached then, and a tree without changed paths is exactly that commit. So the operation alone does not
/// count as a change.
pub fn changes(operation: Option<Operation>, head: &Head, paths: Vec<String>) -> Vec<String> {
    let at_a_commit = matches!(operation, Some(Operation::Rebase | Operation::Bisect)) && *head == Head::Detached;
    let named = operation.filter(|_| !at_a_commit || !paths.is_empty());
    named.map(|operation| operation.name().to_owned()).into_iter().chain(paths).collect()
}

/// What HEAD points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch: its name after `refs/heads/`, as bytes.
    Branch(Vec<u8>),
    /// A commit, without a branch.
    Detached,
}

impl Head {
    /// Returns what a symbolic HEAD points to: only a name below `refs/heads/` is a branch, since others could be
    /// mistaken for one.
    pub fn of_reference(target: &[u8]) -> Self {
        target.strip_prefix(b"refs/heads/").map_or(Self::Detached, |name| Self::Branch(name.to_vec()))
    }
}

/// A commit, with the facts for labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The ID: 40 (or 64) hex digits.
    pub id: String,
    /// The committer's time, in seconds since 1970.
    pub seconds: i64,
}

/// A release tag of git.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseTag {
    /// The version that it names.
    pub version: ReleaseVersion,
    /// Its name, such as `v1.0.0`.
    pub name: String,
    /// The ID of the commit that it points to, also through tags of tags.
    pub commit: String,
}

impl RepositoryState {
    /// Returns the remote for release tags: `origin`, or without it the first one by name whose tags are fetched.
    pub fn release_remote(&self) -> Option<&Remote> {
        self.remotes.iter().min_by_key(|remote| (remote.name != b"origin", !remote.tags, &remote.name))
    }

    /// Returns the highest release tag, whether it is reachable from HEAD or not.
    pub fn highest_known_release(&self) -> Option<&ReleaseTag> {
        self.releases.iter().max_by_key(|release| release.version)
    }

    /// Returns the highest release tag on HEAD itself.
    pub fn release_at_head(&self) -> Option<&ReleaseTag> {
        let head = &self.commit.as_ref()?.id;
        self.releases.iter().filter(|release| release.commit == *head).max_by_key(|release| release.version)
    }
}

/// Searches for the highest release that is reachable from HEAD. A walk over the history passes commits to it, in any
/// order.
#[derive(Clone, Debug)]
pub struct HighestRelease<K> {
    /// The highest release of each commit.
    releases: HashMap<K, ReleaseVersion>,
    highest: Option<ReleaseVersion>,
    met: Option<ReleaseVersion>,
}

impl<K: Eq + Hash> HighestRelease<K> {
    /// Makes a search among releases, of which one commit can have several.
    pub fn among(releases: impl IntoIterator<Item = (K, ReleaseVersion)>) -> Self {
        let mut highest_of = HashMap::new();
        for (key, version) in releases {
            let highest = highest_of.entry(key).or_insert(version);
            *highest = (*highest).max(version);
        }
        Self { highest: highest_of.values().max().copied(), releases: highest_of, met: None }
    }

    /// Records a commit that the walk reaches.
    pub fn meet(&mut self, key: &K) {
        self.met = self.met.max(self.releases.get(key).copied());
    }

    /// Whether no higher release can follow.
    pub fn is_over(&self) -> bool {
        self.met == self.highest
    }

    /// Returns the highest release that was reached.
    pub fn found(&self) -> Option<ReleaseVersion> {
        self.met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ReleaseVersion {
        text.parse().unwrap()
    }

    #[test]
    fn the_highest_release_that_is_met_counts() {
        let releases =
            [("a", version("1.0.0")), ("b", version("1.2.0")), ("b", version("1.10.0")), ("c", version("2.0.0"))];
        let mut search = HighestRelease::among(releases);
        for (met, found, over) in
            [("x", None, false), ("b", Some("1.10.0"), false), ("a", Some("1.10.0"), false), ("c", Some("2.0.0"), true)]
        {
            search.meet(&met);
            assert_eq!((search.found(), search.is_over()), (found.map(version), over), "{met}");
        }
    }

    #[test]
    fn without_releases_the_search_is_over_before_it_begins() {
        let search = HighestRelease::<&str>::among([]);
        assert_eq!((search.found(), search.is_over()), (None, true));
    }

    #[test]
    fn only_what_is_below_heads_is_a_branch() {
        assert_eq!(Head::of_reference(b"refs/heads/a/b"), Head::Branch(b"a/b".to_vec()));
        assert_eq!(Head::of_reference(b"refs/tags/a"), Head::Detached);
    }
}
