//! The decision about a name and its value, in layers: what is known or declared to be secret, what the value is, and
//! what the name promises of a value that could be anything.

use std::sync::Arc;

use super::check::{decoded, is_mixed, percent_decoded, without_hex_mark};
use super::entropy::{bits_per_byte, is_wordy};
use super::matched::{Match, Rule};
use super::name::{Kind, NameVerdict, is_declared_secret, judge_name};
use super::pairs;
use super::patterns::{self, Scope};
use super::rules;
use super::scan::{Scanned, Scanner};
use super::source::Source;
use super::value::{Look, default_of_reference, look, trimmed};

/// How many references may stand in each other: nobody writes more, and no text must make us go on for ever.
const DEPTH: usize = 8;

/// Why a value was not judged to its end.
const TOO_DEEP: &str = "more than 8 references stand in each other in it";

/// Why something is a secret. Never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule's name.
    pub rule: &'static str,
    /// Why, as a sentence fragment.
    pub reason: String,
}

/// Who decides; made once for a command.
pub struct Detector {
    scanner: Arc<Scanner>,
    declared: Vec<String>,
}

impl Detector {
    /// One for these declared names.
    pub fn new(declared: &[String], scanner: Scanner) -> Self {
        Self { scanner: Arc::new(scanner), declared: declared.to_vec() }
    }

    /// What looks into text.
    pub fn scanner(&self) -> &Arc<Scanner> {
        &self.scanner
    }

    /// Judges a name with its value, or a name alone.
    pub fn judge(&self, name: &str, value: Option<&str>) -> Option<Verdict> {
        let mut value = trimmed(value.unwrap_or_default());
        let mut not_searched = None;
        for _ in 0..=DEPTH {
            match self.judge_once(name, value) {
                Some(verdict) if verdict.is_unseen() => not_searched = not_searched.or(Some(verdict)),
                Some(verdict) => return Some(verdict),
                None => {}
            }
            // The default of a reference is the value wherever the variable is not set.
            let Some(default) = default_of_reference(value) else { return not_searched };
            value = trimmed(default);
        }
        not_searched.or_else(|| Some(unseen(TOO_DEEP)))
    }

    fn judge_once(&self, name: &str, value: &str) -> Option<Verdict> {
        let Scanned { matches, cut } = self.scanner.scan(value.as_bytes(), Source::Value);
        let known = matches.iter().find_map(|found| match &found.rule {
            Rule::Known(name) => Some(known_verdict(name, false)),
            Rule::KnownWord(name) => Some(known_verdict(name, true)),
            Rule::Pattern(_) | Rule::Assigned => None,
        });
        known
            .or_else(|| self.judge_declared(name))
            .or_else(|| judge_matches(name, &matches))
            .or_secret(|| self.judge_unwrapped(name, value))
            .or_secret(|| judge_named(name, value))
            .or_secret(|| judge_pairs(value))
            .or_secret(|| cut.map(|cut| unseen(cut.reason())))
    }

    /// The first secret of a text that has no name: a command line, a description, a file's name. Without one, that it
    /// could not be searched whole.
    pub fn judge_text(&self, text: &str, source: Source) -> Option<Verdict> {
        let Scanned { matches, cut } = self.scanner.scan(text.as_bytes(), source);
        matches.first().map(|found| verdict(&found.rule)).or_else(|| cut.map(|cut| unseen(cut.reason())))
    }

    /// A path or a name as it may be shown: a secret in it is replaced.
    pub fn shown(&self, text: &str) -> String {
        self.scanner.shown(text).into_owned()
    }

    fn judge_declared(&self, name: &str) -> Option<Verdict> {
        is_declared_secret(name, &self.declared).then(declared_verdict)
    }

    /// What the value shows after one step of decoding.
    fn judge_unwrapped(&self, name: &str, value: &str) -> Option<Verdict> {
        let judge = |(text, how): (Vec<u8>, &str)| {
            let Scanned { matches, cut } = self.scanner.scan(&text, Source::Value);
            let found = judge_matches(name, &matches).or_else(|| cut.map(|cut| unseen(cut.reason())))?;
            Some(Verdict { reason: format!("{}, in {how}", found.reason), ..found })
        };
        unwrapped(value).into_iter().map(judge).fold(None, |first, next| first.or_secret(|| next))
    }
}

/// What has been found in the value of a name.
fn judge_matches(name: &str, matches: &[Match]) -> Option<Verdict> {
    let counts = |found: &&Match| counts_under(name, &found.rule);
    matches.iter().find(counts).map(|found| verdict(&found.rule))
}

/// Whether what a rule has found is a secret under this name.
fn counts_under(name: &str, rule: &Rule) -> bool {
    !is_publishable(rule) || judge_name(name) != NameVerdict::Public
}

/// A declared name is enough.
pub fn declared_verdict() -> Verdict {
    Verdict { rule: rules::DECLARED_NAME, reason: "its name is declared as a secret".to_owned() }
}

fn known_verdict(name: &str, by_chance: bool) -> Verdict {
    let chance = if by_chance { BY_CHANCE } else { "" };
    Verdict { rule: rules::KNOWN_VALUE, reason: format!("the value of `{name}` on this machine{chance}") }
}

