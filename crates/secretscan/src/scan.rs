//! Looks for secrets in bytes: one pass finds the words of all patterns and the known values, and only where one stands
//! its pattern is tried on the bytes around it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::bytes::{Captures, Regex};
use shown::MASK;

use super::assignments;
use super::attempts::{Attempts, REACH, SHORT_REACH};
use super::extent::Extent;
use super::first_pass::Words;
use super::known::{self, KnownValue};
use super::patterns::{self, At, Pattern};
use super::source::Source;
use super::surroundings::{applies, begins, counted, ends, is_base64};

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

/// What was found in a text, and whether all of it was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The secrets, in order.
    pub matches: Vec<Match>,
    /// Where longer secrets may stand that were not looked for, as patterns had looked at too many bytes already: the
    /// first such place, in bytes.
    pub cut: Option<usize>,
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
    /// A generated value that is assigned to a name that says secret.
    Assigned,
}

/// What looks for secrets; made once.
pub struct Scanner {
    words: Words,
    /// For each word, who wants to know of it.
    owners: Vec<Owner>,
    patterns: Vec<(&'static Pattern, OnceLock<Option<Regex>>)>,
    /// For each pattern, how far its matches can reach; made when it is first needed.
    extents: Vec<OnceLock<Extent>>,
    known: Vec<KnownValue>,
    /// How many bytes patterns have looked at.
    examined: AtomicU64,
}

enum Owner {
    /// Places in `patterns`.
    Patterns(Vec<usize>),
    /// A place in `known`.
    Known(usize),
    /// Names that say secret, which have this word.
    Name,
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
        words.extend(assignments::WORDS.iter().map(|word| word.as_bytes()));
        owners.extend(assignments::WORDS.iter().map(|_| Owner::Name));
        let extents = patterns.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { words: Words::new(&words)?, owners, patterns, extents, known, examined: AtomicU64::new(0) })
    }

    /// The values that are known.
    pub fn known(&self) -> &[KnownValue] {
        &self.known
    }

    /// How many bytes patterns have looked at until now; the first pass looks at each byte once and is not counted.
    pub fn examined(&self) -> u64 {
        self.examined.load(Ordering::Relaxed)
    }

    /// All secrets of a text, in order; of several in one place the most certain one.
    pub fn scan(&self, text: &[u8], source: Source) -> Vec<Match> {
        self.scan_piece(text, 0..text.len(), source).matches
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
    pub fn scan_piece(&self, text: &[u8], own: Range<usize>, source: Source) -> Scanned {
        let mut found: Vec<(usize, Match)> = Vec::new();
        let mut attempts = Attempts::new(own.len());
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
                        // What begins inside of a match is a part of it.
                        if attempts.covers(*place, hit.start) {
                            continue;
                        }
                        let matched = self.try_pattern(*place, text, hit.start..hit.end, source, &mut attempts);
                        if let Some(matched) = matched {
                            attempts.found(*place, matched.end);
                            found.push((place + 1, matched));
                        } else if attempts.first_cut().is_none()
                            && attempts.reach(*place) == SHORT_REACH
                            && self.may_be_cut(*place, text, hit.start..hit.end, source)
                        {
                            attempts.cut_at(hit.start);
                        }
                    }
                }
                // Values have their names already, and commands are taken apart by their own rules.
                Some(Owner::Name) if source == Source::Text => {
                    let value = assignments::secret_at(text, hit.start..hit.end);
                    let matched = |Range { start, end }| Match { rule: Rule::Assigned, start, end };
                    found.extend(value.map(|value| (usize::MAX, matched(value))));
                }
                Some(Owner::Name) | None => {}
            }
        }
        if source == Source::Value {
            found.extend((0..self.patterns.len()).filter_map(|place| Some((place + 1, self.try_whole(place, text)?))));
        }
        self.examined.fetch_add(attempts.all(), Ordering::Relaxed);
        Scanned { matches: most_certain(found), cut: attempts.first_cut() }
    }

    /// Tries a pattern where its word stands.
    fn try_pattern(
        &self,
        place: usize,
        text: &[u8],
        word: Range<usize>,
        source: Source,
        attempts: &mut Attempts,
    ) -> Option<Match> {
        let (pattern, _) = self.patterns.get(place)?;
        if !applies(pattern, text, word.start, source) {
            return None;
        }
        let until = |reach: usize| text.len().min(word.end + reach);
        match pattern.at {
            At::Start => {
                let regex = self.regex(place)?;
                let reach = attempts.reach(place);
                let mut found = |rest: &[u8]| {
                    let captures = regex.captures(rest);
                    // One that fails has seen what ends any token at the latest.
                    let in_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_.:-%~".contains(byte);
                    let seen = || rest.iter().position(|byte| !in_token(byte)).unwrap_or(rest.len());
                    let whole = captures.as_ref().and_then(|captures| captures.get(0)).map(|whole| whole.end());
                    attempts.spend(place, whole.unwrap_or_else(seen));
                    let captures = captures?;
                    let (start, end) = secret(&captures)?;
                    let holds = pattern.check.holds(rest.get(start..end)?, rest.get(end..)?);
                    holds.then_some((start, end, captures.get(0)?.end()))
                };
                let matched = |(start, end): (usize, usize)| {
                    let rule = Rule::Pattern(pattern.id);
                    Match { rule, start: word.end + start, end: word.end + end }
                };
                let rest = text.get(word.end..until(reach))?;
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
                let reach = attempts.reach(place);
                let from = word.start.saturating_sub(before.min(reach));
                let window = text.get(from..until(NEAR.min(reach)))?;
                attempts.spend(place, window.len());
                // The match must reach the word that called for it: others have words of their own.
                let about = |captures: &Captures<'_>| {
                    captures
                        .get(0)
                        .is_some_and(|whole| whole.start() + from <= word.start && word.start < whole.end() + from)
                };
                let captures = self.regex(place)?.captures_iter(window).find(about)?;
                let (start, stop) = secret(&captures)?;
                let holds = pattern.check.holds(window.get(start..stop)?, window.get(stop..)?);
                holds.then(|| Match { rule: Rule::Pattern(pattern.id), start: from + start, end: from + stop })
            }
            At::Whole => None,
        }
    }

    /// Whether a match of a pattern could reach from its word to what a short reach does not look at.
    fn may_be_cut(&self, place: usize, text: &[u8], word: Range<usize>, source: Source) -> bool {
        let Some(((pattern, _), extent)) = self.patterns.get(place).zip(self.extents.get(place)) else { return false };
        if !applies(pattern, text, word.start, source) {
            return false;
        }
        let extent = extent.get_or_init(|| Extent::of(pattern.regex));
        let passes = |part: Range<usize>| text.get(part).is_some_and(|part| extent.passes(part));
        let behind = word.end.saturating_add(SHORT_REACH);
        let is_cut_behind = || behind < text.len() && passes(word.end..behind);
        match pattern.at {
            At::Start => begins(text, word.start) && is_cut_behind(),
            At::Around(before) => {
                let from = word.start.saturating_sub(SHORT_REACH);
                is_cut_behind() || (before > SHORT_REACH && from > 0 && passes(from..word.start))
            }
            At::Whole => false,
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
        let holds = captures.get(0)?.end() == text.len() && pattern.check.holds(text.get(start..end)?, b"");
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

/// The first group that took part; the whole match where there is none.
fn secret(captures: &Captures<'_>) -> Option<(usize, usize)> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0)).map(|group| (group.start(), group.end()))
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
