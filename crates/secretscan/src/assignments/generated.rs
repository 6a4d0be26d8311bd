//! Decides whether a value was generated at random, and is neither written by a person nor an identifier of a program.

use super::super::check::{decoded, has_variety, without_hex_mark};
use super::super::documented;
use super::super::entropy::{bits_per_byte, is_hex_number, is_patterned, is_wordy};
use super::super::name::Kind;
use super::super::patterns::{self, Scope};
use super::super::value::{ValueKind, classify};

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// In quotes: a string.
    Quoted,
    /// Without quotes: in a program, it may be an expression.
    Plain,
}

/// The shortest password that can be told apart from a word, in bytes.
const SHORTEST_PASSWORD: usize = 12;

/// The shortest key or token, in bytes. They are longer than passwords, since nobody has to type them.
const SHORTEST_KEY: usize = 16;

/// Whether a value is long enough and has characters of several kinds, as random values do. A cheap first test.
pub(crate) fn may_be_generated(value: &str) -> bool {
    let has = |is_kind: fn(&u8) -> bool| usize::from(value.as_bytes().iter().any(is_kind));
    value.len() >= SHORTEST_PASSWORD
        && has(u8::is_ascii_digit) + has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) > 1
}

/// Whether a value is random; `kind` is what its name promises.
pub(crate) fn is_generated(value: &str, kind: Kind, writing: Writing) -> bool {
    let value = value.trim();
    let shortest = if kind == Kind::Password { SHORTEST_PASSWORD } else { SHORTEST_KEY };
    value.len() >= shortest
        && value.bytes().all(|byte| byte.is_ascii_graphic())
        && (writing == Writing::Quoted || !is_expression(value))
        && !is_format(value)
        && !is_hash(value)
        && classify(value, kind) == ValueKind::Other
        && !has_own_form(value)
        && is_random(value)
}

/// Whether a value looks random and does not consist of words.
fn is_random(value: &str) -> bool {
    let value = without_hex_mark(value);
    let bytes = value.as_bytes();
    if is_uuid(value) {
        return true;
    }
    if is_hex_number(bytes) {
        return has_variety(bytes) && !is_patterned(bytes);
    }
    // Base64 of words counts as words.
    if let Some(text) = decoded(value).and_then(|bytes| String::from_utf8(bytes).ok())
        && text.chars().all(|letter| !letter.is_control())
    {
        return false;
    }
    let enough = if bytes.len() < 24 { 3.0 } else { 3.4 };
    let (changes, inner) = changes(bytes);
    // With so many changes between kinds of characters, the value cannot consist of words.
    let by_chance = inner * 2 >= bytes.len();
    let digits = bytes.iter().any(u8::is_ascii_digit);
    let enough_changes = if digits { changes * 7 >= bytes.len() } else { inner * 5 >= bytes.len() * 2 };
    let mixed = by_chance || (enough_changes && !is_wordy(bytes));
    has_variety(bytes) && bits_per_byte(bytes) >= enough && mixed
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && !is_patterned(parts.concat().as_bytes())
}

/// Counts the places where characters of different kinds meet: lower case, upper case, digits, signs. Returns the count
/// of all such places, and of those without signs, since signs also separate words.
fn changes(value: &[u8]) -> (usize, usize) {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let pairs = value.windows(2).filter_map(|pair| match pair {
        [first, second] => Some((class(*first), class(*second))),
        _ => None,
    });
    let changes = pairs.filter(|(first, second)| first != second);
    (changes.clone().count(), changes.filter(|(first, second)| *first < 3 && *second < 3).count())
}

