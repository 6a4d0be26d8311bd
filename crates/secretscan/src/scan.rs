//! Searches bytes for secrets. One pass finds the words of all patterns and the known values; only where one occurs,
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
use super::matched::{Match, MatchRule};
use super::matcher::{Matcher, NEAR, Tried, may_be_whole};
use super::patterns;
use super::text_kind::TextKind;

/// How far before and behind a piece of a larger text a scan must see, in bytes, so that no match is missed at its
/// edges.
pub const OVERLAP: usize = REACH + NEAR;

/// Length of the prefix of a known value that is searched for, in bytes; it is as certain as the whole value.
const LONGEST: usize = 256;

/// The result of scanning a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The secrets, in order.
    pub matches: Vec<Match>,
    /// The first position where a secret may begin that is longer than what was read; none if all was searched.
    pub cut: Option<Cut>,
}

/// Searches texts for secrets. Made once.
pub struct Scanner {
    words: Words,
    /// For each word, what it belongs to.
    owners: Vec<Owner>,
    patterns: Vec<Matcher>,
    known: Vec<KnownValue>,
    /// The number of bytes that patterns have read.
    examined: AtomicU64,
}

enum Owner {
    /// An index in `patterns`.
    Pattern(usize),
    /// An index in `known`.
    Known(usize),
    /// A word in names of secrets.
    Name,
}

impl Scanner {
    /// Makes a scanner that also searches for these values.
    pub fn new(known: Vec<KnownValue>) -> Self {
        let patterns: Vec<_> =
            patterns::all().enumerate().map(|(number, pattern)| Matcher::new(number, pattern)).collect();
        let (mut words, mut owners): (Vec<&[u8]>, Vec<Owner>) = (Vec::new(), Vec::new());
        for (at, matcher) in patterns.iter().enumerate() {
            words.extend(matcher.pattern.words.iter().map(|word| word.as_bytes()));
            owners.extend(matcher.pattern.words.iter().map(|_| Owner::Pattern(at)));
        }
        for (at, value) in known.iter().enumerate() {
            words.extend(value.forms().iter().map(|form| form.get(..LONGEST).unwrap_or(form)));
            owners.extend(value.forms().iter().map(|_| Owner::Known(at)));
        }
        words.extend(assignments::WORDS.iter().map(|word| word.as_bytes()));
        owners.extend(assignments::WORDS.iter().map(|_| Owner::Name));
        Self { words: Words::new(words), owners, patterns, known, examined: AtomicU64::new(0) }
    }

    /// Returns the known values.
    pub fn known(&self) -> &[KnownValue] {
        &self.known
    }

    /// Returns how many bytes patterns have read so far. The first pass reads each byte once and is not counted.
    pub fn examined(&self) -> u64 {
        self.examined.load(Ordering::Relaxed)
    }

    /// Returns all secrets of a text, in order. Where several overlap, the most certain one is returned.
    pub fn scan(&self, text: &[u8], source: TextKind) -> Scanned {
        self.scan_piece(text, 0..text.len(), source)
    }

