//! Judges names: what a variable's name alone says about its value. The last word decides.
//!
//! `DB_PASSWORD`, `apiKey`, and `GITHUB_PAT` are secrets; `PASSWORD_FILE`, `TOKEN_TTL`, and `PUBLIC_KEY` are not.

use super::words::{
    ABOUT, ENDING, GLUED, HOLDER, KNOWN, LOGIN, NEEDS_COMPANY, NEVER_PUBLIC, OBJECT_OWNER, PLAIN_KEY, PLAIN_TOKEN,
    PUBLIC, SECRET, SECRET_KEY, SECRET_OBJECT, SECRET_TOKENS, SERVICE, SWITCH,
};

/// What a name says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameVerdict {
    /// The value is a secret, whatever it looks like.
    Secret(Kind),
    /// The value may be a secret; its format decides.
    Hint,
    /// The value is meant to be public.
    Public,
    /// The name says nothing.
    Plain,
}

/// The kind of secret that a name promises. People choose passwords; programs generate keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A password, which can be any text.
    Password,
    /// A key, a token, or another generated text.
    Key,
}

/// Judges a name.
pub fn judge_name(name: &str) -> NameVerdict {
    // The current and the previous folder, which every shell sets.
    if ["OLDPWD", "PWD"].contains(&name) {
        return NameVerdict::Plain;
    }
    let words = split(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut rest = words.as_slice();
    while let Some((last, before)) = rest.split_last() {
        let ends = ENDING.contains(last) || last.bytes().all(|byte| byte.is_ascii_digit());
        if is_phrase(rest) || before.is_empty() || !ends {
            break;
        }
        rest = before;
    }
    judge_words(rest)
}

fn judge_words(words: &[&str]) -> NameVerdict {
    let Some((last, before)) = words.split_last() else { return NameVerdict::Plain };
    // The name of a Kubernetes Secret, not its contents.
    if SECRET_OBJECT.contains(last) && before.last().is_some_and(|word| OBJECT_OWNER.contains(word)) {
        return NameVerdict::Hint;
    }
    let public = before.iter().any(|word| PUBLIC.contains(word));
    let switched = before.first().is_some_and(|word| SWITCH.contains(word));
    if is_secret(last, before) || is_phrase(words) {
        let stays = NEVER_PUBLIC.contains(last) || before.iter().any(|word| NEVER_PUBLIC.contains(word));
        return match (public, switched) {
            (true, _) if !stays => NameVerdict::Public,
            (_, true) => NameVerdict::Hint,
            _ => NameVerdict::Secret(kind(last)),
        };
    }
    if public {
        return NameVerdict::Public;
    }
    if ABOUT.contains(last) || is_plain_key(last, before) || is_plain_token(last, before) || switched {
        return NameVerdict::Plain;
    }
    let first_is_secret = words.first().is_some_and(|first| is_secret(first, &[]));
    if first_is_secret && (HOLDER.contains(last) || SERVICE.contains(last)) {
        return NameVerdict::Secret(words.first().map_or(Kind::Key, |first| kind(first)));
    }
    let hints = |word: &&str| {
        SECRET.contains(word)
            || ["KEY", "KEYS", "AUTH", "SALT", "TOKENS", "JWT", "BEARER", "DSN", "COOKIE", "SEED"].contains(word)
    };
    if words.iter().any(hints) { NameVerdict::Hint } else { NameVerdict::Plain }
}

/// Whether the last word, behind these words, makes the name that of a secret.
fn is_secret(last: &str, before: &[&str]) -> bool {
    let previous = before.last().copied().unwrap_or_default();
    match last {
        "KEY" | "KEYS" => {
            let known = SECRET_KEY.contains(previous) || SERVICE.contains(previous);
            known && !(last == "KEYS" && ["SSH", "HOST"].contains(&previous))
        }
        "TOKEN" => !PLAIN_TOKEN.contains(previous),
        "TOKENS" => SECRET_TOKENS.contains(previous),
        // The ID and date of the key that a request is signed with.
        "CREDENTIAL" if previous == "AMZ" => false,
        "AUTH" => before.is_empty() || LOGIN.contains(previous),
        _ if NEEDS_COMPANY.contains(last) => !before.is_empty(),
        _ => SECRET.contains(last),
    }
}

/// Whether the words are a phrase for a secret.
fn is_phrase(words: &[&str]) -> bool {
    const PHRASES: [&[&str]; 10] = [
        &["CONNECTION", "STRING"],
        &["CONN", "STRING"],
        &["CONN", "STR"],
        &["SECRET", "KEY", "BASE"],
        &["SEED", "PHRASE"],
        &["RECOVERY", "PHRASE"],
        &["BACKUP", "CODES"],
        &["RECOVERY", "CODES"],
        &["SERVICE", "ACCOUNT", "JSON"],
        &["DOCKERCONFIGJSON"],
    ];
    PHRASES.iter().any(|phrase| words.ends_with(phrase))
}

fn is_plain_key(last: &str, before: &[&str]) -> bool {
    ["KEY", "KEYS"].contains(&last) && before.last().is_some_and(|word| PLAIN_KEY.contains(word))
}

fn is_plain_token(last: &str, before: &[&str]) -> bool {
    let previous = before.last().copied().unwrap_or_default();
    (last == "TOKEN" && PLAIN_TOKEN.contains(previous)) || (last == "TOKENS" && !SECRET_TOKENS.contains(previous))
}

fn kind(word: &str) -> Kind {
    const PASSWORDS: [&str; 11] = [
        "PASS",
        "PASSCODE",
        "PASSPHRASE",
        "PASSWD",
        "PASSWORD",
        "PASSWORDS",
        "PASSWRD",
        "PW",
        "PWD",
        "CREDENTIAL",
        "CREDENTIALS",
    ];
    if PASSWORDS.contains(&word) { Kind::Password } else { Kind::Key }
}

/// Splits a name into upper-case words, at separators, in camel case, and between known words that are joined.
fn split(name: &str) -> Vec<String> {
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.flat_map(humps).flat_map(|word| unglued(&word)).collect()
}

/// Splits camel case: `apiKey` → `API`, `KEY`; `HTTPServer` → `HTTP`, `SERVER`; `OAuthToken` → `OAUTH`, `TOKEN`.
fn humps(part: &str) -> Vec<String> {
    let letters: Vec<char> = part.replace("OAuth", "Oauth").chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(at + 1);
        let lower_before = before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
        let hump = letter.is_ascii_uppercase()
            && (lower_before && letters.iter().any(char::is_ascii_lowercase)
                || before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase));
        if hump && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter.to_ascii_uppercase());
    }
    words.push(word);
    words
}