/// The end of the reason for a value that also chance could have put there.
const BY_CHANCE: &str = ", which is a word or a number that may stand there by chance";

/// The end of the reason for a secret that stands in the name of a file.
const IN_NAME: &str = ", in its name";

/// Verdicts of which there may be none.
pub trait OrSecret {
    /// The first secret of both; without one, that something could not be searched.
    #[must_use]
    fn or_secret(self, other: impl FnOnce() -> Self) -> Self;
}

impl OrSecret for Option<Verdict> {
    fn or_secret(self, other: impl FnOnce() -> Self) -> Self {
        if self.as_ref().is_some_and(|verdict| !verdict.is_unseen()) {
            return self;
        }
        match other() {
            Some(verdict) if !verdict.is_unseen() => Some(verdict),
            other => self.or(other),
        }
    }
}

impl Verdict {
    /// The verdict about a secret that stands in the name of a file.
    pub(crate) fn in_name(self) -> Self {
        Self { reason: format!("{}{IN_NAME}", self.reason), ..self }
    }

    /// Whether the secret stands in the name of a file, and not in what the file holds.
    pub fn is_in_name(&self) -> bool {
        self.reason.ends_with(IN_NAME)
    }

    /// Whether it is about the name of a file, and not about what the file holds.
    pub fn is_of_name(&self) -> bool {
        self.is_in_name() || self.rule == rules::SECRET_FILE
    }

    /// Whether it says that something could not be searched.
    pub fn is_unseen(&self) -> bool {
        self.rule == rules::UNSEEN
    }

    /// Whether the secret stands on a line of the file's text.
    pub fn has_a_line(&self) -> bool {
        !self.is_unseen() && !self.is_of_name()
    }

    /// The variable whose value was found; none for other rules.
    pub fn variable(&self) -> Option<&str> {
        let name = self.reason.strip_prefix("the value of `").filter(|_| self.rule == rules::KNOWN_VALUE)?;
        name.split('`').next()
    }

    /// Whether the value that was found is one that chance could have put there.
    pub fn may_be_chance(&self) -> bool {
        self.rule == rules::KNOWN_VALUE && self.reason.contains(BY_CHANCE)
    }
}

/// Why a match is a secret.
pub fn verdict(rule: &Rule) -> Verdict {
    match rule {
        Rule::Known(name) => known_verdict(name, false),
        Rule::KnownWord(name) => known_verdict(name, true),
        Rule::Pattern(id) => {
            let what = patterns::all().find(|pattern| pattern.id == *id).map_or("secret", |pattern| pattern.what);
            Verdict { rule: id, reason: what.to_owned() }
        }
        Rule::Assigned => {
            let reason = "a random value is assigned to a name that says password, key, or token".to_owned();
            Verdict { rule: rules::ASSIGNED_SECRET, reason }
        }
    }
}

fn is_publishable(rule: &Rule) -> bool {
    let Rule::Pattern(id) = rule else { return false };
    patterns::all().any(|pattern| pattern.id == *id && pattern.scope == Scope::Publishable)
}

/// What the name says of a value that shows nothing by itself.
fn judge_named(name: &str, value: &str) -> Option<Verdict> {
    match judge_name(name) {
        NameVerdict::Secret(kind) => {
            let secret = matches!(look(value, kind), Look::Empty | Look::Other);
            let reason = match kind {
                Kind::Password => "its name says that it is a password",
                Kind::Key => "its name says that it is a key or a token",
            };
            secret.then(|| Verdict { rule: rules::SECRET_NAME, reason: reason.to_owned() })
        }
        NameVerdict::Hint => {
            let secret = look(value, Kind::Key) == Look::Other && is_random(name, value);
            let reason = "its name suggests a secret, and its value looks like one".to_owned();
            secret.then_some(Verdict { rule: rules::RANDOM_VALUE, reason })
        }
        NameVerdict::Public | NameVerdict::Plain => None,
    }
}

/// The pairs that a value is made of, judged by their names: options, settings, JSON.
fn judge_pairs(value: &str) -> Option<Verdict> {
    let is_secret = |(name, value): &(String, String)| {
        let NameVerdict::Secret(kind) = judge_name(name) else { return false };
        let long = value.len() >= if kind == Kind::Password { 4 } else { 12 };
        long && look(value, kind) == Look::Other && (kind == Kind::Password || !is_wordy(value.as_bytes()))
    };
    let found = pairs::of(value).iter().any(is_secret);
    let reason = "a name in it says that it is a password, a key, or a token".to_owned();
    found.then_some(Verdict { rule: rules::SECRET_NAME, reason })
}

/// Whether a machine has made a value, and not to identify or to check something.
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

/// A value without its encoding, and which one that was.
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

/// Whether decoding has given text, and not the bytes of chance.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// A finding of what could not be searched, which is never a reason to call something clean.
pub fn unseen(reason: &str) -> Verdict {
    Verdict { rule: rules::UNSEEN, reason: reason.to_owned() }
}
