//! Judges a name and its value in layers: first what is known or declared to be secret, then the format of the value,
//! then what the name says about a value that could be anything.

use std::collections::HashSet;
use std::sync::Arc;

use super::check::{decoded, is_mixed, percent_decoded, without_hex_mark};
use super::entropy::{bits_per_byte, is_wordy};
use super::matched::{Match, MatchRule};
use super::name::{Kind, NameVerdict, is_declared_secret, judge_name};
use super::pairs;
use super::patterns::{self, Scope};
use super::rules;
use super::scan::{Scanned, Scanner};
use super::text_kind::TextKind;
use super::value::{ValueKind, classify, default_of_reference, trimmed};

/// Limit on the depth of nested references.
const DEPTH: usize = 8;

/// The reason for a value that exceeds the limit.
const TOO_DEEP: &str = "it nests references more than 8 deep";

/// The reason why something is a secret. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The ID of the rule.
    pub rule: &'static str,
    /// The reason, as a sentence fragment.
    pub reason: String,
}

/// Judges names, values and texts. Made once for a command.
pub struct Detector {
    scanner: Arc<Scanner>,
    declared: Vec<String>,
}

impl Detector {
    /// Makes a detector for these declared names.
    pub fn new(declared: &[String], scanner: Scanner) -> Self {
        Self { scanner: Arc::new(scanner), declared: declared.to_vec() }
    }

    /// Returns the scanner for texts.
    pub fn scanner(&self) -> &Arc<Scanner> {
        &self.scanner
    }

    /// Judges a name with its value, or a name alone. Returns the first verdict of `judge_all`.
    pub fn judge(&self, name: &str, value: Option<&str>) -> Option<Verdict> {
        self.judge_all(name, value).into_iter().next()
    }

    /// Judges a name with its value, or a name alone. Returns each rule once, the most certain one first, and at the end
    /// whether a part could not be searched.
    pub fn judge_all(&self, name: &str, value: Option<&str>) -> Vec<Verdict> {
        let mut value = trimmed(value.unwrap_or_default());
        let mut incomplete = Vec::new();
        for _ in 0..=DEPTH {
            let mut found = self.judge_once(name, value);
            if found.iter().any(|verdict| !verdict.is_not_searched()) {
                found.append(&mut incomplete);
                return distinct(found);
            }
            incomplete.append(&mut found);
            // The default of a reference is the value wherever the variable is not set.
            let Some(default) = default_of_reference(value) else { return distinct(incomplete) };
            value = trimmed(default);
        }
        incomplete.push(not_searched(TOO_DEEP));
        distinct(incomplete)
    }

    fn judge_once(&self, name: &str, value: &str) -> Vec<Verdict> {
        let Scanned { matches, cut } = self.scanner.scan(value.as_bytes(), TextKind::Value);
        let is_known = |found: &&Match| matches!(found.rule, MatchRule::Known(_) | MatchRule::KnownWord(_));
        let mut found: Vec<Verdict> = matches.iter().filter(is_known).map(|found| verdict(&found.rule)).collect();
        let mut others = matches.iter().filter(|found| !is_known(found) && counts_under(name, &found.rule));
        if found.is_empty()
            && let Some(declared) = self.judge_declared(name)
        {
            found.push(declared);
            // The name is declared for one secret, so the first match is the same one.
            others.next();
        }
        found.extend(others.map(|found| verdict(&found.rule)));
        if found.is_empty() {
            let unnamed = self.judge_unwrapped(name, value).or_secret(|| judge_named(name, value));
            found.extend(unnamed.or_secret(|| judge_pairs(value, &|_| false)));
        } else if !is_declared_secret(name, &self.declared) {
            let is_told = |pair: &str| {
                let mut told = matches.iter().filter_map(|found| value.get(found.start..found.end));
                told.any(|told| told.contains(pair) || pair.contains(told))
            };
            found.extend(judge_pairs(value, &is_told));
        }
        found.extend(cut.map(|cut| not_searched(cut.reason())));
        // What could not be searched comes last.
        found.sort_by_key(Verdict::is_not_searched);
        found
    }

    /// Returns the first verdict of `judge_text_all`.
    pub fn judge_text(&self, text: &str, source: TextKind) -> Option<Verdict> {
        self.judge_text_all(text, source).into_iter().next()
    }

    /// Judges a text that has no name, such as a command line, a description or a file name. Returns each rule once, and
    /// at the end whether a part could not be searched.
    pub fn judge_text_all(&self, text: &str, source: TextKind) -> Vec<Verdict> {
        let Scanned { matches, cut } = self.scanner.scan(text.as_bytes(), source);
        let found = matches.iter().map(|found| verdict(&found.rule));
        distinct(found.chain(cut.map(|cut| not_searched(cut.reason()))).collect())
    }

