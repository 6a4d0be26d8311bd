//! Reads the operator between a name and its value.

use std::ops::Range;

use super::cursor::{Cursor, GAP};
use super::names::begins_line;

/// The operator between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=`, `:=` and similar, without blanks: in a shell, a value without quotes may follow.
    Tight,
    /// `=`, `:=` and similar, with blanks.
    Loose,
    /// `:`
    Colon,
    /// `||`, a type, or a keyword: only a text in quotes can be the value.
    Quoted,
    /// The comma in a call with name and value: `setenv("NAME", "value")`.
    Comma,
    /// A blank: `ENV NAME value`.
    Blank,
    /// `<name>`
    Tag,
}

pub(crate) fn operator(cursor: &mut Cursor<'_>, text: &[u8], name: &Range<usize>, tag: bool) -> Option<Operator> {
    if tag && cursor.eat(b">") {
        return Some(Operator::Tag);
    }
    let quoted = cursor.quote_behind();
    cursor.brackets();
    cursor.eat_any(b"?!");
    let behind = cursor.place();
    let blanks = cursor.blanks(GAP);
    if let Some(operator) = sign(cursor, blanks) {
        return Some(operator);
    }
    if quoted {
        // `define('NAME', 'value')`, `<string name="token">value</string>`, `getenv("NAME") or "value"`.
        cursor.eat_any(b")");
        cursor.blanks(GAP);
        if blanks == 0 && cursor.eat(b">") {
            return Some(Operator::Tag);
        }
    }
    for word in [&b"||="[..], b"??=", b"||", b"??", b"or "] {
        if cursor.eat(word) {
            return Some(Operator::Quoted);
        }
    }
    if named_pair(cursor, text, name, quoted) {
        return Some(Operator::Colon);
    }
    if quoted && is_first_argument(text, name.start) && cursor.eat(b",") {
        return Some(Operator::Comma);
    }
    if blanks > 0 {
        return keyword(cursor, text, name, behind);
    }
    // `PASSWORD('…')` of SQL looks like a call in every other language.
    None
}

/// Reads `=`, `:=`, `=>`, `:` and similar; not a comparison.
fn sign(cursor: &mut Cursor<'_>, blanks: usize) -> Option<Operator> {
    let start = cursor.place();
    if cursor.eat(b":=") || cursor.eat(b"?=") || cursor.eat(b"+=") || cursor.eat(b"=>") {
        return Some(Operator::Loose);
    }
    if cursor.eat(b"=") {
        if cursor.eat_any(b"=~") {
            cursor.back_to(start);
            return None;
        }
        let tight = blanks == 0 && !cursor.peek().is_some_and(|byte| byte.is_ascii_whitespace());
        return Some(if tight { Operator::Tight } else { Operator::Loose });
    }
    if cursor.eat(b":") && !cursor.eat(b":") {
        return Some(Operator::Colon);
    }
    cursor.back_to(start);
    None
}

/// Whether a name in quotes is the first argument of a call.
fn is_first_argument(text: &[u8], name: usize) -> bool {
    let before = text.get(name.saturating_sub(3)..name).unwrap_or_default();
    matches!(before, [called, b'(', b'"' | b'\''] if called.is_ascii_alphanumeric() || b"_!".contains(called))
}

/// Reads a type or a keyword behind a name and a blank.
fn keyword(cursor: &mut Cursor<'_>, text: &[u8], name: &Range<usize>, behind: usize) -> Option<Operator> {
    let start = cursor.place();
    // `#define TOKEN "x"`, and `PASSWORD 'x'` of SQL. In prose, code is quoted with grave accents.
    if cursor.at_quote() {
        let written = text.get(name.clone()).unwrap_or_default();
        let is_sql = [&b"password"[..], b"identified"].iter().any(|word| written.eq_ignore_ascii_case(word));
        let stands = (is_sql || begins_line(text, name.start)) && cursor.peek() != Some(b'`');
        return stands.then_some(Operator::Quoted);
    }
    // `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin BY 'x'`.
    for word in [&b"by "[..], b"BY ", b"By "] {
        if cursor.eat(word) {
            return Some(Operator::Quoted);
        }
    }
    // `password string = "x"`.
    if [&b"string"[..], b"String", b"[]byte", b"*string", b"str"].iter().any(|kind| cursor.eat(kind)) {
        cursor.blanks(GAP);
        if cursor.eat(b"=") && !cursor.eat_any(b"=~>") {
            cursor.blanks(GAP);
            return cursor.at_quote().then_some(Operator::Quoted);
        }
    }
    cursor.back_to(start);
    (begins_line(text, name.start) && behind < start).then_some(Operator::Blank)
}

/// Reads what stands between a name that is itself a value and the value that belongs to it: `name: TOKEN`, then
/// `value: x`. Also in JSON and in attributes.
fn named_pair(cursor: &mut Cursor<'_>, text: &[u8], name: &Range<usize>, quoted: bool) -> bool {
    let start = cursor.place();
    let before = text.get(name.start.saturating_sub(12)..name.start).unwrap_or_default();
    let lower = before.to_ascii_lowercase();
    let label = [&b"name"[..], b"key"].iter().any(|label| {
        let end = lower.iter().rposition(|byte| !b" :=\"'\\".contains(byte)).map_or(0, |last| last + 1);
        end < lower.len() && lower.get(..end).is_some_and(|before| before.ends_with(label))
    });
    if label {
        cursor.eat_any(b",");
        if cursor.space(GAP) > 0 || quoted {
            cursor.quote_behind();
            if cursor.eat(b"value") || cursor.eat(b"Value") {
                cursor.quote_behind();
                cursor.blanks(GAP);
                if cursor.eat(b":") || cursor.eat(b"=") {
                    return true;
                }
            }
        }
    }
    cursor.back_to(start);
    false
}
