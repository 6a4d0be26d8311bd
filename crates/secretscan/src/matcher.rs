//! One pattern, tried where its word stands in a text.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};

use super::attempts::Attempts;
use super::extent::Extent;
use super::matched::{Match, Rule};
use super::patterns::{At, Pattern};
use super::source::Source;
use super::surroundings::{applies, begins, counted, ends, is_base64};

/// How far a pattern that also looks before its word looks behind it at first: an address, an option, a setting. Only where
/// more of it may follow, the whole reach is looked at.
pub(crate) const NEAR: usize = 1280;

/// What came of a pattern at a place.
pub(crate) enum Tried {
    /// A secret.
    Found(Match),
    /// Nothing that far behind the word, in bytes; a longer match may stand there.
    GoesOn(usize),
    /// Nothing, or something that is no secret.
    Nothing,
}

/// What a pattern has found in the bytes around its word.
enum Seen {
    /// A secret.
    Secret(Match),
    /// Something of its form that is no secret.
    Other,
    /// Nothing of its form.
    Nothing,
}

/// A pattern with what is made of it when it is first needed.
pub(crate) struct Matcher {
    pub(crate) pattern: &'static Pattern,
    /// Its number among all patterns.
    number: usize,
    regex: OnceLock<Option<Regex>>,
    extent: OnceLock<Extent>,
}

impl Matcher {
    /// The pattern of this number.
    pub(crate) fn new(number: usize, pattern: &'static Pattern) -> Self {
        Self { pattern, number, regex: OnceLock::new(), extent: OnceLock::new() }
    }

    /// Tries the pattern where its word stands.
    pub(crate) fn tried(&self, text: &[u8], word: Range<usize>, source: Source, attempts: &mut Attempts) -> Tried {
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
            Seen::Secret(found) => Tried::Found(found),
            Seen::Nothing if goes_on => Tried::GoesOn(reach),
            Seen::Nothing | Seen::Other => Tried::Nothing,
        }
    }

    /// What begins with the word and ends at most `reach` bytes behind it.
    fn behind(&self, text: &[u8], word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let (Some(regex), Some(rest)) = (self.regex(), text.get(word.end..until(text, word, reach))) else {
            return Seen::Nothing;
        };
        let mut any = false;
        let mut found = |rest: &[u8]| {
            let captures = regex.captures(rest);
            // One that fails has seen what ends any token at the latest.
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
        let begun = begins(text, word.start);
        if begun
            && let Some((start, end, whole)) = found(rest)
            && ends(rest, whole)
            && !is_base64(text, word.start..word.end + whole)
        {
            return Seen::Secret(self.found(word.end, start, end));
        }
        // In a compiled file nothing but its length stands before a text, and the next thing behind it.
        let counted = counted(text, word.start).filter(|text| begun || text.start == word.start);
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

    /// What stands between `from` and `reach` bytes behind the word, and has the word in it.
    fn around(&self, text: &[u8], from: usize, word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> Seen {
        let (Some(regex), Some(window)) = (self.regex(), text.get(from..until(text, word, reach))) else {
            return Seen::Nothing;
        };
        attempts.spend(self.number, window.len());
        // The match must reach the word that called for it: others have words of their own.
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

    /// Whether a match that begins at `from`, or behind it and before the word, could go on for more than `reach` bytes
    /// behind the word.
    fn goes_on(&self, text: &[u8], from: usize, word: &Range<usize>, reach: usize, attempts: &mut Attempts) -> bool {
        let end = word.end.saturating_add(reach);
        if end >= text.len() || !self.passes(text, word.end..end) {
            return false;
        }
        attempts.spend(self.number, end.saturating_sub(from));
        let seen = text.get(word.end..end).unwrap_or_default();
        self.extent().goes_on(text, from..end) && self.pattern.check.may_hold(seen)
    }

    /// Whether all bytes of this part of a text could stand in a match.
    fn passes(&self, text: &[u8], part: Range<usize>) -> bool {
        text.get(part).is_some_and(|part| self.extent().passes(part))
    }

    fn found(&self, from: usize, start: usize, end: usize) -> Match {
        Match { rule: Rule::Pattern(self.pattern.id), start: from + start, end: from + end }
    }

    /// Tries a pattern that is a whole value.
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

    /// The expression of the pattern, compiled when it is first needed.
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

/// The end of what is looked at behind a word.
fn until(text: &[u8], word: &Range<usize>, reach: usize) -> usize {
    text.len().min(word.end.saturating_add(reach))
}

/// The first group that took part; the whole match where there is none.
fn secret(captures: &Captures<'_>) -> Option<(usize, usize)> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0)).map(|group| (group.start(), group.end()))
}