/// Whether a value without quotes is an expression: a call, an index, a member access.
fn is_expression(value: &str) -> bool {
    let identifier = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let head = value.split(['(', '[', '{']).next().unwrap_or_default();
    let called = head.len() < value.len()
        && (head.is_empty() || head.split(['.', ':']).all(|part| part.is_empty() || identifier(part)));
    let parts: Vec<&str> = value.split('.').collect();
    let member = parts.len() > 1 && parts.iter().all(|part| identifier(part));
    // A value without a digit is more likely a name than a random value.
    called || member || !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a value is a template, a regular expression, or another text with matching brackets.
fn is_format(value: &str) -> bool {
    let pairs = [('{', '}'), ('[', ']'), ('<', '>')];
    let wrapped =
        pairs.iter().any(|(open, close)| value.split_once(*open).is_some_and(|(_, rest)| rest.contains(*close)));
    wrapped
        || ["${", "%s", "%d"].iter().any(|mark| value.contains(mark))
        || ["(?", ".*", "\\", "/aws4_request"].iter().any(|mark| value.contains(mark))
        || value.starts_with("--")
        || value.matches('%').count() > 2
}

/// Whether a value is the hash of a password or a digest with a prefix; neither reveals a secret.
fn is_hash(value: &str) -> bool {
    const SCHEMES: [&str; 9] =
        ["$argon2", "$pbkdf2", "scrypt:", "{SSHA", "SCRAM-SHA-", "hmac-sha", "$2a$", "$2b$", "$2y$"];
    let crypt = value.len() > 3 && value.starts_with('$') && value.as_bytes().get(2) == Some(&b'$');
    // `md5$salt$hash`, `pbkdf2_sha256$rounds$salt$hash`.
    let parts: Vec<&str> = value.split('$').collect();
    let scheme = |part: &&str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let salted = parts.len() > 2 && parts.first().is_some_and(scheme);
    crypt || salted || SCHEMES.iter().any(|scheme| value.contains(scheme))
}

/// Whether a value has a format with a pattern of its own, which decides. What such a pattern leaves out is public,
/// printed in documentation, or only the beginning of a token.
fn has_own_form(value: &str) -> bool {
    let beginning = patterns::all().flat_map(|pattern| pattern.words).any(|word| *word == value);
    let publishable = patterns::all()
        .filter(|pattern| pattern.scope == Scope::Publishable)
        .flat_map(|pattern| pattern.words)
        .any(|word| value.starts_with(word));
    let parts = || value.split(['_', '-', '.', ':']).chain([value]);
    publishable
        || beginning
        || value.starts_with("LS0tLS1")
        || value.split('.').any(|part| part.starts_with("eyJ"))
        || parts().any(documented::is_documented)
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn chance_is_told_from_words_and_identifiers() {
        for value in [
            "kD93mPq0Lx7RvT2bQ8wZ",
            "9f86d081884c7d659a2feaa0c55ad015",
            "xK9#mP2$vL5@nQ8w",
            "3q2Zr8Kb/x9LmT4v+WcYd0Ee7GhJ",
            "0b7c2d9e-41f6-4a3b-9c58-e2d7f1a0b364",
        ] {
            assert!(is_generated(value, Kind::Key, Writing::Quoted), "{value}");
            assert!(is_generated(value, Kind::Password, Writing::Plain), "{value}");
        }
        for value in [
            "my-long-secret-value-2",
            "This-is-my-test-99!",
            "AWS4-Credential=%s/%s/eu9",
            "X25519StaticSecretKey",
            "Ed25519PrivateKey",
            "aws_secret_access_key_v2",
            "^[A-Za-z0-9_]{32}$",
            "$2b$12$kD93mPq0Lx7RvT2bQ8wZ3eYt6UiOp1As2Df3Gh4Jk5Lz6Xc7Vb8N",
            "md5$seasalt$1e9bf2bf5606aa5c39852cc30f0f6f22",
            "hmac-sha256:9f86d081884c7d659a2feaa0c55ad015",
            "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCi0",
            "KXQZ2TVB9LMW4RHD/20230719/eu-west-1/sts/aws4_request",
            "--s3-x9-api-key-2Kq",
            "%20%22#%23%2F09%3A",
            "00000000-0000-0000-0000-000000000000",
            "c29tZSBwbGFpbiB3b3Jkcw==",
            "request.headers.authorization2",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(!is_generated(value, Kind::Key, Writing::Quoted), "{value}");
        }
        for expression in ["config.Auth2.Kx9TokenQ7z", "makeToken8xQ2z(9)", "kXqTzVbNwPmRsLdF"] {
            assert!(!is_generated(expression, Kind::Key, Writing::Plain), "{expression}");
        }
    }
}