    /// Returns a path or a name with its secrets replaced, for display.
    pub fn shown(&self, text: &str) -> String {
        self.scanner.shown(text).into_owned()
    }

    fn judge_declared(&self, name: &str) -> Option<Verdict> {
        is_declared_secret(name, &self.declared).then(declared_verdict)
    }

    /// Judges the value after one step of decoding.
    fn judge_unwrapped(&self, name: &str, value: &str) -> Option<Verdict> {
        let judge = |(text, how): (Vec<u8>, &str)| {
            let Scanned { matches, cut } = self.scanner.scan(&text, TextKind::Value);
            let found = judge_matches(name, &matches).or_else(|| cut.map(|cut| not_searched(cut.reason())))?;
            Some(Verdict { reason: format!("{}, in {how}", found.reason), ..found })
        };
        unwrapped(value).into_iter().map(judge).fold(None, |first, next| first.or_secret(|| next))
    }
}

/// Returns the verdict on the matches in the value of a name.
fn judge_matches(name: &str, matches: &[Match]) -> Option<Verdict> {
    let counts = |found: &&Match| counts_under(name, &found.rule);
    matches.iter().find(counts).map(|found| verdict(&found.rule))
}

/// Whether a match of a rule counts as a secret under this name.
fn counts_under(name: &str, rule: &MatchRule) -> bool {
    !is_publishable(rule) || judge_name(name) != NameVerdict::Public
}

/// Returns the verdict on a declared name.
pub fn declared_verdict() -> Verdict {
    Verdict { rule: rules::DECLARED_NAME, reason: "its name is declared as a secret".to_owned() }
}

