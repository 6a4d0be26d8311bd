//! Parses the output of the git program.
//!
//! Names are bytes: git does not define the encoding of paths, branches and remotes. Each output is parsed once from
//! its beginning to its end, and text in an unexpected form is skipped.

use std::collections::{BTreeMap, HashSet};

use super::repository_state::{Commit, Remote};

/// Parses keys and values as `git config --null --get-regexp` prints them. A key without a value has an empty one.
pub fn config_entries(answer: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    answer.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).map(|entry| {
        let mut parts = entry.splitn(2, |byte| *byte == b'\n');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    })
}

/// Settings about remotes and references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether references are stored in tables (reftable) instead of files.
    pub in_tables: bool,
    /// The remotes with a URL, sorted by name.
    pub remotes: Vec<Remote>,
    /// The URL of `origin`; the last one if there are several.
    pub origin: Option<Vec<u8>>,
}

/// Parses `remote.NAME.url`, `remote.NAME.tagOpt`, and `extensions.refStorage`. As in git, a later entry overrides an
/// earlier one.
pub fn settings<'a>(entries: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Settings {
    let mut found: BTreeMap<&[u8], (bool, bool)> = BTreeMap::new();
    let (mut origin, mut in_tables) = (None, false);
    for (key, value) in entries {
        if key.eq_ignore_ascii_case(b"extensions.refstorage") {
            in_tables = value.starts_with(b"reftable");
        }
        let Some(rest) = key.strip_prefix(b"remote.") else { continue };
        let Some(dot) = rest.iter().rposition(|byte| *byte == b'.') else { continue };
        let (Some(name), Some(option)) = (rest.get(..dot), rest.get(dot.saturating_add(1)..)) else { continue };
        let (has_url, tags) = found.entry(name).or_insert((false, true));
        if option.eq_ignore_ascii_case(b"url") {
            *has_url = true;
            if name == b"origin" {
                origin = Some(value.to_vec());
            }
        } else if option.eq_ignore_ascii_case(b"tagopt") {
            *tags = value != b"--no-tags";
        }
    }
    let remotes = found.into_iter().filter(|(_, (has_url, _))| *has_url);
    let remotes = remotes.map(|(name, (_, tags))| Remote { name: name.to_vec(), tags }).collect();
    Settings { in_tables, remotes, origin }
}

/// Returns the paths in the output of `git status --porcelain=v1 -z`, in git's order: tracked ones first, then
/// untracked ones.
pub fn status_paths(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut entries = answer.split(|byte| *byte == 0);
    std::iter::from_fn(move || {
        let entry = entries.by_ref().find(|entry| entry.len() > 3)?;
        // The new path of a rename is followed by the old one.
        if entry.iter().take(2).any(|state| b"RC".contains(state)) {
            entries.next();
        }
        entry.get(3..)
    })
}

/// A tag, with the object that it finally points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeeledTag<'a> {
    /// The name, without `refs/tags/`.
    pub name: &'a [u8],
    /// The ID of the object, in hexadecimal.
    pub target: &'a [u8],
}

/// Parses `git show-ref --tags --dereference`. An annotated tag has a second line for the object that it points to.
pub fn peeled_tags(answer: &[u8]) -> Vec<PeeledTag<'_>> {
    let mut tags: Vec<PeeledTag<'_>> = Vec::new();
    for line in answer.split(|byte| *byte == b'\n') {
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let (Some(target), Some(name)) = (words.next(), words.next()) else { continue };
        let Some(name) = name.strip_prefix(b"refs/tags/") else { continue };
        match (name.strip_suffix(b"^{}"), tags.last_mut()) {
            (Some(name), Some(last)) if last.name == name => last.target = target,
            _ => tags.push(PeeledTag { name, target }),
        }
    }
    tags
}

/// Returns the lines of an output as a set, if their order has no meaning.
pub fn set_of_lines(answer: &[u8]) -> HashSet<&[u8]> {
    answer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
}

/// The mode of a submodule in the index.
pub const SUBMODULE_MODE: u32 = 0o160_000;

