//! An automaton that finds words: it takes milliseconds to build, and reads large texts fast.
//!
//! Each state depends on the one before it, so a processor that steps through one text mostly waits. Stepping through
//! four parts of a text at once is twice as fast, with the same hits.

use std::ops::Range;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind, StartKind};

use super::hit::Hit;

/// Length below which a text is not split, in bytes.
const SHORTEST: usize = 4096;

/// All words, in one automaton.
pub(crate) struct WordAutomaton {
    automaton: DFA,
    start: StateID,
}

impl WordAutomaton {
    /// Builds the automaton; none if the words need too much memory.
    pub(crate) fn new(words: &[Box<[u8]>]) -> Option<Self> {
        let mut builder = DFA::builder();
        builder.match_kind(MatchKind::Standard).start_kind(StartKind::Unanchored).prefilter(false);
        let automaton = builder.build(words).ok()?;
        let start = automaton.start_state(Anchored::No).ok()?;
        Some(Self { automaton, start })
    }

    /// Returns every word that begins in this part of a text, including overlapping ones, by their
    /// places; a word may end behind the part.
    pub(crate) fn hits(&self, text: &[u8], own: Range<usize>) -> Vec<Hit> {
        let mut found = Vec::new();
        let length = own.len() / 4;
        if own.len() < SHORTEST {
            self.step(text, own.start, self.start, own, &mut found);
            found.sort();
            return found;
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|part| own.start + part * length);
        let part = |start: usize| text.get(start..start + length).unwrap_or_default();
        let mut states = [self.start; 4];
        // Each part has its own sorted list, so that sorting all of them takes little time.
        let mut of_parts: [Vec<Hit>; 4] = Default::default();
        for (at, (((one, two), three), four)) in part(a).iter().zip(part(b)).zip(part(c)).zip(part(d)).enumerate() {
            let [first, second, third, fourth] = states;
            states = [
                self.automaton.next_state(Anchored::No, first, *one),
                self.automaton.next_state(Anchored::No, second, *two),
                self.automaton.next_state(Anchored::No, third, *three),
                self.automaton.next_state(Anchored::No, fourth, *four),
            ];
            if states.iter().fold(false, |any, state| any | self.automaton.is_special(*state)) {
                for ((state, start), found) in states.iter().zip([a, b, c, d]).zip(&mut of_parts) {
                    self.report(*state, start + at + 1, own.end, found);
                }
            }
        }
        // A word that begins in a part may end in the next one. The last part also has the remainder of the division.
        for ((state, (start, end)), mut part) in
            states.into_iter().zip([(a, b), (b, c), (c, d), (d, own.end)]).zip(of_parts)
        {
            self.step(text, start + length, state, start..end, &mut part);
            found.append(&mut part);
        }
        found.sort();
        found
    }

    /// Steps from a state to the end of a part, and as far behind it as its words can reach.
    fn step(&self, text: &[u8], from: usize, mut state: StateID, own: Range<usize>, found: &mut Vec<Hit>) {
        let end = text.len().min(own.end + self.automaton.max_pattern_len());
        for (at, byte) in text.get(from..end).unwrap_or_default().iter().enumerate() {
            state = self.automaton.next_state(Anchored::No, state, *byte);
            if self.automaton.is_special(state) {
                self.report(state, from + at + 1, own.end, found);
            }
        }
    }

    /// Records the words that end here and began before `limit`. A function of its own, since its code would take
    /// registers from the loops that call it.
    #[cold]
    #[inline(never)]
    fn report(&self, state: StateID, end: usize, limit: usize, found: &mut Vec<Hit>) {
        if !self.automaton.is_match(state) {
            return;
        }
        for index in 0..self.automaton.match_len(state) {
            let pattern = self.automaton.match_pattern(state, index);
            let start = end - self.automaton.pattern_len(pattern);
            if start < limit {
                found.push(Hit { start, end, word: pattern.as_usize() });
            }
        }
    }
}
