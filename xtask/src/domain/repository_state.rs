//! What git says about the working tree, gathered by `effects::git`.

use std::collections::HashMap;
use std::hash::Hash;

use super::version::ReleaseVersion;

/// How many changed paths are named; more are only counted as "dirty".
pub const NAMED_CHANGES: usize = 100;

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

impl Head {
    /// What a symbolic HEAD names: a branch only below `refs/heads/`, or else its name could be another branch's.
    pub fn of_reference(target: &[u8]) -> Self {
        target.strip_prefix(b"refs/heads/").map_or(Self::Detached, |name| Self::Branch(name.to_vec()))
    }
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

/// The search for the highest release that is reachable from HEAD. A walk hands it what it meets, in any order.
#[derive(Clone, Debug)]
pub struct HighestRelease<K> {
    /// The highest release of each commit, or whatever the walk meets.
    releases: HashMap<K, ReleaseVersion>,
    highest: Option<ReleaseVersion>,
    met: Option<ReleaseVersion>,
}

impl<K: Eq + Hash> HighestRelease<K> {
    /// A search among releases, of which one commit can have several.
    pub fn among(releases: impl IntoIterator<Item = (K, ReleaseVersion)>) -> Self {
        let mut highest_of = HashMap::new();
        for (key, version) in releases {
            let highest = highest_of.entry(key).or_insert(version);
            *highest = (*highest).max(version);
        }
        Self { highest: highest_of.values().max().copied(), releases: highest_of, met: None }
    }

    /// Takes note of what the walk meets.
    pub fn meet(&mut self, key: &K) {
        self.met = self.met.max(self.releases.get(key).copied());
    }

    /// Whether no higher release can be met any more.
    pub fn is_over(&self) -> bool {
        self.met == self.highest
    }

    /// The highest release that was met.
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
