//! The work that patterns have had with a text, so that no text makes much work for its length.

use std::collections::BTreeMap;

/// How far a pattern looks behind its word, in bytes.
pub(crate) const REACH: usize = 8 * 1024;

/// How far a pattern looks where it has taken much work already, in bytes: more than all tokens but the largest ones have.
pub(crate) const SHORT_REACH: usize = 320;

/// How many bytes a pattern looks at for each byte of a text before its reach becomes short.
const WORK: u64 = 64;

/// What was tried in a text.
pub(crate) struct Attempts {
    /// For each pattern, how many bytes it has looked at, and where its last match ends.
    of: BTreeMap<usize, (u64, usize)>,
    /// How many bytes a pattern may look at before its reach becomes short.
    limit: u64,
    /// Where the first attempt was that a short reach may have kept from a match.
    cut: Option<usize>,
}

impl Attempts {
    /// None yet, in a text of this length.
    pub(crate) fn new(length: usize) -> Self {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let limit = length.saturating_mul(WORK).saturating_add(64 * 1024);
        Self { of: BTreeMap::new(), limit, cut: None }
    }

    /// How far a pattern looks.
    pub(crate) fn reach(&self, place: usize) -> usize {
        match self.of.get(&place) {
            Some((spent, _)) if *spent > self.limit => SHORT_REACH,
            _ => REACH,
        }
    }

    /// Whether a place is inside of the pattern's last match.
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

    /// Where the first attempt was that a short reach may have kept from a match.
    pub(crate) fn first_cut(&self) -> Option<usize> {
        self.cut
    }

    /// Takes an attempt at this place that a short reach may have kept from a match.
    pub(crate) fn cut_at(&mut self, at: usize) {
        self.cut.get_or_insert(at);
    }

    pub(crate) fn all(&self) -> u64 {
        self.of.values().fold(0, |all, (spent, _)| all.saturating_add(*spent))
    }
}
