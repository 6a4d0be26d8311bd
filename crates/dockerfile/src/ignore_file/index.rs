//! An index of patterns by the paths that they can match, so that only a few of thousands are tried on a path.
//!
//! A pattern without wildcards is indexed by its whole path, `**/name` by the last name, and a pattern whose literal
//! beginning contains a folder by its first name. All other patterns are tried on every path.

use std::collections::HashMap;

use super::pattern::{Key, Pattern};

/// Numbers of patterns, by what they require of a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_path: HashMap<Vec<u8>, Vec<usize>>,
    by_last_name: HashMap<Vec<u8>, Vec<usize>>,
    by_first_name: HashMap<Vec<u8>, Vec<usize>>,
    others: Vec<usize>,
    /// For each folder, the last `!` pattern without wildcards for a path inside of it.
    inside: HashMap<Vec<u8>, usize>,
    /// All other `!` patterns, in order.
    back: Vec<usize>,
}

impl Index {
    /// Builds the index from the patterns in their order, each with whether it begins with `!`.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = (&'a Pattern, bool)>) -> Self {
        let mut index = Self::default();
        for (number, (pattern, brings_back)) in patterns.enumerate() {
            let (map, key) = match pattern.key() {
                Key::Path(path) => (&mut index.by_path, path),
                Key::LastName(name) => (&mut index.by_last_name, name),
                Key::FirstName(name) => (&mut index.by_first_name, name),
                Key::None => {
                    index.others.push(number);
                    index.back.extend(brings_back.then_some(number));
                    continue;
                }
            };
            map.entry(key.to_owned()).or_default().push(number);
            if brings_back {
                match pattern.key() {
                    Key::Path(path) => {
                        for parent in parents(path) {
                            index.inside.insert(parent.to_owned(), number);
                        }
                    }
                    _ => index.back.push(number),
                }
            }
        }
        index
    }

    /// Returns the numbers of the patterns that could match a path, in no particular order.
    pub(super) fn candidates(&self, path: &[u8]) -> Vec<usize> {
        let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let first = path.split(|byte| *byte == b'/').next().unwrap_or(path);
        let found = [self.by_path.get(path), self.by_last_name.get(last), self.by_first_name.get(first)];
        let found = found.into_iter().flatten().chain([&self.others]).flatten();
        found.copied().collect()
    }

    /// Returns the first `!` pattern, from number `later` on, that matches something inside a folder. `may_match`
    /// decides for patterns that the index cannot decide.
    pub(super) fn brings_back_inside(
        &self,
        folder: &[u8],
        later: usize,
        may_match: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let exact = self.inside.get(folder).copied().filter(|number| *number >= later);
        let from = self.back.partition_point(|number| *number < later);
        exact.or_else(|| {
            self.back.get(from..)?.iter().copied().find(|number| {
                counted::count(1);
                may_match(*number)
            })
        })
    }
}

/// Returns the parent folders of a path, the outermost first.
pub(super) fn parents(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    ends.filter_map(|(at, _)| path.get(..at))
}