    /// Returns a text with its secrets replaced, for display. A text that may hold a longer secret than was read is
    /// replaced as a whole.
    pub fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Scanned { matches: found, cut } = self.scan(text.as_bytes(), TextKind::Text);
        if cut.is_some() {
            return Cow::Borrowed(MASK);
        }
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = text.to_owned();
        // From the last one to the first, so that the positions of the others stay valid.
        for Match { start, end, .. } in found.into_iter().rev() {
            if !shown.is_char_boundary(start) || !shown.is_char_boundary(end) {
                return Cow::Borrowed(MASK);
            }
            shown.replace_range(start..end, MASK);
        }
        Cow::Owned(shown)
    }

    /// Returns the secrets that begin in this part of a text. Up to `OVERLAP` bytes around the part influence the
    /// result: a word before the part may announce a secret in it, and of overlapping matches the most certain one is
    /// kept, wherever they begin. So each secret is found in exactly one part, and the result does not depend on how a
    /// text is split.
    pub fn scan_piece(&self, text: &[u8], own: Range<usize>, source: TextKind) -> Scanned {
        let mut found: Vec<(usize, Match)> = Vec::new();
        let near = own.start.saturating_sub(REACH)..text.len().min(own.end.saturating_add(NEAR));
        let mut attempts = Attempts::new(near.len());
        for hit in self.words.hits(text, near) {
            match self.owners.get(hit.word) {
                Some(Owner::Known(at)) => {
                    let name = self.known.get(*at).map(|value| value.name().to_owned()).unwrap_or_default();
                    let (start, end) = (hit.start, hit.end);
                    let is_word = text.get(start..end).is_some_and(known::is_word_or_number);
                    let rule = if is_word { MatchRule::KnownWord(name) } else { MatchRule::Known(name) };
                    if !is_word || known::stands_alone(text, start..end) {
                        found.push((0, Match { rule, start, end }));
                    }
                }
                // A word inside of a match belongs to that match.
                Some(Owner::Pattern(place)) if !attempts.covers(*place, hit.start) => {
                    let Some(matcher) = self.patterns.get(*place) else { continue };
                    match matcher.tried(text, hit.start..hit.end, source, &mut attempts) {
                        Tried::Secret(secret) => {
                            attempts.found(*place, secret.end);
                            found.push((place + 1, secret));
                        }
                        Tried::GoesOn(reach) if own.contains(&hit.start) => {
                            attempts.cut(Cut { at: hit.start, reach });
                        }
                        Tried::GoesOn(_) | Tried::Nothing => {}
                    }
                }
                // Values have their names already, and commands have rules of their own.
                Some(Owner::Name) if source == TextKind::Text => {
                    let value = assignments::secret_at(text, hit.start..hit.end);
                    let matched = |Range { start, end }| Match { rule: MatchRule::Assigned, start, end };
                    found.extend(value.map(|value| (usize::MAX, matched(value))));
                }
                Some(Owner::Pattern(_) | Owner::Name) | None => {}
            }
        }
        if source == TextKind::Value && may_be_whole(text) {
            let whole = |(place, matcher): (usize, &Matcher)| Some((place + 1, matcher.whole(text)?));
            found.extend(self.patterns.iter().enumerate().filter_map(whole));
        }
        self.examined.fetch_add(attempts.all(), Ordering::Relaxed);
        let mut matches = most_certain(found);
        matches.retain(|found| own.contains(&found.start));
        Scanned { matches, cut: attempts.first_cut() }
    }
}

/// Of overlapping matches, keeps the one of the earliest pattern.
fn most_certain(mut found: Vec<(usize, Match)>) -> Vec<Match> {
    found
        .sort_by(|(first, left), (second, right)| (first, left.start, right.end).cmp(&(second, right.start, left.end)));
    // Sorted by their starts. None overlaps another one, so only the one before can overlap a new one.
    let mut kept: BTreeMap<usize, Match> = BTreeMap::new();
    for (_, candidate) in found {
        let before = kept.range(..candidate.end).next_back();
        if before.is_none_or(|(_, other)| other.end <= candidate.start) {
            kept.insert(candidate.start, candidate);
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the patterns whose expressions a scan compiles.
    fn compiled(text: &str, source: TextKind) -> Vec<&'static str> {
        let scanner = Scanner::new(Vec::new());
        assert_eq!(scanner.scan(text.as_bytes(), source), Scanned::default());
        let compiled = scanner.patterns.iter().filter(|matcher| matcher.is_compiled());
        compiled.map(|matcher| matcher.pattern.id).collect()
    }

    #[test]
    fn ordinary_files_compile_no_expression() {
        let package = concat!(
            "\"resolved\": \"https://packages.example.org/ms/-/ms-2.1.3.tgz\",\n",
            "\"integrity\": \"sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==\"\n",
        );
        let program = "const password = rawTextOf(form, \"password\");\nif (password === \"\") return\n\
                       client = OpenAI(api_key=self._key.get_secret_value(), base_url=url)\n\
                       NewPassword = Annotated[SecretStr, AfterValidator(_password)]\ncd $PWD\nPWD=$(pwd)\n";
        for text in [package.repeat(100), program.repeat(100)] {
            assert_eq!(compiled(&text, TextKind::Text), Vec::<&str>::new());
        }
        let command = "adduser --shell /usr/sbin/nologin app && curl -fsSL https://example.org/a && npm ci --omit=dev \
                       && openssl version && redis-cli ping";
        assert_eq!(compiled(command, TextKind::Command), Vec::<&str>::new());
        for value in ["/opt/venv/bin:/usr/bin", "production", "python -m uvicorn main:app --host 0.0.0.0 --port 8000"] {
            assert_eq!(compiled(value, TextKind::Value), Vec::<&str>::new());
        }
    }

    #[test]
    fn only_the_expression_of_what_was_found_is_compiled() {
        let scanner = Scanner::new(Vec::new());
        let text = ["https://example.org/ https://app:", "kD93mPq0Lx7R@db.example.org/"].concat();
        assert_eq!(scanner.scan(text.as_bytes(), TextKind::Text).matches.len(), 1);
        let compiled = scanner.patterns.iter().filter(|matcher| matcher.is_compiled());
        assert_eq!(compiled.map(|matcher| matcher.pattern.id).collect::<Vec<_>>(), ["url-password"]);
    }
}
