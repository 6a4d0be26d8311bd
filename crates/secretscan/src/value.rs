//! Classifies a value by its format: a reference, a placeholder, a path, a public key. Such values are clean even under
//! the name of a secret. Nothing here clears a declared secret, a known value, or a block such as a private key.

use super::documented;
use super::entropy::is_patterned;
use super::name::Kind;
use super::words::{
    CHOICE, KEY_FILE, MANAGER, PLACEHOLDER, PLACEHOLDER_PART, PLACEHOLDER_WORD, PUBLIC_START, READS_VARIABLE,
};

/// A text with this many words is a message to a reader and not a password.
const SENTENCE: usize = 6;

/// The kind of a value, according to its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// An empty text.
    Empty,
    /// Names the place of the value: `${TOKEN}`, `op://vault/item`, `/run/secrets/token`.
    Reference,
    /// Stands for a value that has to be filled in, or is printed in a vendor's documentation.
    Placeholder,
    /// Switches something on or off, or selects an option.
    Choice,
    /// A count, a size, a version, a date.
    Number,
    /// A file or a folder.
    Path,
    /// An address or a connection string; its credentials have patterns of their own.
    Url,
    /// A public key, a certificate, a digest.
    Public,
    /// Words of a sentence.
    Prose,
    /// Anything else.
    Other,
}

/// Classifies a value; `kind` is what its name promises.
pub(crate) fn classify(value: &str, kind: Kind) -> ValueKind {
    let value = trimmed(value);
    if value.is_empty() {
        return ValueKind::Empty;
    }
    if is_reference(value) {
        return ValueKind::Reference;
    }
    if is_placeholder(value) {
        return ValueKind::Placeholder;
    }
    let lower = value.to_ascii_lowercase();
    if CHOICE.contains(lower.as_str()) || ["{}", "[]", "\"\"", "''"].contains(&value) {
        return ValueKind::Choice;
    }
    if is_public(value) {
        return ValueKind::Public;
    }
    if is_path(value) {
        return ValueKind::Path;
    }
    if (value.contains("://") && !value.contains(char::is_whitespace)) || is_connection_string(value) {
        return ValueKind::Url;
    }
    match kind {
        Kind::Key if is_number(value) => ValueKind::Number,
        Kind::Key if is_prose(value) => ValueKind::Prose,
        Kind::Password if is_prose(value) && value.split_whitespace().count() >= SENTENCE => ValueKind::Prose,
        _ => ValueKind::Other,
    }
}

/// Returns a value without blanks and without one pair of quotes around it.
pub(crate) fn trimmed(value: &str) -> &str {
    let value = value.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    unquoted.unwrap_or(value).trim()
}

/// Whether a value only names the place of the real one.
pub(crate) fn is_reference(value: &str) -> bool {
    let pairs = [
        ("${", "}"),
        ("$(", ")"),
        ("{{", "}}"),
        ("[[", "]]"),
        ("<%", "%>"),
        ("#{", "}"),
        ("`", "`"),
        ("@@", "@@"),
        ("!{", "}"),
    ];
    let inside = pairs.iter().any(|(open, close)| {
        let text = value.split_once(open).and_then(|(before, rest)| Some((before, rest.rsplit_once(close)?)));
        // The text around a reference is a prefix or a suffix, not the secret itself.
        text.is_some_and(|(before, (inner, after))| !inner.is_empty() && before.len() + after.len() <= 24)
    });
    let identifier = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !text.starts_with(|first: char| first.is_ascii_digit())
    };
    let variable = value.strip_prefix('$').is_some_and(identifier)
        || value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).is_some_and(identifier);
    let lower = value.to_ascii_lowercase();
    let managed = MANAGER.iter().any(|manager| lower.starts_with(manager));
    let resource = lower.starts_with("projects/") && lower.contains("/secrets/");
    inside || variable || managed || resource || READS_VARIABLE.iter().any(|start| lower.starts_with(start))
}

/// Returns the text behind `:-` or `-` of `${NAME:-text}`, which is the value wherever the variable is not set.
pub(crate) fn default_of_reference(value: &str) -> Option<&str> {
    let inner = trimmed(value).strip_prefix("${")?.strip_suffix('}')?;
    let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    let operator = inner.get(end..)?;
    let text = [":-", "-", ":=", "="].iter().find_map(|operator_text| operator.strip_prefix(operator_text))?;
    Some(text).filter(|text| !text.is_empty())
}