/// The longest word that is split, in letters.
const LONGEST_WORD: usize = 40;

/// Splits a word that consists of known ones: `DBPASSWORD` → `DB`, `PASSWORD`; `MONKEY` stays.
fn unglued(word: &str) -> Vec<String> {
    let word = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    // Longer texts are not words, and splitting them would take too long.
    if word.is_empty() || word.len() > LONGEST_WORD || is_known(word) {
        return vec![word.to_owned()];
    }
    if let Some(parts) = segments(word, 3) {
        return parts;
    }
    // What stands before an unambiguous word is its owner, known or not.
    for secret in GLUED.iter() {
        if let Some(owner) = word.strip_suffix(secret).filter(|owner| owner.len() > 1 && !NOT_GLUED.contains(&word)) {
            return vec![owner.to_owned(), (*secret).to_owned()];
        }
    }
    vec![word.to_owned()]
}

/// Words that end like a secret and are none.
const NOT_GLUED: [&str; 2] = ["NONSECRET", "NOTSECRET"];

fn segments(word: &str, most: usize) -> Option<Vec<String>> {
    if is_known(word) {
        return Some(vec![word.to_owned()]);
    }
    if most == 1 {
        return None;
    }
    (2..word.len().saturating_sub(1)).rev().find_map(|at| {
        let (head, tail) = (word.get(..at)?, word.get(at..)?);
        if !is_known(head) {
            return None;
        }
        let mut parts = segments(tail, most - 1)?;
        parts.insert(0, head.to_owned());
        Some(parts)
    })
}

fn is_known(word: &str) -> bool {
    KNOWN.contains(word)
}

/// Whether a name is one of the declared secrets, in any spelling: `DATABASE_URL`, `databaseUrl`, `database-url`.
pub fn is_declared_secret(name: &str, secrets: &[String]) -> bool {
    let letters = |name: &str| {
        let plain = name.chars().filter(|letter| !"_-.".contains(*letter));
        plain.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
    };
    let name = letters(name);
    secrets.iter().any(|secret| letters(secret) == name)
}
