//! Splits one joined line into instruction, flags, words, and strings of a JSON array. Returns byte ranges of that
//! line.

use std::ops::Range;

/// Characters that separate words in the builder's expressions; other Unicode blanks do not.
const BLANKS: [char; 5] = ['\t', '\u{b}', '\u{c}', '\r', ' '];

/// A flag as it is written, and without quotes and escapes.
pub(super) struct RawFlag {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The result of parsing a JSON array.
pub(super) enum Json {
    /// An array of strings: the ranges between their quotes, and the decoded strings.
    Strings(Vec<(Range<usize>, String)>),
    /// An array with other elements, which the builder refuses.
    Other,
    /// Not an array: shell form.
    No,
}

/// Returns the range without blanks at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..(start + part.trim().len())
}

/// Splits off the first word and the blanks behind it.
pub(super) fn first_word(text: &str, range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start_matches(BLANKS).len());
    let part = text.get(start..range.end).unwrap_or_default();
    let end = part.find(BLANKS).map_or(range.end, |at| start + at);
    let behind = text.get(end..range.end).unwrap_or_default();
    (start..end, end + (behind.len() - behind.trim_start_matches(BLANKS).len())..range.end)
}

/// Splits a range into words at blanks.
pub(super) fn words(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut rest = range;
    while !rest.is_empty() {
        let (word, behind) = first_word(text, rest);
        if !word.is_empty() {
            found.push(word);
        }
        rest = behind;
    }
    found
}

/// Splits off the flags at the beginning. A lone `--` ends them.
pub(super) fn flags(text: &str, range: Range<usize>, escape: char) -> (Vec<RawFlag>, Range<usize>) {
    let mut found = Vec::new();
    let mut rest = range;
    while let (first, _) = first_word(text, rest.clone())
        && text.get(first.clone()).is_some_and(|first| first.starts_with("--"))
    {
        let (length, flag) = flag(text.get(first.start..rest.end).unwrap_or_default(), escape);
        let word = first.start..first.start + length;
        rest.start = word.end;
        if flag == "--" {
            break;
        }
        found.push(RawFlag { range: word, text: flag });
    }
    (found, trimmed(text, rest))
}

/// Returns the length of the first flag, and the flag without quotes and escapes.
fn flag(text: &str, escape: char) -> (usize, String) {
    let mut plain = String::new();
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match quote {
            None if character.is_ascii_whitespace() || character == '\u{b}' => return (at, plain),
            None if matches!(character, '\'' | '"') => quote = Some(character),
            Some(open) if open == character => quote = None,
            _ if character == escape => plain.extend(characters.next().map(|(_, next)| next)),
            _ => plain.push(character),
        }
    }
    (text.len(), plain)
}

/// Splits a range into words as in ENV, LABEL and ARG: blanks in quotes and behind an escape are part of the word, and
/// quotes stay.
pub(super) fn quoted_words(text: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut end = part.len();
    let mut characters = part.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if quote.is_none() && character.is_whitespace() {
            found.extend(start.take().map(|start| start..at));
            continue;
        }
        let start = start.get_or_insert(at);
        if character == escape && quote != Some('\'') {
            // An escape at the end escapes nothing and is dropped.
            if characters.next().is_none() {
                end = at.max(*start);
            }
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '\'' | '"') {
            quote = Some(character);
        }
    }
    found.extend(start.map(|start| start..end).filter(|word| !word.is_empty()));
    found.into_iter().map(|word| range.start + word.start..range.start + word.end).collect()
}

/// Parses an array of strings.
pub(super) fn json(text: &str, range: Range<usize>) -> Json {
    let range = trimmed(text, range);
    let part = text.get(range.clone()).unwrap_or_default();
    let values: Vec<serde_json::Value> = match serde_json::from_str(part) {
        Ok(values) if part.starts_with('[') => values,
        _ => return Json::No,
    };
    let mut strings = Vec::new();
    let mut at = 0;
    for value in values {
        let serde_json::Value::String(string) = value else { return Json::Other };
        let start = at + part.get(at..).and_then(|rest| rest.find('"')).unwrap_or_default() + 1;
        let end = start + length_of_string(part.get(start..).unwrap_or_default());
        strings.push((range.start + start..range.start + end, string));
        at = end + 1;
    }
    Json::Strings(strings)
}

/// Returns the length up to the closing quote.
fn length_of_string(text: &str) -> usize {
    let mut escaped = false;
    let closing = |character: char| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    };
    text.find(closing).unwrap_or(text.len())
}
