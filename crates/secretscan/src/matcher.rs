//! Tries one pattern at the places where its word occurs.

use std::ops::Range;
use std::sync::OnceLock;

use super::attempts::Attempts;
use super::expression::{Expression, Found};
use super::extent::{Extent, read};
use super::gate::{Admission, Gate};
use super::matched::{Match, MatchRule};
use super::patterns::{At, Pattern};
use super::surroundings::{applies, begins, counted, ends, is_base64};
use super::text_kind::TextKind;

/// How far a pattern that also looks before its word reads behind it at first, in bytes. It reads the whole reach only
/// if a match could continue.
pub(crate) const NEAR: usize = 1280;

/// The length of the shortest secret that is a whole value, in bytes.
pub(crate) const SHORTEST_WHOLE: usize = 25;

/// Whether a pattern for whole values can match this text. Most values are too short, or contain a blank.
pub(crate) fn may_be_whole(text: &[u8]) -> bool {
    text.len() >= SHORTEST_WHOLE && text.iter().all(u8::is_ascii_graphic)
}

/// The result of a pattern at a place.
pub(crate) enum Tried {
    /// A secret.
    Secret(Match),
    /// Nothing within this many bytes behind the word, but a longer match may exist.
    GoesOn(usize),
    /// Nothing, or a match that is not a secret.
    Nothing,
}

/// The result of a pattern on the bytes around its word.
enum Seen {
    /// A secret.
    Secret(Match),
    /// A text of this format that is not a secret.
    Other,
    /// No text of this format.
    Nothing,
}

/// A pattern, with its expression, which is made when it is first needed.
pub(crate) struct Matcher {
    pub(crate) pattern: &'static Pattern,
    /// The index of the pattern among all patterns.
    number: usize,
    gate: OnceLock<Gate>,
    extent: OnceLock<Extent>,
    expression: Expression,
}

impl Matcher {
    /// Makes the matcher for the pattern with this index.
    pub(crate) fn new(number: usize, pattern: &'static Pattern) -> Self {
        let expression = Expression::new(matches!(pattern.at, At::Start | At::Whole));
        Self { pattern, number, gate: OnceLock::new(), extent: OnceLock::new(), expression }
    }

