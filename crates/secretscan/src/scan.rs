//! Looks for secrets in bytes: one pass finds the words of all patterns and the known values, and only where one stands
//! its pattern is tried on the bytes around it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use shown::MASK;

use super::assignments;
use super::attempts::{Attempts, Cut, REACH};
use super::first_pass::Words;
use super::known::{self, KnownValue};
use super::matched::{Match, Rule};
use super::matcher::{Matcher, NEAR, Tried};
use super::patterns;
use super::source::Source;

/// How far before and behind a piece of a larger text one must see, so that no match is missed at its edges, in bytes.
pub const OVERLAP: usize = REACH + NEAR;

/// The beginning of a longer known value is as certain as the whole, in bytes.
const LONGEST: usize = 256;

/// What was found in a text, and whether all of it was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The secrets, in order.
    pub matches: Vec<Match>,
    /// The first place where a secret may stand that is longer than what was looked at.
    pub cut: Option<Cut>,
}

/// What looks for secrets; made once.
pub struct Scanner {
    words: Words,
    /// For each word, who wants to know of it.
    owners: Vec<Owner>,
    patterns: Vec<Matcher>,
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
        let patterns: Vec<_> =
            patterns::all().enumerate().map(|(number, pattern)| Matcher::new(number, pattern)).collect();
        let mut words: Vec<&[u8]> = Vec::new();
        let mut owners: Vec<Owner> = Vec::new();
        for (at, matcher) in patterns.iter().enumerate() {
            for word in matcher.pattern.words {
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
        Ok(Self { words: Words::new(&words)?, owners, patterns, known, examined: AtomicU64::new(0) })
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
    pub fn scan(&self, text: &[u8], source: Source) -> Scanned {
        self.scan_piece(text, 0..text.len(), source)
    }

    /// A text as it may be shown: a secret in it is replaced, and so is a text that may hold one of any length.
    pub fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Scanned { matches: found, cut } = self.scan(text.as_bytes(), Source::Text);
        if cut.is_some() {
            return Cow::Borrowed(MASK);
        }
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

    /// The secrets that begin in this part of the text. What stands up to `OVERLAP` around the part decides with it: a word
    /// before the part may announce a secret in it, and of matches that overlap the most certain one counts, wherever they
    /// begin. So each secret is found in exactly one part, and it is the same one however a text is cut.
    pub fn scan_piece(&self, text: &[u8], own: Range<usize>, source: Source) -> Scanned {
        let mut found: Vec<(usize, Match)> = Vec::new();
        let near = own.start.saturating_sub(REACH)..text.len().min(own.end.saturating_add(NEAR));
        let mut attempts = Attempts::new(near.len());
        for hit in self.words.hits(text, near) {
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
                        let Some(matcher) = self.patterns.get(*place) else { continue };
                        match matcher.tried(text, hit.start..hit.end, source, &mut attempts) {
                            Tried::Found(secret) => {
                                attempts.found(*place, secret.end);
                                found.push((place + 1, secret));
                            }
                            Tried::GoesOn(reach) if own.contains(&hit.start) => {
                                attempts.cut(Cut { at: hit.start, reach });
                            }
                            Tried::GoesOn(_) | Tried::Nothing => {}
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
            let whole = |(place, matcher): (usize, &Matcher)| Some((place + 1, matcher.whole(text)?));
            found.extend(self.patterns.iter().enumerate().filter_map(whole));
        }
        self.examined.fetch_add(attempts.all(), Ordering::Relaxed);
        let mut matches = most_certain(found);
        matches.retain(|found| own.contains(&found.start));
        Scanned { matches, cut: attempts.first_cut() }
    }
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
