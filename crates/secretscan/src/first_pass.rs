//! The first pass over a text: finds the words of all patterns and the known values, with tables at first, and with an
//! automaton once much was searched. Both find the same.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::hit::Hit;
use super::word_automaton::WordAutomaton;
use super::word_tables::WordTables;

/// How many bytes are searched with the tables: on about as many, the automaton saves the time that it takes to build.
const WITH_TABLES: usize = 4 * 1024 * 1024;

/// All words.
pub(crate) struct Words {
    all: Vec<Box<[u8]>>,
    tables: WordTables,
    /// None if the words need too much memory.
    automaton: OnceLock<Option<WordAutomaton>>,
    /// The number of bytes that were searched.
    searched: AtomicUsize,
}

impl Words {
    /// Makes the tables. An empty word is never found.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let all: Vec<Box<[u8]>> = words.into_iter().map(Into::into).collect();
        Self { tables: WordTables::new(&all), all, automaton: OnceLock::new(), searched: AtomicUsize::new(0) }
    }

    /// Returns every word that begins in this part of a text, including overlapping ones, by their places; a word may
    /// end behind the part.
    pub(crate) fn hits(&self, text: &[u8], own: Range<usize>) -> Vec<Hit> {
        if self.searched.fetch_add(own.len(), Ordering::Relaxed) < WITH_TABLES {
            return self.tables.hits(text, own);
        }
        match self.automaton.get_or_init(|| WordAutomaton::new(&self.all)) {
            Some(automaton) => automaton.hits(text, own),
            None => self.tables.hits(text, own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    const WORDS: [&[u8]; 7] = [b"ab", b"abc", b"bca", b"c", b"aaaaaaaa", b"abcd", b"dab"];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

        #[test]
        fn tables_and_automaton_find_the_same(text in proptest::collection::vec(b'a'..=b'd', 0..20_000), cut in 0_usize..50) {
            let words = Words::new(WORDS);
            let own = cut.min(text.len())..text.len().saturating_sub(cut).max(cut.min(text.len()));
            let reference = AhoCorasick::new(WORDS).unwrap();
            let mut expected: Vec<Hit> = reference
                .find_overlapping_iter(&text)
                .map(|hit| Hit { start: hit.start(), end: hit.end(), word: hit.pattern().as_usize() })
                .filter(|hit| own.contains(&hit.start))
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(&words.hits(&text, own.clone()), &expected);
            prop_assert!(words.automaton.get().is_none());
            words.searched.store(WITH_TABLES, Ordering::Relaxed);
            prop_assert_eq!(&words.hits(&text, own), &expected);
            prop_assert!(words.automaton.get().is_some());
        }
    }

    #[test]
    fn words_are_found_at_the_ends_of_a_text_and_with_any_bytes() {
        let words = Words::new([&b"\0\0\0\0"[..], b"xyz", b"\xff\xfe\xfd\xfc\xfb", b"yz"]);
        let found = |text: &[u8]| words.hits(text, 0..text.len()).iter().map(|hit| hit.word).collect::<Vec<_>>();
        for searched in [0, WITH_TABLES] {
            words.searched.store(searched, Ordering::Relaxed);
            assert_eq!(found(b"xyz"), [1, 3]);
            assert_eq!(found(b"xy"), Vec::<usize>::new());
            assert_eq!(found(b"\0\0\0"), Vec::<usize>::new());
            assert_eq!(found(b"\0\0\0\0\0"), [0, 0]);
            assert_eq!(found(b"a\xff\xfe\xfd\xfc\xfbxyz"), [2, 1, 3]);
            assert_eq!(found(b""), Vec::<usize>::new());
        }
    }
}
