//! What a search has found so far: of one rule in one file the first ones, and how many more there are. A file of nothing
//! but secrets must not take all memory, and nobody reads a million lines.

use std::collections::HashMap;
use std::sync::Arc;

use super::text::{Found, Origin};

/// How many findings of one rule in one file are told one by one.
const SHOWN: usize = 20;

/// Findings, as they come.
#[derive(Debug, Default)]
pub struct Collected {
    found: Vec<Found>,
    counts: HashMap<(Arc<Origin>, &'static str), usize>,
}

impl Collected {
    /// Takes a finding.
    pub fn add(&mut self, found: Found) {
        let count = self.counts.entry((Arc::clone(&found.origin), found.verdict.rule)).or_default();
        *count = count.saturating_add(1);
        if *count <= SHOWN {
            self.found.push(found);
        }
    }

    /// Takes what another searcher has found.
    pub fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        for (key, count) in other.counts {
            let known = self.counts.entry(key).or_default();
            *known = known.saturating_add(count);
        }
    }

    /// All findings by file and place; the last one that is told of a rule says how many are not.
    pub fn finish(mut self) -> Vec<Found> {
        let mut all = std::mem::take(&mut self.found);
        all.sort_by(|first, second| (&first.origin, first.offset).cmp(&(&second.origin, second.offset)));
        let mut told: HashMap<(Arc<Origin>, &'static str), usize> = HashMap::new();
        all.retain_mut(|found| {
            let key = (Arc::clone(&found.origin), found.verdict.rule);
            let more = self.counts.get(&key).copied().unwrap_or_default().saturating_sub(SHOWN);
            let count = told.entry(key).or_default();
            *count = count.saturating_add(1);
            if *count == SHOWN && more > 0 {
                found.verdict.reason = format!("{}, and {more} more like it in the same file", found.verdict.reason);
            }
            *count <= SHOWN
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secrets::Verdict;

    fn found(path: &str, offset: u64) -> Found {
        let verdict = Verdict { rule: "x", reason: "secret".to_owned() };
        Found { origin: Origin::of_file(path).into(), offset, verdict }
    }

    #[test]
    fn the_first_are_told_and_the_others_counted() {
        let (mut one, mut two) = (Collected::default(), Collected::default());
        (0..30).for_each(|at| one.add(found("a", at * 2)));
        (0..30).for_each(|at| two.add(found("a", at * 2 + 1)));
        two.add(found("b", 7));
        one.merge(two);
        let all = one.finish();
        assert_eq!(all.len(), SHOWN + 1);
        assert_eq!(all.iter().map(|found| found.offset).collect::<Vec<_>>(), (0..20).chain([7]).collect::<Vec<_>>());
        assert_eq!(all[18].verdict.reason, "secret");
        assert_eq!(all[19].verdict.reason, "secret, and 40 more like it in the same file");
        assert_eq!(all[20].verdict.reason, "secret");
    }
}
