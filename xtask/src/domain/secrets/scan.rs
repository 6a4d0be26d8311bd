//! Looks for secrets in bytes: one pass finds the words of all patterns and the known values, and only where one stands
//! its pattern is tried on the bytes around it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};

use super::first_pass::Words;
use super::known::{self, KnownValue};
use super::name::{NameVerdict, judge_name};
use super::patterns::{self, At, Pattern, Scope};
use crate::domain::text::MASK;

/// How far a pattern looks behind its word, in bytes.
const REACH: usize = 8 * 1024;

/// The same for a pattern that also looks before its word: an address, an option, a setting.
const NEAR: usize = 1280;

/// How far before and behind a piece of a larger text one must see, so that no match is missed at its edges, in bytes.
pub const OVERLAP: usize = REACH + NEAR;

/// The beginning of a longer known value is as certain as the whole, in bytes.
const LONGEST: usize = 256;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub rule: Rule,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A text of this form.
    Pattern(&'static str),
    /// The value that is declared under this name.
    Known(String),
    /// The same, where the value is a word or a number, which stands on its own here.
    KnownWord(String),
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or anything else that is long and may be of any kind.
    Text,
    /// The value of a name, whole.
    Value,
    /// A command line, or a script that a builder runs.
    Command,
}

/// What looks for secrets; made once.
pub struct Scanner {
    words: Words,
    /// For each word, who wants to know of it.
    owners: Vec<Owner>,
    patterns: Vec<(&'static Pattern, OnceLock<Option<Regex>>)>,
    known: Vec<KnownValue>,
}

enum Owner {
    /// Places in `patterns`.
    Patterns(Vec<usize>),
    /// A place in `known`.
    Known(usize),
}

impl Scanner {
    /// One that also looks for these values; an error where there are more of them than can be looked for.
    pub fn new(known: Vec<KnownValue>) -> Result<Self, String> {
        let patterns: Vec<_> = patterns::all().map(|pattern| (pattern, OnceLock::new())).collect();
        let mut words: Vec<&[u8]> = Vec::new();
        let mut owners: Vec<Owner> = Vec::new();
        for (at, (pattern, _)) in patterns.iter().enumerate() {
            for word in pattern.words {
                let known = words.iter().position(|known| *known == word.as_bytes());
                if let Some(Owner::Patterns(places)) = known.and_then(|place| owners.get_mut(place)) {
                    places.push(at);
                } else {
                    words.push(word.as_bytes());
                    owners.push(Owner::Patterns(vec![at]));
                }
            }
        }
        for (at, value) in known.iter().enumerate() {
            for form in value.forms() {
                words.push(form.get(..LONGEST).unwrap_or(form));
                owners.push(Owner::Known(at));
            }
        }
        Ok(Self { words: Words::new(&words)?, owners, patterns, known })
    }

    /// The values that are known.
    pub fn known(&self) -> &[KnownValue] {
        &self.known
    }

    /// All secrets of a text, in order; of several in one place the most certain one.
    pub fn scan(&self, text: &[u8], source: Source) -> Vec<Match> {
        self.scan_piece(text, 0..text.len(), source)
    }

    /// A text as it may be shown: a secret in it is replaced.
    pub fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.scan(text.as_bytes(), Source::Text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = text.to_owned();
        // The last one first, so that the places of the others stay what they are.
        for Match { start, end, .. } in found.into_iter().rev() {
            if !shown.is_char_boundary(start) || !shown.is_char_boundary(end) {
                return Cow::Borrowed(MASK);
            }
            shown.replace_range(start..end, MASK);
        }
        Cow::Owned(shown)
    }

    /// The secrets whose word begins in this part of the text; the rest of it is only looked at.
    pub fn scan_piece(&self, text: &[u8], own: Range<usize>, source: Source) -> Vec<Match> {
        let mut found: Vec<(usize, Match)> = Vec::new();
        for hit in self.words.hits(text, own) {
            match self.owners.get(hit.word) {
                Some(Owner::Known(at)) => {
                    let name = self.known.get(*at).map(|value| value.name().to_owned()).unwrap_or_default();
                    let (start, end) = (hit.start, hit.end);
                    let is_word = text.get(start..end).is_some_and(known::is_word_or_number);
                    let rule = if is_word { Rule::KnownWord(name) } else { Rule::Known(name) };
                    if !is_word || known::stands_alone(text, start..end) {
                        found.push((0, Match { rule, start, end }));
                    }
                }
                Some(Owner::Patterns(places)) => {
                    for place in places {
                        let matched = self.try_pattern(*place, text, hit.start..hit.end, source);
                        found.extend(matched.map(|matched| (place + 1, matched)));
                    }
                }
                None => {}
            }
        }
        if source == Source::Value {
            let wholes = 0..self.patterns.len();
            found.extend(wholes.filter_map(|place| Some((place + 1, self.try_whole(place, text)?))));
        }
        most_certain(found)
    }

