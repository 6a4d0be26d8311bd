//! Tries one pattern at the places where its word occurs.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};

use super::attempts::Attempts;
use super::extent::Extent;
use super::matched::{Match, MatchRule};
use super::patterns::{At, Pattern};
use super::surroundings::{applies, begins, counted, ends, is_base64};
use super::text_kind::TextKind;

/// How far a pattern that also looks before its word reads behind it at first, in bytes. It reads the whole reach only
/// if a match could continue.
pub(crate) const NEAR: usize = 1280;

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

/// A pattern, with its compiled expression, which is made when it is first needed.
pub(crate) struct Matcher {
    pub(crate) pattern: &'static Pattern,
    /// The index of the pattern among all patterns.
    number: usize,
    regex: OnceLock<Option<Regex>>,
    extent: OnceLock<Extent>,
}

impl Matcher {
    /// Makes the matcher for the pattern with this index.
    pub(crate) fn new(number: usize, pattern: &'static Pattern) -> Self {
        Self { pattern, number, regex: OnceLock::new(), extent: OnceLock::new() }
    }

    /// Tries the pattern at an occurrence of its word.
    pub(crate) fn tried(&self, text: &[u8], word: Range<usize>, source: TextKind, attempts: &mut Attempts) -> Tried {
        if !applies(self.pattern, text, word.start, source) {
            return Tried::Nothing;
        }
        let reach = attempts.reach(self.number);
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

    /// Matches text that begins with the word and ends at most `reach` bytes behind it.
    fn behind(&self, text: &[u8], word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let (Some(regex), Some(rest)) = (self.regex(), text.get(word.end..until(text, word, reach))) else {
            return Seen::Nothing;
        };
        let mut any = false;
        let mut found = |rest: &[u8]| {
            let captures = regex.captures(rest);
            // A failed match has read at most up to the end of the token.
            let in_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_.:-%~".contains(byte);
            let seen = || rest.iter().position(|byte| !in_token(byte)).unwrap_or(rest.len());
            let whole = captures.as_ref().and_then(|captures| captures.get(0)).map(|whole| whole.end());
            attempts.spend(self.number, whole.unwrap_or_else(seen));
            let captures = captures?;
            any = true;
            let (start, end) = secret(&captures)?;
            let holds = self.pattern.check.holds(rest.get(start..end)?, rest.get(end..)?);
            holds.then_some((start, end, captures.get(0)?.end()))
        };
        let can_begin = begins(text, word.start);
        if can_begin
            && let Some((start, end, whole)) = found(rest)
            && ends(rest, whole)
            && !is_base64(text, word.start..word.end + whole)
        {
            return Seen::Secret(self.found(word.end, start, end));
        }
        // In a compiled file, the length of a text stands directly before it, and the next object directly behind it.
        let counted = counted(text, word.start).filter(|text| can_begin || text.start == word.start);
        let in_counted = counted.map(|text| text.end).find_map(|end| {
            let rest = text.get(word.end..end)?;
            let (start, stop, whole) = found(rest)?;
            (whole == rest.len()).then_some((start, stop))
        });
        match in_counted {
            Some((start, stop)) => Seen::Secret(self.found(word.end, start, stop)),
            None if any => Seen::Other,
            None => Seen::Nothing,
        }
    }

    /// Matches text between `from` and `reach` bytes behind the word that contains the word.
    fn around(&self, text: &[u8], from: usize, word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let (Some(regex), Some(window)) = (self.regex(), text.get(from..until(text, word, reach))) else {
            return Seen::Nothing;
        };
        attempts.spend(self.number, window.len());
        // The match must contain this occurrence of the word; other occurrences are tried by themselves.
        let about = |captures: &Captures<'_>| {
            let whole = captures.get(0);
            whole.is_some_and(|whole| whole.start() + from <= word.start && word.start < whole.end() + from)
        };
        let Some(captures) = regex.captures_iter(window).find(about) else { return Seen::Nothing };
        let Some((start, stop)) = secret(&captures) else { return Seen::Other };
        let parts = window.get(start..stop).zip(window.get(stop..));
        let holds = parts.is_some_and(|(secret, behind)| self.pattern.check.holds(secret, behind));
        if holds { Seen::Secret(self.found(from, start, stop)) } else { Seen::Other }
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

    fn found(&self, from: usize, start: usize, end: usize) -> Match {
        Match { rule: MatchRule::Pattern(self.pattern.id), start: from + start, end: from + end }
    }

    /// Matches a pattern against a whole value.
    pub(crate) fn whole(&self, text: &[u8]) -> Option<Match> {
        if self.pattern.at != At::Whole {
            return None;
        }
        let captures = self.regex()?.captures(text)?;
        let (start, end) = secret(&captures)?;
        let holds = captures.get(0)?.end() == text.len() && self.pattern.check.holds(text.get(start..end)?, b"");
        holds.then(|| self.found(0, start, end))
    }

    fn extent(&self) -> &Extent {
        self.extent.get_or_init(|| Extent::of(self.pattern))
    }

    /// Returns the compiled expression, which is made when it is first needed.
    fn regex(&self) -> Option<&Regex> {
        let compile = || {
            let text = match self.pattern.at {
                At::Start | At::Whole => format!(r"\A(?:{})", self.pattern.regex),
                At::Around(_) => self.pattern.regex.to_owned(),
            };
            Regex::new(&format!("(?-u){text}")).ok()
        };
        self.regex.get_or_init(compile).as_ref()
    }
}

/// Returns the end of the range behind a word that is read.
fn until(text: &[u8], word: &Range<usize>, reach: usize) -> usize {
    text.len().min(word.end.saturating_add(reach))
}

/// Returns the first group that took part in the match, or the whole match if there is none.
fn secret(captures: &Captures<'_>) -> Option<(usize, usize)> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0)).map(|group| (group.start(), group.end()))
}