/// Returns the paths of the submodules among the entries of `git ls-files --stage -z`.
pub fn submodules(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    submodule_commits(answer).map(|(_, path)| path)
}

/// Parses time and ID in the output of `git rev-list --timestamp --max-count=1`.
pub fn commit(answer: &[u8]) -> Option<Commit> {
    let text = std::str::from_utf8(answer).ok()?;
    let (seconds, id) = text.trim_end().split_once(' ')?;
    let hex = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| Commit { id: id.to_owned(), seconds: seconds.parse().unwrap_or_default() })
}

/// The arguments of `git rev-parse` for the location of a repository.
pub const PLACE: [&str; 3] = ["--is-shallow-repository", "--is-inside-work-tree", "--absolute-git-dir"];

/// The location of a repository: the answer to `PLACE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whether the clone is shallow.
    pub shallow: bool,
    /// Whether the folder is inside a working tree.
    pub in_work_tree: bool,
    /// The path of the git folder, which may contain line breaks.
    pub git_dir: &'a [u8],
}

/// Parses the answer to `PLACE`.
pub fn place(answer: &[u8]) -> Option<Place<'_>> {
    let mut parts = answer.splitn(3, |byte| *byte == b'\n');
    let (shallow, inside, git_dir) = (parts.next()?, parts.next()?, parts.next()?);
    let git_dir = git_dir.strip_suffix(b"\n").unwrap_or(git_dir);
    Some(Place { shallow: shallow == b"true", in_work_tree: inside == b"true", git_dir })
}

/// Returns a single name, without the line break behind it.
pub fn one_line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

/// Returns the submodules among the entries of `git ls-files --stage -z`: the commit of each, and its path.
pub fn submodule_commits(answer: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    answer.split(|byte| *byte == 0).filter_map(|entry| {
        let mut parts = entry.splitn(2, |byte| *byte == b'\t');
        let mut facts = std::str::from_utf8(parts.next()?).ok()?.split(' ');
        let is_submodule = u32::from_str_radix(facts.next()?, 8) == Ok(SUBMODULE_MODE);
        let object = facts.next().filter(|_| is_submodule)?;
        Some((object.to_owned(), parts.next()?))
    })
}

/// Whether git's words say that another process holds the lock of a file, which will end soon.
pub fn is_locked(words: &str) -> bool {
    words.contains(".lock") && words.contains("File exists")
}

/// An entry of a tree, as `git ls-tree -z` prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeEntry<'a> {
    /// The mode, such as `100644`.
    pub mode: &'a str,
    /// The ID of the object.
    pub object: &'a str,
    /// The path, as bytes.
    pub path: &'a [u8],
}