    /// Tries a pattern where its word stands.
    fn try_pattern(&self, place: usize, text: &[u8], word: Range<usize>, source: Source) -> Option<Match> {
        let (pattern, _) = self.patterns.get(place)?;
        let applies = match pattern.scope {
            Scope::Text | Scope::Publishable => true,
            Scope::Value => source == Source::Value,
            Scope::Command => source != Source::Text,
        };
        if !applies || (pattern.scope == Scope::Publishable && is_published(text, word.start)) {
            return None;
        }
        let until = |reach: usize| text.len().min(word.end + reach);
        match pattern.at {
            At::Start => {
                let regex = self.regex(place)?;
                let found = |rest: &[u8]| {
                    let captures = regex.captures(rest)?;
                    let (start, end) = secret(&captures)?;
                    let holds = pattern.check.holds(rest.get(start..end)?);
                    holds.then_some((start, end, captures.get(0)?.end()))
                };
                let matched = |(start, end): (usize, usize)| {
                    let rule = Rule::Pattern(pattern.id);
                    Match { rule, start: word.end + start, end: word.end + end }
                };
                let rest = text.get(word.end..until(REACH))?;
                let begun = begins(text, word.start);
                if begun
                    && let Some((start, end, whole)) = found(rest)
                    && ends(rest, whole)
                    && !is_base64(text, word.start..word.end + whole)
                {
                    return Some(matched((start, end)));
                }
                // In a compiled file nothing but its length stands before a text, and the next thing behind it.
                let counted = counted(text, word.start).filter(|text| begun || text.start == word.start);
                counted.map(|text| text.end).find_map(|end| {
                    let rest = text.get(word.end..end)?;
                    let (start, stop, whole) = found(rest)?;
                    (whole == rest.len()).then(|| matched((start, stop)))
                })
            }
            At::Around(before) => {
                let from = word.start.saturating_sub(before);
                let window = text.get(from..until(NEAR))?;
                // The match must reach the word that called for it: others have words of their own.
                let about = |captures: &Captures<'_>| {
                    captures
                        .get(0)
                        .is_some_and(|whole| whole.start() + from <= word.start && word.start < whole.end() + from)
                };
                let captures = self.regex(place)?.captures_iter(window).find(about)?;
                let (start, stop) = secret(&captures)?;
                let holds = pattern.check.holds(window.get(start..stop)?);
                holds.then(|| Match { rule: Rule::Pattern(pattern.id), start: from + start, end: from + stop })
            }
            At::Whole => None,
        }
    }

    /// Tries a pattern that is a whole value.
    fn try_whole(&self, place: usize, text: &[u8]) -> Option<Match> {
        let (pattern, _) = self.patterns.get(place)?;
        if pattern.at != At::Whole {
            return None;
        }
        let captures = self.regex(place)?.captures(text)?;
        let (start, end) = secret(&captures)?;
        let holds = captures.get(0)?.end() == text.len() && pattern.check.holds(text.get(start..end)?);
        holds.then_some(Match { rule: Rule::Pattern(pattern.id), start, end })
    }

    /// The expression of a pattern, compiled when it is first needed.
    fn regex(&self, place: usize) -> Option<&Regex> {
        let (pattern, compiled) = self.patterns.get(place)?;
        let compile = || {
            let text = match pattern.at {
                At::Start | At::Whole => format!(r"\A(?:{})", pattern.regex),
                At::Around(_) => pattern.regex.to_owned(),
            };
            Regex::new(&format!("(?-u){text}")).ok()
        };
        compiled.get_or_init(compile).as_ref()
    }
}

/// Whether a key that may be published stands where one is: under a public name, or in the settings of a web page.
fn is_published(text: &[u8], word: usize) -> bool {
    const REACH: usize = 160;
    let before = text.get(word.saturating_sub(REACH)..word).unwrap_or_default();
    let around = text.get(word.saturating_sub(REACH)..text.len().min(word + 2 * REACH)).unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let before = before.trim_end_matches(|letter: char| " \"'`:=".contains(letter));
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let name = before.rsplit(|letter: char| !is_name(letter)).next().unwrap_or_default();
    let around = String::from_utf8_lossy(around);
    let web = ["authDomain", ".firebaseapp.com"].iter().any(|mark| around.contains(mark));
    web || (!name.is_empty() && judge_name(name) == NameVerdict::Public)
}