    /// Whether the expression was compiled.
    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.expression.is_compiled()
    }

    /// Tries the pattern at an occurrence of its word.
    pub(crate) fn tried(&self, text: &[u8], word: Range<usize>, source: TextKind, attempts: &mut Attempts) -> Tried {
        if !applies(self.pattern, text, word.start, source) || !self.may_begin(text, &word) {
            return Tried::Nothing;
        }
        let reach = attempts.reach(self.number);
        let end = until(text, &word, reach);
        if let Admission::No(read) = self.gate().admits(text.get(word.end..end).unwrap_or_default(), end < text.len()) {
            attempts.spend(self.number, read);
            return Tried::Nothing;
        }
        let mut goes_on = false;
        let seen = match self.pattern.at {
            At::Start => {
                let seen = self.behind(text, &word, reach, attempts);
                goes_on = matches!(seen, Seen::Nothing)
                    && attempts.first_cut().is_none()
                    && begins(text, word.start)
                    && self.goes_on(text, word.end, &word, reach, attempts);
                seen
            }
            At::Around(before) => {
                let near = NEAR.min(reach);
                let from = word.start.saturating_sub(before.min(reach));
                let mut seen = self.around(text, from, &word, near, attempts);
                let is_cut = before > reach && from > 0 && self.passes(text, from..word.start);
                if matches!(seen, Seen::Nothing) && self.goes_on(text, from, &word, near, attempts) {
                    goes_on = true;
                    if reach > near {
                        seen = self.around(text, from, &word, reach, attempts);
                        goes_on = matches!(seen, Seen::Nothing)
                            && attempts.first_cut().is_none()
                            && self.goes_on(text, from, &word, reach, attempts);
                    }
                }
                goes_on |= matches!(seen, Seen::Nothing) && is_cut;
                seen
            }
            At::Whole => Seen::Nothing,
        };
        match seen {
            Seen::Secret(found) => Tried::Secret(found),
            Seen::Nothing if goes_on => Tried::GoesOn(reach),
            Seen::Nothing | Seen::Other => Tried::Nothing,
        }
    }

    /// Whether a match can contain this word, according to the bytes around it. Needs no expression.
    fn may_begin(&self, text: &[u8], word: &Range<usize>) -> bool {
        match self.pattern.at {
            At::Start => begins(text, word.start) || counted(text, word.start).next().is_some(),
            At::Around(_) | At::Whole => (self.pattern.near)(text, word),
        }
    }

    /// Matches text that begins with the word and ends at most `reach` bytes behind it.
    fn behind(&self, text: &[u8], word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let Some(rest) = text.get(word.end..until(text, word, reach)) else { return Seen::Nothing };
        let mut any = false;
        let mut found = |rest: &[u8]| {
            let found = self.extent().hir().and_then(|hir| self.expression.at_start(hir, rest));
            // A failed match has read at most up to the end of the token.
            let in_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_.:-%~".contains(byte);
            let seen = || rest.iter().position(|byte| !in_token(byte)).unwrap_or(rest.len());
            attempts.spend(self.number, found.map_or_else(seen, |found| found.whole.1));
            let Found { secret: (start, end), whole: (_, whole) } = found?;
            any = true;
            let holds = self.pattern.check.holds(rest.get(start..end)?, rest.get(end..)?);
            holds.then_some((start, end, whole))
        };
        let can_begin = begins(text, word.start);
        if can_begin
            && let Some((start, end, whole)) = found(rest)
            && ends(rest, whole)
            && !is_base64(text, word.start..word.end + whole)
        {
            return Seen::Secret(self.found(word.end, (start, end)));
        }
        // In a compiled file, the length of a text stands directly before it, and the next object directly behind it.
        let counted = counted(text, word.start).filter(|text| can_begin || text.start == word.start);
        let in_counted = counted.map(|text| text.end).find_map(|end| {
            let rest = text.get(word.end..end)?;
            let (start, stop, whole) = found(rest)?;
            (whole == rest.len()).then_some((start, stop))
        });
        match in_counted {
            Some(secret) => Seen::Secret(self.found(word.end, secret)),
            None if any => Seen::Other,
            None => Seen::Nothing,
        }
    }

    /// Matches text between `from` and `reach` bytes behind the word that contains the word.
    fn around(&self, text: &[u8], from: usize, word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let Some(window) = text.get(from..until(text, word, reach)) else { return Seen::Nothing };
        attempts.spend(self.number, window.len());
        // The match must contain this occurrence of the word; other occurrences are tried by themselves.
        let found = self.extent().hir().and_then(|hir| self.expression.around(hir, window, word.start - from));
        let Some(found) = found else { return Seen::Nothing };
        let parts = window.get(found.secret.0..found.secret.1).zip(window.get(found.secret.1..));
        let holds = parts.is_some_and(|(secret, behind)| self.pattern.check.holds(secret, behind));
        if holds { Seen::Secret(self.found(from, found.secret)) } else { Seen::Other }
    }

    /// Whether a match that begins between `from` and the word could continue more than `reach` bytes behind the word.
    fn goes_on(&self, text: &[u8], from: usize, word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> bool {
        let end = word.end.saturating_add(reach);
        if end >= text.len() || !self.passes(text, word.end..end) {
            return false;
        }
        attempts.spend(self.number, end.saturating_sub(from));
        let seen = text.get(word.end..end).unwrap_or_default();
        self.extent().goes_on(text, from..end) && self.pattern.check.may_hold(seen)
    }

    /// Whether a match could contain all bytes of this part of a text.
    fn passes(&self, text: &[u8], part: Range<usize>) -> bool {
        text.get(part).is_some_and(|part| self.extent().passes(part))
    }

    fn found(&self, from: usize, (start, end): (usize, usize)) -> Match {
        Match { rule: MatchRule::Pattern(self.pattern.id), start: from + start, end: from + end }
    }

    /// Matches a pattern against a whole value.
    pub(crate) fn whole(&self, text: &[u8]) -> Option<Match> {
        if self.pattern.at != At::Whole || self.gate().admits(text, false) != Admission::Maybe {
            return None;
        }
        let Found { secret: (start, end), whole: (_, whole) } = self.expression.at_start(self.extent().hir()?, text)?;
        let holds = whole == text.len() && self.pattern.check.holds(text.get(start..end)?, b"");
        holds.then(|| self.found(0, (start, end)))
    }

    fn extent(&self) -> &Extent {
        self.extent.get_or_init(|| Extent::of(self.pattern))
    }

    /// Returns what must stand behind the word. That of a pattern which looks before its word is known without its
    /// expression.
    pub(crate) fn gate(&self) -> &Gate {
        self.gate.get_or_init(|| {
            match self.pattern.at {
                At::Start | At::Whole => self.extent().hir().map(Gate::of),
                At::Around(_) => {
                    Some(self.pattern.behind).filter(|behind| !behind.is_empty()).and_then(read).as_ref().map(Gate::of)
                }
            }
            .unwrap_or_default()
        })
    }
}

/// Returns the end of the range behind a word that is read.
fn until(text: &[u8], word: &Range<usize>, reach: usize) -> usize {
    text.len().min(word.end.saturating_add(reach))
}