/// Parses the output of `git ls-tree -z`: `MODE TYPE OBJECT<tab>PATH` for each entry.
pub fn tree_entries(answer: &[u8]) -> impl Iterator<Item = TreeEntry<'_>> {
    answer.split(|byte| *byte == 0).filter_map(|entry| {
        let tab = entry.iter().position(|byte| *byte == b'\t')?;
        let mut words = std::str::from_utf8(entry.get(..tab)?).ok()?.split(' ');
        let (mode, object) = (words.next()?, words.nth(1)?);
        Some(TreeEntry { mode, object, path: entry.get(tab.saturating_add(1)..)? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_status_names_each_path_once() {
        let answer = b"M  a b\0?? caf\xe9\nx\0R  new\0old\0 D ' \"\0";
        let paths: Vec<&[u8]> = status_paths(answer).collect();
        assert_eq!(paths, [b"a b".as_slice(), b"caf\xe9\nx", b"new", b"' \""]);
    }

    #[test]
    fn an_annotated_tag_leads_to_what_stands_below_it() {
        let tags =
            peeled_tags(b"11 refs/tags/a\n22 refs/tags/a^{}\n33 refs/tags/b\n44 refs/heads/c\n55 refs/tags/d^{}\n");
        let shown: Vec<(&[u8], &[u8])> = tags.iter().map(|tag| (tag.name, tag.target)).collect();
        assert_eq!(shown, [(b"a".as_slice(), b"22".as_slice()), (b"b", b"33"), (b"d^{}", b"55")]);
    }

    #[test]
    fn remotes_are_those_with_a_url_and_the_last_entry_counts() {
        let answer = b"remote.origin.url\nhttps://one\0remote.origin.tagopt\n--no-tags\0remote.origin.url\nhttps://two\0\
                       remote.a.b.url\nx\0remote.none.tagopt\n--tags\0extensions.refstorage\nreftable\0remote.pushdefault\nx\0";
        let found = settings(config_entries(answer));
        let remote = |name: &[u8], tags| Remote { name: name.to_vec(), tags };
        assert_eq!(found.remotes, [remote(b"a.b", true), remote(b"origin", false)]);
        assert_eq!((found.origin.as_deref(), found.in_tables), (Some(b"https://two".as_slice()), true));
    }

    #[test]
    fn a_folder_of_git_may_have_line_breaks_in_its_name() {
        let found = place(b"false\ntrue\n/a\nb/.git\n").unwrap();
        assert_eq!(found, Place { shallow: false, in_work_tree: true, git_dir: b"/a\nb/.git" });
        assert_eq!(place(b"false\n"), None);
    }

    #[test]
    fn times_of_commits_that_cannot_be_counted_are_the_beginning_of_time() {
        assert_eq!(commit(b"123 abc\n"), Some(Commit { id: "abc".to_owned(), seconds: 123 }));
        assert_eq!(commit(b"99999999999999999999 abc\n"), Some(Commit { id: "abc".to_owned(), seconds: 0 }));
        assert_eq!((commit(b""), commit(b"1 \n"), commit(b"1 xyz\n")), (None, None, None));
    }

    /// Any bytes, preferring those that occur in answers.
    fn answer() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => Just(b"\0".to_vec()), 4 => Just(b"\n".to_vec()), 2 => Just(b" ".to_vec()), 2 => Just(b"\t".to_vec()),
            2 => Just(b"refs/tags/".to_vec()), 2 => Just(b"^{}".to_vec()), 2 => Just(b"remote.".to_vec()),
            2 => Just(b".url".to_vec()), 2 => Just(b".tagopt".to_vec()), 2 => Just(b"160000 ".to_vec()),
            2 => Just(b"R  ".to_vec()), 2 => Just(b"true".to_vec()),
            8 => prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    /// A name that git allows: any bytes but NUL.
    fn name() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(1_u8..=255, 1..300)
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_and_nothing_is_made_up(answer in answer()) {
            let part = |name: &[u8]| name.is_empty() || answer.windows(name.len()).any(|window| window == name);
            prop_assert!(status_paths(&answer).all(part));
            prop_assert!(submodules(&answer).all(part));
            prop_assert!(set_of_lines(&answer).into_iter().all(part));
            prop_assert!(peeled_tags(&answer).iter().all(|tag| part(tag.name) && part(tag.target)));
            prop_assert!(config_entries(&answer).all(|(key, value)| part(key) && part(value)));
            prop_assert!(settings(config_entries(&answer)).remotes.iter().all(|remote| part(&remote.name)));
            prop_assert!(place(&answer).is_none_or(|place| part(place.git_dir)));
            prop_assert!(commit(&answer).is_none_or(|commit| part(commit.id.as_bytes())));
        }

        #[test]
        fn names_come_back_as_they_are(names in prop::collection::vec(name(), 0..20)) {
            let status: Vec<u8> = names.iter().flat_map(|name| [b"?? ", name.as_slice(), b"\0"].concat()).collect();
            prop_assert_eq!(status_paths(&status).collect::<Vec<_>>(), names.clone());
            let entries: Vec<u8> =
                names.iter().flat_map(|name| [b"160000 0123 0\t", name.as_slice(), b"\0"].concat()).collect();
            prop_assert_eq!(submodules(&entries).collect::<Vec<_>>(), names);
        }
    }
}
