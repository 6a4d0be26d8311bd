//! Limits the work of patterns on one text, so that the work is proportional to its length.

use std::collections::BTreeMap;

/// How far a pattern reads behind its word, in bytes.
pub(crate) const REACH: usize = 8 * 1024;

/// How far a pattern reads after it has spent its work, in bytes: more than the length of all tokens but the largest
/// ones.
pub(crate) const SHORT_REACH: usize = 320;

/// How many bytes a pattern may read for each byte of a text before its reach becomes short.
const WORK: u64 = 64;

/// The work of all patterns on one text.
pub(crate) struct Attempts {
    /// For each pattern, how many bytes it has read, and where its last match ends.
    of: BTreeMap<usize, (u64, usize)>,
    /// How many bytes a pattern may read before its reach becomes short.
    limit: u64,
    /// The first attempt that may have missed a match because of its reach.
    cut: Option<Cut>,
}

impl Attempts {
    /// Starts counting for a text of this length.
    pub(crate) fn new(length: usize) -> Self {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let limit = length.saturating_mul(WORK).saturating_add(64 * 1024);
        Self { of: BTreeMap::new(), limit, cut: None }
    }

    /// Returns how far a pattern may read.
    pub(crate) fn reach(&self, place: usize) -> usize {
        match self.of.get(&place) {
            Some((spent, _)) if *spent > self.limit => SHORT_REACH,
            _ => REACH,
        }
    }

    /// Whether a position is inside of the pattern's last match.
    pub(crate) fn covers(&self, place: usize, at: usize) -> bool {
        self.of.get(&place).is_some_and(|(_, end)| at < *end)
    }

    pub(crate) fn spend(&mut self, place: usize, bytes: usize) {
        let (spent, _) = self.of.entry(place).or_default();
        *spent = spent.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    pub(crate) fn found(&mut self, place: usize, end: usize) {
        self.of.entry(place).or_default().1 = end;
    }

    /// Returns the first attempt that may have missed a match because of its reach.
    pub(crate) fn first_cut(&self) -> Option<Cut> {
        self.cut
    }

    /// Records an attempt that may have missed a match because of its reach.
    pub(crate) fn cut(&mut self, cut: Cut) {
        self.cut.get_or_insert(cut);
    }

    pub(crate) fn all(&self) -> u64 {
        self.of.values().fold(0, |all, (spent, _)| all.saturating_add(*spent))
    }
}

/// A position where a secret may begin that is longer than what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The position of its word, in bytes.
    pub at: usize,
    /// How many bytes behind the word were read.
    pub reach: usize,
}

impl Cut {
    /// Returns why secrets of every length were not searched for, as a sentence fragment.
    pub fn reason(self) -> &'static str {
        if self.reach == SHORT_REACH {
            "it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for"
        } else {
            "it has the beginning of a secret that may go on behind the 8 KiB that were looked at"
        }
    }
}
