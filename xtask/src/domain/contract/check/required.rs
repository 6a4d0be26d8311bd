//! The entries that contracts require in ignore files, parsed once for all components: most contracts require the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dockerfile::ignore_file::IgnoreFile;

use super::samples::{probes, samples};
use crate::domain::contract::declared::Contract;

/// The entries of several contracts.
#[derive(Debug, Default)]
pub struct RequiredEntries<'a>(BTreeMap<&'a str, RequiredEntry>);

/// An entry that a contract requires.
#[derive(Clone, Debug)]
pub(super) struct RequiredEntry {
    /// The entry as a pattern.
    pub(super) alone: IgnoreFile,
    /// The entry at the root and in every folder.
    pub(super) everywhere: IgnoreFile,
    /// Paths at the root that the entry excludes.
    pub(super) excluded: Vec<String>,
}

impl<'a> RequiredEntries<'a> {
    /// Parses the entries of these contracts.
    pub fn of(contracts: impl IntoIterator<Item = &'a Contract>) -> Self {
        let mut all = BTreeMap::new();
        for entry in contracts.into_iter().flat_map(|contract| &contract.ignore).flat_map(|entries| &entries.value) {
            if !all.contains_key(entry.as_str())
                && let Some(parsed) = RequiredEntry::parse(entry)
            {
                all.insert(entry.as_str(), parsed);
            }
        }
        Self(all)
    }

    /// Returns an entry; none if it is not valid.
    pub(super) fn entry(&self, entry: &str) -> Option<Cow<'_, RequiredEntry>> {
        self.0.get(entry).map(Cow::Borrowed).or_else(|| RequiredEntry::parse(entry).map(Cow::Owned))
    }
}

impl RequiredEntry {
    fn parse(entry: &str) -> Option<Self> {
        let alone = IgnoreFile::parse(entry).ok()?;
        let everywhere = format!("{entry}\n**/{}", entry.trim_start_matches("**/").trim_start_matches('/'));
        let everywhere = IgnoreFile::parse(&everywhere).unwrap_or_else(|_| alone.clone());
        let excluded = samples(entry).into_iter().filter(|path| alone.decide(path).excluded).collect();
        Some(Self { alone, everywhere, excluded })
    }

    /// Returns paths that the entry excludes. `back` are the `!` patterns of the ignore file, which add paths that they
    /// include again.
    pub(super) fn excluded(&self, entry: &str, back: &[&str]) -> Cow<'_, [String]> {
        if back.is_empty() {
            // What is inside of an excluded folder is excluded, too.
            return Cow::Borrowed(&self.excluded);
        }
        Cow::Owned(probes(entry, back).into_iter().filter(|path| self.alone.decide(path).excluded).collect())
    }
}
