//! The extent of a pattern's matches: how long they can be, and which bytes they can contain.

use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use super::gate::{self, Bytes};
use super::patterns::{At, Pattern};

/// Upper bounds on the matches of an expression.
pub(crate) struct Extent {
    /// The expression; none if it cannot be parsed.
    hir: Option<Hir>,
    /// The length of the longest match in bytes; none if there is no limit.
    longest: Option<usize>,
    /// For each byte, whether a match can contain it.
    bytes: Bytes,
    /// How the automaton is built: the expression, and how far before the word a match can begin.
    source: (&'static str, usize),
    /// Built when it is first needed, which is rare; none if it could not be built.
    automaton: OnceLock<Option<Automaton>>,
}

/// Reads a text from the first position where a match can begin, and stops where none can continue.
struct Automaton {
    dfa: DFA,
    /// The states that were built so far, for each thread that searches: to build them takes a hundred times as long as
    /// to read a text with them.
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
}

impl Extent {
    /// Returns the extent of a pattern; without limits if its expression cannot be parsed.
    pub(crate) fn of(pattern: &Pattern) -> Self {
        let before = if let At::Around(before) = pattern.at { before } else { 0 };
        Self::of_regex(pattern.regex, before)
    }

    /// Returns the extent of an expression over bytes whose matches begin in the first `before` bytes of the text, or
    /// directly behind them.
    fn of_regex(regex: &'static str, before: usize) -> Self {
        let hir = read(regex);
        let mut bytes = [hir.is_none(); 256];
        if let Some(hir) = &hir {
            add(&mut bytes, hir);
        }
        let longest = hir.as_ref().and_then(|hir| hir.properties().maximum_len());
        Self { hir, longest, bytes, source: (regex, before), automaton: OnceLock::new() }
    }

    /// Returns the expression; none if it cannot be parsed.
    pub(crate) fn hir(&self) -> Option<&Hir> {
        self.hir.as_ref()
    }

    /// Whether a match that begins in this part of a text can reach the end of the part and continue. The part begins
    /// as far before the word as the pattern looks.
    pub(crate) fn goes_on(&self, text: &[u8], part: Range<usize>) -> bool {
        let automaton = self.automaton.get_or_init(|| Automaton::of(self.source.0, self.source.1));
        automaton.as_ref().is_none_or(|automaton| automaton.goes_on(text, part))
    }

    /// Whether a match can contain all of these bytes and one more.
    pub(crate) fn passes(&self, bytes: &[u8]) -> bool {
        self.longest.is_none_or(|longest| longest > bytes.len())
            && bytes.iter().all(|byte| gate::holds(&self.bytes, *byte))
    }
}

/// Adds all bytes that an expression can match.
fn add(bytes: &mut Bytes, hir: &Hir) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| gate::allow(bytes, *byte, *byte)),
        HirKind::Class(class) => {
            bytes.iter_mut().zip(gate::bytes(class)).for_each(|(all, allowed)| *all |= allowed);
        }
        HirKind::Repetition(repetition) => add(bytes, &repetition.sub),
        HirKind::Capture(capture) => add(bytes, &capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| add(bytes, part)),
    }
}

impl Automaton {
    fn of(regex: &str, before: usize) -> Option<Self> {
        // Every match counts, not only the first one.
        let config = DFA::config().match_kind(MatchKind::All).skip_cache_capacity_check(true);
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let regex = format!(r"(?s:.){{0,{before}}}(?:{regex})");
        let dfa = DFA::builder().configure(config).syntax(syntax).build(&regex).ok()?;
        let for_caches = dfa.clone();
        Some(Self { dfa, caches: Pool::new(Box::new(move || for_caches.create_cache())) })
    }

    /// Whether a match can continue at the end of this part of a text.
    fn goes_on(&self, text: &[u8], part: Range<usize>) -> bool {
        let mut cache = self.caches.get();
        let built = cache.memory_usage();
        let goes_on = self.reads_on(&mut cache, text, part);
        counted::count(cache.memory_usage().saturating_sub(built));
        goes_on
    }

    fn reads_on(&self, cache: &mut Cache, text: &[u8], part: Range<usize>) -> bool {
        let input = Input::new(text).range(part.clone()).anchored(Anchored::Yes);
        let Ok(mut state) = self.dfa.start_state_forward(cache, &input) else { return true };
        for byte in text.get(part).unwrap_or_default() {
            match self.dfa.next_state(cache, state, *byte) {
                Ok(next) if next.is_dead() => return false,
                Ok(next) if !next.is_quit() => state = next,
                _ => return true,
            }
        }
        true
    }
}

/// Parses an expression over bytes.
pub(crate) fn read(regex: &str) -> Option<Hir> {
    ParserBuilder::new().unicode(false).utf8(false).build().parse(regex).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns;

    #[test]
    fn a_match_ends_at_its_length_and_at_bytes_that_it_cannot_hold() {
        let short = Extent::of_regex("[a-z]{4}(?:-[0-9]{2})?", 0);
        assert!(short.passes(b"abcd-1"));
        assert!(!short.passes(b"abcd-12"), "no longer match");
        assert!(!short.passes(b"abC"));
        let long = Extent::of_regex(r#"a(?i:b)[^\s"']*"#, 0);
        assert!(long.passes(&[b'x'; 5000]) && long.passes(b"AbB\xff"));
        assert!(!long.passes(b"ab c") && !long.passes(b"ab\n"));
        assert!(Extent::of_regex("(", 0).passes(b"anything"));
    }

    #[test]
    fn the_expression_of_each_pattern_is_read() {
        for pattern in patterns() {
            assert!(read(pattern.regex).is_some(), "{}", pattern.id);
        }
    }
}