/// Returns the verdicts with each rule once, and with each known value once: an exception allows a rule at a place.
pub fn distinct(verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let mut told: HashSet<(&'static str, Option<String>)> = HashSet::new();
    let is_new = |verdict: &Verdict| told.insert((verdict.rule, verdict.variable().map(str::to_owned)));
    verdicts.into_iter().filter(is_new).collect()
}

fn known_verdict(name: &str, by_chance: bool) -> Verdict {
    let chance = if by_chance { BY_CHANCE } else { "" };
    Verdict { rule: rules::KNOWN_VALUE, reason: format!("the value of `{name}` on this machine{chance}") }
}

/// The end of the reason for a value that may occur by chance.
const BY_CHANCE: &str = ", which is a word or a number that may occur by chance";

/// The end of the reason for several secrets of one rule in a file.
const MORE: &str = " more like it in the same file";

/// The end of the reason for a secret in the name of a file.
const IN_NAME: &str = ", in its name";

/// Combines optional verdicts.
trait OrSecret {
    /// Returns the first secret of both; if there is none, a verdict that something could not be searched.
    #[must_use]
    fn or_secret(self, other: impl FnOnce() -> Self) -> Self;
}

impl OrSecret for Option<Verdict> {
    fn or_secret(self, other: impl FnOnce() -> Self) -> Self {
        if self.as_ref().is_some_and(|verdict| !verdict.is_not_searched()) {
            return self;
        }
        match other() {
            Some(verdict) if !verdict.is_not_searched() => Some(verdict),
            other => self.or(other),
        }
    }
}

impl Verdict {
    /// Returns the verdict for a secret in the name of a file.
    pub(crate) fn in_name(self) -> Self {
        Self { reason: format!("{}{IN_NAME}", self.reason), ..self }
    }

    /// Whether the secret is in the name of the file, not in its contents.
    pub fn is_in_name(&self) -> bool {
        self.reason.ends_with(IN_NAME)
    }

    /// Whether the verdict is about the name of the file, not its contents.
    pub fn is_of_name(&self) -> bool {
        self.is_in_name() || self.rule == rules::SECRET_FILE
    }

    /// Whether the verdict says that something could not be searched.
    pub fn is_not_searched(&self) -> bool {
        self.rule == rules::NOT_SEARCHED
    }

    /// Whether the secret is on a line of the file's text.
    pub fn has_a_line(&self) -> bool {
        !self.is_not_searched() && !self.is_of_name()
    }

    /// Returns how many secrets the verdict stands for.
    pub fn count(&self) -> usize {
        let more = self.reason.strip_suffix(MORE).and_then(|reason| reason.rsplit(' ').next());
        more.and_then(|more| more.parse::<usize>().ok()).unwrap_or_default().saturating_add(1)
    }

    /// Returns the verdict for this secret and more of the same rule in the same file.
    pub(crate) fn and_more(self, more: usize) -> Self {
        Self { reason: format!("{}, and {more}{MORE}", self.reason), ..self }
    }

    /// Returns the variable whose value was found; none for other rules.
    pub fn variable(&self) -> Option<&str> {
        let name = self.reason.strip_prefix("the value of `").filter(|_| self.rule == rules::KNOWN_VALUE)?;
        name.split('`').next()
    }

    /// Whether the value that was found may occur by chance.
    pub fn may_be_chance(&self) -> bool {
        self.rule == rules::KNOWN_VALUE && self.reason.contains(BY_CHANCE)
    }
}

/// Returns the verdict on a match.
pub fn verdict(rule: &MatchRule) -> Verdict {
    match rule {
        MatchRule::Known(name) => known_verdict(name, false),
        MatchRule::KnownWord(name) => known_verdict(name, true),
        MatchRule::Pattern(id) => {
            let what = patterns::all().find(|pattern| pattern.id == *id).map_or("secret", |pattern| pattern.what);
            Verdict { rule: id, reason: what.to_owned() }
        }
        MatchRule::Assigned => {
            let reason = "a random value is assigned to a name that says password, key, or token".to_owned();
            Verdict { rule: rules::ASSIGNED_SECRET, reason }
        }
    }
}

fn is_publishable(rule: &MatchRule) -> bool {
    let MatchRule::Pattern(id) = rule else { return false };
    patterns::all().any(|pattern| pattern.id == *id && pattern.scope == Scope::Publishable)
}

/// Judges a value of no particular format by its name.
fn judge_named(name: &str, value: &str) -> Option<Verdict> {
    match judge_name(name) {
        NameVerdict::Secret(kind) => {
            let secret = matches!(classify(value, kind), ValueKind::Empty | ValueKind::Other);
            let reason = match kind {
                Kind::Password => "its name says that it is a password",
                Kind::Key => "its name says that it is a key or a token",
            };
            secret.then(|| Verdict { rule: rules::SECRET_NAME, reason: reason.to_owned() })
        }
        NameVerdict::Hint => {
            let secret = classify(value, Kind::Key) == ValueKind::Other && is_random(name, value);
            let reason = "its name suggests a secret, and its value looks like one".to_owned();
            secret.then_some(Verdict { rule: rules::RANDOM_VALUE, reason })
        }
        NameVerdict::Public | NameVerdict::Plain => None,
    }
}

/// Judges the pairs in a value by their names: options, settings, JSON. `is_told` returns whether the value of a pair has
/// a verdict already.
fn judge_pairs(value: &str, is_told: &dyn Fn(&str) -> bool) -> Option<Verdict> {
    let is_secret = |(name, value): &(String, String)| {
        let NameVerdict::Secret(kind) = judge_name(name) else { return false };
        let long = value.len() >= if kind == Kind::Password { 4 } else { 12 };
        let secret = long
            && classify(value, kind) == ValueKind::Other
            && (kind == Kind::Password || !is_wordy(value.as_bytes()));
        secret && !is_told(value)
    };
    let found = pairs::of(value).iter().any(is_secret);
    let reason = "a name in it says that it is a password, a key, or a token".to_owned();
    found.then_some(Verdict { rule: rules::SECRET_NAME, reason })
}

/// Whether a value is random, and neither an identifier nor a checksum.
fn is_random(name: &str, value: &str) -> bool {
    const SHORTEST: usize = 16;
    let value = without_hex_mark(value);
    let bytes = value.as_bytes();
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let length_of_hash = [32, 40, 56, 64, 96, 128].contains(&bytes.len());
    let uuid = bytes.len() == 36 && value.matches('-').count() == 4;
    let upper = name.to_ascii_uppercase();
    let opens = ["KEY", "KEYS", "AUTH", "TOKENS", "BEARER", "SEED", "SALT"].iter().any(|end| upper.ends_with(end));
    let identifies = uuid || (hex && length_of_hash && !opens);
    let one_word = bytes.len() >= SHORTEST && !value.contains(char::is_whitespace);
    one_word && !identifies && is_mixed(bytes) && bits_per_byte(bytes) >= if hex { 2.9 } else { 3.4 }
}

/// Decodes a value; returns each result with the name of its encoding.
fn unwrapped(value: &str) -> Vec<(Vec<u8>, &'static str)> {
    let mut found = Vec::new();
    if value.contains('%') {
        let plain = percent_decoded(value);
        if plain != value {
            found.push((plain.into_bytes(), "percent-encoding"));
        }
    }
    let hex = value.len() >= 40 && value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex {
        found.extend(from_hex(value).map(|bytes| (bytes, "hexadecimal")));
    } else if value.len() >= 16 {
        found.extend(decoded(value).map(|bytes| (bytes, "base64")));
    }
    found.retain(|(bytes, _)| is_text(bytes));
    found
}

/// Whether decoding gave text, and not random bytes.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// Returns the verdict for something that could not be searched, which therefore cannot count as clean.
pub fn not_searched(reason: &str) -> Verdict {
    Verdict { rule: rules::NOT_SEARCHED, reason: reason.to_owned() }
}