/// Whether a text is a placeholder for a secret.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let plain: String = lower.chars().filter(|letter| !"-_ .\"'".contains(*letter)).collect();
    let wrapped = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')')].iter().any(|(open, close)| {
        lower.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)).is_some_and(|inner| {
            inner.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-./:".contains(letter))
        })
    });
    // `__TOKEN__`, and `sk-...`, which shows only the beginning.
    let capitals = |inner: &str| inner.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let to_replace = text.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).is_some_and(capitals);
    let is_abbreviated = ["...", "\u{2026}"].iter().find_map(|dots| text.strip_suffix(dots));
    let is_abbreviated = is_abbreviated.is_some_and(|start| start.len() <= 24 && start.ends_with(['_', '-']));
    wrapped
        || to_replace
        || is_abbreviated
        || !text.contains(char::is_alphanumeric)
        || PLACEHOLDER.contains(plain.as_str())
        || is_numbered(text) && PLACEHOLDER.contains(plain.trim_end_matches(|letter: char| letter.is_ascii_digit()))
        || PLACEHOLDER_PART.iter().any(|mark| lower.contains(mark))
        || PLACEHOLDER_WORD.iter().any(|mark| has_word(&lower, mark))
        || (text.len() >= 12 && is_patterned(text.as_bytes()))
        || documented::is_documented(text)
}

/// Whether a text is a numbered name in upper case, as in documentation: `MYTOKEN2`.
fn is_numbered(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit()) && !text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a text contains a word with no letter or digit beside it.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !is_letter(before) && !is_letter(after)
    })
}

/// Whether a value is a public key, a certificate, a digest, or a publishable key.
fn is_public(value: &str) -> bool {
    let fingerprint = |text: &str| {
        text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
    };
    let key = value.strip_prefix("-----BEGIN ").unwrap_or(value);
    let key = ["RSA ", "PGP ", "SSH2 "].iter().find_map(|kind| key.strip_prefix(kind)).unwrap_or(key);
    PUBLIC_START.iter().any(|start| key.starts_with(start)) || value.split_whitespace().all(fingerprint)
}

/// Whether a value is a path of a file system, and not base64 that begins with a slash.
pub(crate) fn is_path(value: &str) -> bool {
    let drive = value.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    let starts = ["/", "./", "../", "~/", "\\\\"].iter().any(|start| value.starts_with(start)) || drive;
    let ends = value.to_ascii_lowercase().rsplit_once('.').is_some_and(|(_, end)| KEY_FILE.contains(end));
    let letters = value.chars().all(|letter| letter.is_alphanumeric() || "/\\._-~:@+ ${}*".contains(letter));
    let segments: Vec<&str> = value.split(['/', '\\']).filter(|segment| !segment.is_empty()).collect();
    let word = |segment: &&str| segment.len() <= 40 && !looks_random(segment);
    (starts || ends) && letters && segments.iter().all(word)
}

/// Whether a value is a connection string: `Data Source=app.db`, `Server=db;Database=app`.
fn is_connection_string(value: &str) -> bool {
    const STARTS: [&str; 11] = [
        "datasource=",
        "server=",
        "host=",
        "hostname=",
        "endpoint=",
        "filename=",
        "database=",
        "dbname=",
        "defaultendpointsprotocol=",
        "usedevelopmentstorage=",
        "accountendpoint=",
    ];
    let lower = value.to_ascii_lowercase().replace(' ', "");
    STARTS.iter().any(|start| lower.starts_with(start))
}

/// Whether a text mixes characters as generated values do: it changes often between kinds of letters.
fn looks_random(text: &str) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = text.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count();
    text.len() >= 8 && changes * 3 >= text.len()
}

/// Whether a value is a number: `4096`, `3.12.1`, `v20`, `2026-01-01`, `30s`, `10m`. It is too short to be random.
fn is_number(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let others = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let signs = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+:,".contains(&byte));
    let dotted = value.contains(['.', '-', ':']);
    let date = value.get(..10).is_some_and(|start| {
        start
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
    });
    date || signs && digits > 0 && others <= 2 && (digits <= 5 || (dotted && digits <= 10))
}

/// Whether a value consists of several words with blanks between them, without random parts.
fn is_prose(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.len() >= 2
        && words.iter().all(|word| word.chars().all(|letter| letter.is_alphabetic() || ",.!?'()-".contains(letter)))
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
