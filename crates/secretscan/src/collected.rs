//! What a search has found so far: of one rule in one file the first ones, and how many more there are. A file of nothing
//! but secrets must not take all memory, and nobody reads a million lines.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::rules;
use super::text::{Found, Origin};

/// How many findings of one rule in one file are told one by one.
const SHOWN: usize = 20;

/// Findings, as they come.
#[derive(Debug, Default)]
pub struct Collected {
    found: Vec<Found>,
    counts: HashMap<(Arc<Origin>, &'static str), usize>,
    /// What could not be searched: each reason once a file, at its first place.
    unseen: BTreeMap<(Arc<Origin>, String), Found>,
}

impl Collected {
    /// Takes a finding.
    pub fn add(&mut self, found: Found) {
        if found.verdict.rule == rules::UNSEEN {
            let key = (Arc::clone(&found.origin), found.verdict.reason.clone());
            let offset = found.offset;
            let known = self.unseen.entry(key).or_insert(found);
            known.offset = known.offset.min(offset);
            return;
        }
        let count = self.counts.entry((Arc::clone(&found.origin), found.verdict.rule)).or_default();
        *count = count.saturating_add(1);
        if *count <= SHOWN {
            self.found.push(found);
        }
    }

    /// Takes what another searcher has found.
    pub fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        other.unseen.into_values().for_each(|found| self.add(found));
        for (key, count) in other.counts {
            let known = self.counts.entry(key).or_default();
            *known = known.saturating_add(count);
        }
    }

    /// All findings by file and place; the last one that is told of a rule says how many are not.
    pub fn finish(mut self) -> Vec<Found> {
        let mut all = std::mem::take(&mut self.found);
        all.extend(std::mem::take(&mut self.unseen).into_values());
        all.sort_by(|first, second| (&first.origin, first.offset).cmp(&(&second.origin, second.offset)));
        // What a file is called is judged with each text in it.
        let mut names = HashSet::new();
        all.retain(|found| {
            let Origin { layer, path, .. } = found.origin.as_ref();
            !found.verdict.is_of_name() || names.insert((layer.clone(), path.clone(), found.verdict.rule))
        });
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
    use crate::Verdict;

    fn found(path: &str, offset: u64) -> Found {
        let verdict = Verdict { rule: "x", reason: "secret".to_owned() };
        Found { origin: Origin::of_file(path).into(), offset, verdict }
    }

    #[test]
    fn what_could_not_be_searched_is_told_once_for_each_reason() {
        let unseen = |path: &str, offset: u64, reason: &str| {
            let verdict = Verdict { rule: rules::UNSEEN, reason: reason.to_owned() };
            Found { verdict, ..found(path, offset) }
        };
        let (mut one, mut two) = (Collected::default(), Collected::default());
        (10..60).for_each(|at| one.add(unseen("a", at, "long")));
        two.add(unseen("a", 7, "long"));
        two.add(unseen("a", 8, "damaged"));
        two.add(unseen("b", 9, "long"));
        one.merge(two);
        let all = one.finish();
        let told: Vec<_> = all.iter().map(|found| (found.offset, found.verdict.reason.as_str())).collect();
        assert_eq!(told, [(7, "long"), (8, "damaged"), (9, "long")]);
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
