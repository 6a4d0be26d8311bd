//! The bytes around a token: whether a token can begin and end there, and whether its place makes it harmless.

use std::ops::Range;

use super::name::{NameVerdict, judge_name};
use super::patterns::{Pattern, Scope};
use super::text_kind::TextKind;

/// Whether a pattern is tried at a place of such a text.
pub(crate) fn applies(pattern: &Pattern, text: &[u8], at: usize, source: TextKind) -> bool {
    match pattern.scope {
        Scope::Text => true,
        Scope::Publishable => !is_published(text, at),
        Scope::Value => source == TextKind::Value,
        Scope::Command => source != TextKind::Text,
    }
}

/// Whether a publishable key stands in a place for one: under a public name, or in the settings of a web page.
fn is_published(text: &[u8], word: usize) -> bool {
    const REACH: usize = 160;
    let before = text.get(word.saturating_sub(REACH)..word).unwrap_or_default();
    let around = text.get(word.saturating_sub(REACH)..text.len().min(word + 2 * REACH)).unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let before = before.trim_end_matches(|letter: char| " \"'`:=".contains(letter));
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let name = before.rsplit(|letter: char| !is_name(letter)).next().unwrap_or_default();
    let around = String::from_utf8_lossy(around);
    let web = ["authDomain", ".firebaseapp.com"].iter().any(|mark| around.contains(mark));
    web || (!name.is_empty() && judge_name(name) == NameVerdict::Public)
}

/// Whether a token can begin here: the byte before cannot belong to it.
pub(crate) fn begins(text: &[u8], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|place| text.get(place)).copied();
    match before(1) {
        Some(byte) if byte.is_ascii_alphanumeric() => {
            // The letter of `
            // ` in a string, or the last digit of `%3D` in an address.
            let escape = before(2) == Some(b'\\') && b"nrt".contains(&byte);
            let percent = before(3) == Some(b'%') && byte.is_ascii_hexdigit();
            escape || percent
        }
        Some(byte) => byte != b'_',
        None => true,
    }
}

/// Whether a token ends here: the next byte cannot belong to it.
pub(crate) fn ends(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}

/// Whether a text is inside of base64, which contains every short sequence by chance: in a long run of its characters,
/// or as a whole line of a block whose previous or next line is as long.
pub(crate) fn is_base64(text: &[u8], token: Range<usize>) -> bool {
    const LONG: usize = 60;
    const MORE: usize = 8;
    let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let of_token = text.get(token.clone()).unwrap_or_default();
    if !of_token.iter().all(|byte| is_digit(&byte)) {
        return false;
    }
    let before = text.get(..token.start).unwrap_or_default().iter().rev().take(LONG).take_while(is_digit).count();
    let behind = text.get(token.end..).unwrap_or_default().iter().take(LONG).take_while(is_digit).count();
    let length = token.len();
    if before + behind >= MORE && before + length + behind >= LONG {
        return true;
    }
    let is_end = |place: Option<usize>| place.and_then(|place| text.get(place)) == Some(&b'\n');
    let is_line = |start: Option<usize>| {
        let other = start.and_then(|start| text.get(start..start + length));
        other.is_some_and(|other| other.iter().all(|byte| is_digit(&byte)))
    };
    let is_whole_line = length >= LONG && is_end(token.start.checked_sub(1)) && is_end(Some(token.end));
    is_whole_line && (is_line(token.start.checked_sub(length + 1)) || is_line(Some(token.end + 1)))
}

/// Returns where the text around a token may end, if its length is stored before it: in one byte behind a type byte, as
/// in Python's compiled files and in protocol buffers, or in two bytes, as in Java's classes.
pub(crate) fn counted(text: &[u8], word: usize) -> impl Iterator<Item = Range<usize>> {
    const LONGEST: usize = 255;
    const PYTHON: [u8; 4] = [b'z', b'Z', b'z' | 0x80, b'Z' | 0x80];
    let at = |place: usize| text.get(place).copied();
    let before = text.get(word.saturating_sub(LONGEST)..word).unwrap_or_default();
    // Text files contain no such bytes.
    let compiled = before.iter().any(|byte| *byte < 8);
    let first = if compiled { word.saturating_sub(LONGEST) } else { word };
    (first..word).rev().filter_map(move |start| {
        // The byte at `start` is the length; the text begins behind it.
        let end = start + 1 + usize::from(at(start)?);
        let before = start.checked_sub(1).and_then(at)?;
        let python = PYTHON.contains(&before);
        let java = before == 0 && start.checked_sub(2).and_then(at) == Some(1);
        let field = start + 1 == word && before & 0x07 == 2 && before < b' ';
        ((python || java || field) && end > word && end <= text.len()).then_some(start + 1..end)
    })
}