/// The first group that took part; the whole match where there is none.
fn secret(captures: &Captures<'_>) -> Option<(usize, usize)> {
    let group = captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))?;
    Some((group.start(), group.end()))
}

/// Whether a token can begin here: nothing that it could be the rest of stands before it.
fn begins(text: &[u8], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|place| text.get(place)).copied();
    match before(1) {
        Some(byte) if byte.is_ascii_alphanumeric() => {
            // The letter of `\n` in a string, the last digit of `%3D` in an address.
            let escape = before(2) == Some(b'\\') && b"nrt".contains(&byte);
            let percent = before(3) == Some(b'%') && byte.is_ascii_hexdigit();
            escape || percent
        }
        Some(byte) => byte != b'_',
        None => true,
    }
}

/// Whether a token ends here: nothing that could be a part of it follows.
fn ends(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}

/// Whether a text stands in base64, which holds everything sooner or later: in a long run of its characters, or as a whole
/// line of a block whose line before or behind is as long.
fn is_base64(text: &[u8], token: Range<usize>) -> bool {
    const LONG: usize = 60;
    const MORE: usize = 8;
    let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let of_token = text.get(token.clone()).unwrap_or_default();
    if !of_token.iter().all(|byte| is_digit(&byte)) {
        return false;
    }
    let before = text.get(..token.start).unwrap_or_default().iter().rev().take(LONG).take_while(is_digit).count();
    let behind = text.get(token.end..).unwrap_or_default().iter().take(LONG).take_while(is_digit).count();
    let length = token.len();
    if before + behind >= MORE && before + length + behind >= LONG {
        return true;
    }
    let is_end = |place: Option<usize>| place.and_then(|place| text.get(place)) == Some(&b'\n');
    let is_line = |start: Option<usize>| {
        let other = start.and_then(|start| text.get(start..start + length));
        other.is_some_and(|other| other.iter().all(|byte| is_digit(&byte)))
    };
    let is_whole_line = length >= LONG && is_end(token.start.checked_sub(1)) && is_end(Some(token.end));
    is_whole_line && (is_line(token.start.checked_sub(length + 1)) || is_line(Some(token.end + 1)))
}

/// Where the text may end that a token stands in, if its length is written before it: a byte behind the kind of text, as in
/// Python's compiled files and in protocol buffers, or two behind the mark of Java's classes.
fn counted(text: &[u8], word: usize) -> impl Iterator<Item = Range<usize>> {
    const LONGEST: usize = 255;
    const PYTHON: [u8; 4] = [b'z', b'Z', b'z' | 0x80, b'Z' | 0x80];
    let at = |place: usize| text.get(place).copied();
    let before = text.get(word.saturating_sub(LONGEST)..word).unwrap_or_default();
    // What people write has none of these.
    let compiled = before.iter().any(|byte| *byte < 8);
    let first = if compiled { word.saturating_sub(LONGEST) } else { word };
    (first..word).rev().filter_map(move |start| {
        // The byte at `start` is the length, the text begins behind it.
        let end = start + 1 + usize::from(at(start)?);
        let before = start.checked_sub(1).and_then(at)?;
        let python = PYTHON.contains(&before);
        let java = before == 0 && start.checked_sub(2).and_then(at) == Some(1);
        let field = start + 1 == word && before & 0x07 == 2 && before < b' ';
        ((python || java || field) && end > word && end <= text.len()).then_some(start + 1..end)
    })
}

/// Of matches that overlap, the one that was found by the first pattern.
fn most_certain(mut found: Vec<(usize, Match)>) -> Vec<Match> {
    found
        .sort_by(|(first, left), (second, right)| (first, left.start, right.end).cmp(&(second, right.start, left.end)));
    // By where they begin; none overlaps another, so only the one before can reach into a new one.
    let mut kept: BTreeMap<usize, Match> = BTreeMap::new();
    for (_, candidate) in found {
        let before = kept.range(..candidate.end).next_back();
        if before.is_none_or(|(_, other)| other.end <= candidate.start) {
            kept.insert(candidate.start, candidate);
        }
    }
    kept.into_values().collect()
}
