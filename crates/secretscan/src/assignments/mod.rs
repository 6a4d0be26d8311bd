//! Finds values that are assigned to names in text of any kind: programs, settings, scripts, SQL, markup.
//!
//! It parses no language. At each word that occurs in names of secrets, it reads the name around the word, then the
//! operator (`=`, `:`, `=>`, perhaps with a type), then the value. Each step has a limit, so the work per word is
//! bounded.

mod build_keys;
mod cursor;
mod generated;
mod names;
mod operator;
mod value;
mod words;

use std::ops::Range;

use self::cursor::Cursor;
use self::generated::{Writing, is_generated, may_be_generated};
use self::names::{is_type, may_be_assigned, name_around};
use self::operator::Operator;
use super::name::{Kind, NameVerdict, judge_name};

pub(crate) use build_keys::is_build_key;
pub(crate) use words::WORDS;

/// A value and the name that it is assigned to, as ranges of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Assignment {
    /// The qualified name: `spring.datasource.password`.
    name: Range<usize>,
    /// The value, without its quotes.
    value: Range<usize>,
    /// How the value is written.
    writing: Writing,
}

/// Returns the secret that is assigned to the name around a word: a generated value whose name is that of a secret.
pub(crate) fn secret_at(text: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    counted::count(1);
    if !may_be_assigned(text, word.end) {
        return None;
    }
    let found = assignment_at(text, word.clone())?;
    counted::count(found.name.len() + found.value.len());
    let name = std::str::from_utf8(text.get(found.name.clone())?).ok()?;
    let value = std::str::from_utf8(text.get(found.value.clone())?).ok()?;
    // Most values are too short, and judging a name takes longer.
    if !may_be_generated(value) {
        return None;
    }
    let kind = if is_sql_login(name) { Kind::Password } else { kind_of(name)? };
    // If a name has several such words, only the last one reports the assignment, so that two parts of a text do not
    // report it twice.
    let later = text.get(word.start + 1..found.name.end).unwrap_or_default();
    let is_last = !WORDS.iter().any(|word| later.windows(word.len()).any(|window| window == word.as_bytes()));
    (is_last && is_generated(value, kind, found.writing)).then_some(found.value)
}

/// Returns the kind of secret that a name promises; none if it promises no secret. Of a qualified name, the last member
/// decides alone if it has several words: `self.allow_empty_password` is a switch, as `ALLOW_EMPTY_PASSWORD` is.
fn kind_of(name: &str) -> Option<Kind> {
    let secret = |name: &str| match judge_name(name) {
        NameVerdict::Secret(kind) => Some(kind),
        _ => None,
    };
    let member = name.rsplit('.').next().unwrap_or(name);
    let several = member.contains(['_', '-']) || member.bytes().any(|byte| byte.is_ascii_uppercase());
    secret(if several { member } else { name })
}

/// Whether a name belongs to `IDENTIFIED BY '…'`, which sets the password of a database user.
fn is_sql_login(name: &str) -> bool {
    name.eq_ignore_ascii_case("identified")
}

/// Reads the assignment to the name around a word.
fn assignment_at(text: &[u8], word: Range<usize>) -> Option<Assignment> {
    let name = name_around(text, word)?;
    let mut cursor = Cursor::new(text, name.end);
    let tag = name.start.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'<');
    let operator = operator::operator(&mut cursor, text, &name, tag)?;
    if matches!(operator, Operator::Tight | Operator::Loose) && is_type(text, name.start) {
        return None;
    }
    let (value, writing) = value::value(&mut cursor, operator, text, &name)?;
    Some(Assignment { name, value, writing })
}

#[cfg(test)]
mod tests;
