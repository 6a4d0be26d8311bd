//! Reads the value behind an operator: a text in quotes, or an unquoted word.

use std::ops::Range;

use super::cursor::{Cursor, GAP};
use super::generated::Writing;
use super::names::begins_line;
use super::operator::Operator;

/// The longest value, in bytes. Longer values are key blocks and certificates, which have patterns of their own.
const LONGEST_VALUE: usize = 512;

/// Calls that wrap a text without changing it: `String::from("x")`, `SecretStr("x")`.
const WRAPPERS: [&str; 26] = [
    "from",
    "some",
    "str",
    "string",
    "bytes",
    "byte",
    "secret",
    "secretstr",
    "secretstring",
    "new",
    "just",
    "text",
    "encode",
    "decode",
    "b64decode",
    "decodebase64",
    "atob",
    "fromhex",
    "unhexlify",
    "getbytes",
    "tostring",
    "quote",
    "password",
    "secretkeyspec",
    "value",
    "literal",
];

pub(crate) fn value(
    cursor: &mut Cursor<'_>,
    operator: Operator,
    text: &[u8],
    name: &Range<usize>,
) -> Option<(Range<usize>, Writing)> {
    if operator == Operator::Tag {
        let start = cursor.place();
        let length = cursor.take_while(|byte| !b"<\n\r\"".contains(&byte), LONGEST_VALUE);
        return cursor.eat(b"<").then_some((start..start + length, Writing::Quoted));
    }
    cursor.blanks(GAP);
    let start = cursor.place();
    if operator == Operator::Comma {
        let value = cursor.quoted(LONGEST_VALUE)?;
        cursor.blanks(GAP);
        return cursor.eat(b")").then_some((value, Writing::Quoted));
    }
    if operator != Operator::Blank
        && let Some(value) = quoted_value(cursor)
    {
        return Some((value, Writing::Quoted));
    }
    cursor.back_to(start);
    if operator == Operator::Colon && block_scalar(cursor) {
        return plain_value(cursor, None, true, false);
    }
    if operator == Operator::Quoted {
        return None;
    }
    cursor.back_to(start);
    let line = begins_line(text, name.start);
    // `- "NAME=value"`: the quote before the name ends the value.
    let quote = name.start.checked_sub(1).and_then(|before| cursor.byte_at(before));
    let quote = quote.filter(|byte| b"\"'`".contains(byte));
    plain_value(cursor, quote, line, operator == Operator::Tight)
}

/// Reads the text in quotes that follows, behind a type, a prefix, an opening bracket, or the first part of `a || "x"`.
fn quoted_value(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    let start = cursor.place();
    // A value in quotes may stand on the next line; one without quotes may not.
    cursor.space(GAP);
    let same_line = !cursor.slice(start..cursor.place()).unwrap_or_default().contains(&b'\n');
    if let Some(value) = cursor.quoted(LONGEST_VALUE) {
        // A key of the next level is not a value.
        let end = cursor.place();
        cursor.blanks(GAP);
        let is_key = !same_line && cursor.peek() == Some(b':');
        cursor.back_to(end);
        return (!is_key).then_some(value);
    }
    if !same_line {
        return wrapped(cursor);
    }
    // `str = "x"`, `&'static str = "x"`, `process.env.TOKEN || "x"`.
    let before = cursor.place();
    let expression = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:&'<>[]|?* $@".contains(&byte), 80);
    if expression > 0 {
        let end = cursor.place();
        let blank = cursor.byte_at(end.wrapping_sub(1)) == Some(b' ');
        let part = cursor.slice(before..end).unwrap_or_default();
        let or = [&b"|| "[..], b"?? ", b" or ", b"||", b"??"].iter().any(|or| part.ends_with(or));
        let prefix = expression <= 2 && part.iter().all(|byte| b"bBrRuUfFL@$[".contains(byte));
        if prefix || or {
            return cursor.quoted(LONGEST_VALUE);
        }
        if cursor.eat(b"=") && !cursor.eat_any(b"=~>") {
            cursor.space(GAP);
            return cursor.quoted(LONGEST_VALUE).or_else(|| {
                cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"_.: ".contains(&byte), 40);
                wrapped(cursor)
            });
        }
        if blank {
            return None;
        }
    }
    wrapped(cursor)
}

/// Reads the text inside up to three brackets, each behind the name of a wrapping call or behind nothing.
fn wrapped(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    for _ in 0..3 {
        if !cursor.eat(b"(") {
            return None;
        }
        let called = cursor.word_before_bracket();
        let keeps = called.is_empty() || WRAPPERS.iter().any(|wrapper| called.eq_ignore_ascii_case(wrapper.as_bytes()));
        if !keeps {
            return None;
        }
        cursor.space(GAP);
        if let Some(value) = cursor.quoted(LONGEST_VALUE) {
            return Some(value);
        }
        cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte), 40);
        if let Some(value) = cursor.quoted(LONGEST_VALUE) {
            return Some(value);
        }
    }
    None
}

/// Reads `|` or `>-` and the line end behind it; the value is then the next line.
fn block_scalar(cursor: &mut Cursor<'_>) -> bool {
    if !cursor.eat_any(b"|>") {
        return false;
    }
    cursor.eat_any(b"-+");
    cursor.blanks(GAP);
    let is_line_end = matches!(cursor.peek(), Some(b'\n' | b'\r'));
    is_line_end && cursor.space(GAP) > 0
}

/// Reads a value without quotes, up to the next blank. `quote` is the character before the name, `line` is set if
/// nothing else stands before it, `shell` if more words may follow the value.
fn plain_value(cursor: &mut Cursor<'_>, quote: Option<u8>, line: bool, shell: bool) -> Option<(Range<usize>, Writing)> {
    let start = cursor.place();
    let length = cursor.take_while(|byte| byte.is_ascii_graphic() && !b"\"'`<>".contains(&byte), LONGEST_VALUE);
    let whole = cursor.slice(start..start + length)?;
    let behind = cursor.peek();
    cursor.blanks(GAP);
    let alone = match cursor.peek() {
        None | Some(b'\n' | b'\r' | b'#' | b';' | b'\\') => true,
        Some(b'/') => cursor.eat(b"//"),
        Some(_) => false,
    };
    // Separators of lists, calls, and addresses end the value. In a line of settings, the value is the rest of the
    // line.
    let cut = whole.iter().position(|byte| b",;&|)}]".contains(byte));
    let head = whole.get(..cut.unwrap_or(length)).unwrap_or_default();
    let is_member = head.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
    let end = match cut {
        Some(_) if line && alone && !is_member => {
            length - whole.iter().rev().take_while(|byte| b",;".contains(byte)).count()
        }
        Some(cut) => cut,
        None if behind.is_some_and(|byte| b"\"'`<".contains(&byte)) && behind != quote => return None,
        None => length,
    };
    let in_quotes = behind.is_some() && behind == quote;
    (cut.is_some() || alone || shell || in_quotes).then_some((start..start + end, Writing::Plain))
}
