//! Collects findings: of each rule, the first ones in each file, and the number of the others. This bounds the memory
//! for a file full of secrets, and the length of the report.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::rules;
use super::text::{LocatedVerdict, Origin};

/// How many findings of one rule in one file are reported one by one.
const SHOWN: usize = 20;

/// The findings so far.
#[derive(Debug, Default)]
pub struct Collected {
    found: Vec<LocatedVerdict>,
    counts: HashMap<(Arc<Origin>, &'static str), usize>,
    /// What could not be searched: each reason once for each file, at its first place.
    not_searched: BTreeMap<(Arc<Origin>, String), LocatedVerdict>,
}

impl Collected {
    /// Adds a finding.
    pub fn add(&mut self, found: LocatedVerdict) {
        if found.verdict.rule == rules::NOT_SEARCHED {
            let key = (Arc::clone(&found.origin), found.verdict.reason.clone());
            let offset = found.offset;
            let known = self.not_searched.entry(key).or_insert(found);
            known.offset = known.offset.min(offset);
            return;
        }
        let count = self.counts.entry((Arc::clone(&found.origin), found.verdict.rule)).or_default();
        *count = count.saturating_add(1);
        if *count <= SHOWN {
            self.found.push(found);
        }
    }

    /// Adds the findings of another searcher.
    pub fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        other.not_searched.into_values().for_each(|found| self.add(found));
        for (key, count) in other.counts {
            let known = self.counts.entry(key).or_default();
            *known = known.saturating_add(count);
        }
    }

    /// Returns all findings by file and place. The last reported one of a rule in a file says how many were left out.
    pub fn finish(mut self) -> Vec<LocatedVerdict> {
        let mut all = std::mem::take(&mut self.found);
        all.extend(std::mem::take(&mut self.not_searched).into_values());
        all.sort_by(|first, second| (&first.origin, first.offset).cmp(&(&second.origin, second.offset)));
        // The file name is judged with each text in it, so it is reported once.
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
                found.verdict = found.verdict.clone().and_more(more);
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

    fn found(path: &str, offset: u64) -> LocatedVerdict {
        let verdict = Verdict { rule: "x", reason: "secret".to_owned() };
        LocatedVerdict { origin: Origin::of_file(path).into(), offset, verdict }
    }

    #[test]
    fn what_could_not_be_searched_is_told_once_for_each_reason() {
        let not_searched = |path: &str, offset: u64, reason: &str| {
            let verdict = Verdict { rule: rules::NOT_SEARCHED, reason: reason.to_owned() };
            LocatedVerdict { verdict, ..found(path, offset) }
        };
        let (mut one, mut two) = (Collected::default(), Collected::default());
        (10..60).for_each(|at| one.add(not_searched("a", at, "long")));
        two.add(not_searched("a", 7, "long"));
        two.add(not_searched("a", 8, "damaged"));
        two.add(not_searched("b", 9, "long"));
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
        assert_eq!((all[18].verdict.count(), all[19].verdict.count()), (1, 41));
        assert_eq!(all[20].verdict.reason, "secret");
    }
}
