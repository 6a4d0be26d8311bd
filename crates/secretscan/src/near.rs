//! Cheap tests of the bytes around a word, for patterns whose words are common and whose expressions take long to
//! compile. A test may admit too much, and never too little: where more than it reads would decide, it admits.

use std::ops::Range;

/// How many bytes a test reads on each side of a word.
const READ: usize = 256;

/// The length of the shortest token in a header, in bytes.
const SHORTEST_TOKEN: usize = 16;

/// A test of the text around a word.
pub(crate) type Near = fn(&[u8], &Range<usize>) -> bool;

/// Admits everything.
pub(crate) fn anything(_: &[u8], _: &Range<usize>) -> bool {
    true
}

/// Whether a word is the end of a parameter's name in an address: `?access_token=`.
pub(crate) fn parameter(text: &[u8], word: &Range<usize>) -> bool {
    let before = text.get(word.start.saturating_sub(READ)..word.start).unwrap_or_default();
    let sign = before.iter().rev().find(|byte| !byte.is_ascii_alphabetic() && !b"_-".contains(byte));
    matches!(sign, Some(b'?' | b'&'))
}

/// Whether a password is one of several settings: those before and behind it end with `;` or a blank, or it is a
/// parameter of an address.
pub(crate) fn connection_string(text: &[u8], word: &Range<usize>) -> bool {
    let is_short = text.get(word.clone()).is_some_and(|word| word.eq_ignore_ascii_case(b"pwd"));
    let (before, behind): (&[u8], &[u8]) = if is_short { (b"", b"") } else { (b"pa", b"ord") };
    let Some((name, rest)) = spelled(text, word, before, behind) else { return false };
    let is_tight = rest.starts_with(b"=");
    let Some(rest) = after_blank(rest).strip_prefix(b"=") else { return false };
    let value = after_blank(rest);
    if value.first().is_none_or(|first| is_blank(*first) || b"\"'".contains(first)) {
        return false;
    }
    let byte = |steps: usize| name.checked_sub(steps).and_then(|at| text.get(at)).copied();
    let before = byte(1);
    let behind_setting = before == Some(b';') || before.is_some_and(is_blank) && byte(2) == Some(b';');
    let is_parameter = matches!(before, Some(b'?' | b'&'));
    let is_word_of_line = !is_short && is_tight && before.is_some_and(is_blank);
    if behind_setting || is_parameter || is_word_of_line {
        return true;
    }
    let is_cut = rest.len() > READ;
    let rest = rest.get(..READ).unwrap_or(rest);
    // `Password=…;`
    let value = after_blank(rest);
    let end = value.iter().position(|byte| is_blank(*byte) || b";\"'".contains(byte));
    if end.map_or(is_cut, |end| value.get(end) == Some(&b';')) {
        return true;
    }
    // `password=… host=`
    let end = rest.iter().position(|byte| is_blank(*byte) || b"\"'".contains(byte));
    let next = end.and_then(|end| rest.get(end..)).unwrap_or_default();
    match next.split_first() {
        Some((first, next)) if is_blank(*first) => {
            let name = next.iter().position(|byte| !byte.is_ascii_alphabetic() && *byte != b'_');
            name.map_or(is_cut, |name| next.get(name) == Some(&b'='))
        }
        Some(_) => false,
        None => is_cut,
    }
}

/// Whether a word is the end of `Bearer`, or of the name of a header, and a token stands behind it.
pub(crate) fn header(text: &[u8], word: &Range<usize>) -> bool {
    let value = if text.get(word.clone()).is_some_and(|word| word.eq_ignore_ascii_case(b"rer")) {
        let Some((_, rest)) = spelled(text, word, b"bea", b"") else { return false };
        let Some((_, rest)) = rest.split_first().filter(|(first, _)| is_blank(**first)) else { return false };
        after_blank(rest)
    } else {
        let is_token = text.get(word.clone()).is_some_and(|word| word.eq_ignore_ascii_case(b"-tok"));
        let Some((_, rest)) = spelled(text, word, b"", if is_token { b"en" } else { b"" }) else { return false };
        let Some(rest) = after_blank(after_quote(rest)).strip_prefix(b":") else { return false };
        after_quote(after_blank(rest))
    };
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"._~+/-".contains(byte);
    value.get(..SHORTEST_TOKEN).is_some_and(|value| value.iter().all(is_of_token))
}

/// Returns where a longer word begins, and the text behind it, if these letters stand before and behind the shorter
/// word, in upper or lower case.
fn spelled<'a>(text: &'a [u8], word: &Range<usize>, before: &[u8], behind: &[u8]) -> Option<(usize, &'a [u8])> {
    let start = word.start.checked_sub(before.len())?;
    let (end, rest) = text.get(word.end..)?.split_at_checked(behind.len())?;
    let is_spelled = text.get(start..word.start)?.eq_ignore_ascii_case(before) && end.eq_ignore_ascii_case(behind);
    is_spelled.then_some((start, rest))
}

/// Returns a text without the blank at its beginning, if it begins with one.
fn after_blank(text: &[u8]) -> &[u8] {
    text.split_first().filter(|(first, _)| is_blank(**first)).map_or(text, |(_, rest)| rest)
}

/// Returns a text without the quotation mark at its beginning, if it begins with one.
fn after_quote(text: &[u8]) -> &[u8] {
    text.split_first().filter(|(first, _)| b"\"'".contains(*first)).map_or(text, |(_, rest)| rest)
}

/// Whether the options of a program can contain a password.
pub(crate) fn command(text: &[u8], word: &Range<usize>) -> bool {
    let option: &[u8] = match text.get(word.clone()) {
        Some(b"login") => b"-p",
        Some(b"curl") => b"-u",
        Some(b"npm") => b"_",
        Some(b"redis-cli") => b"-a",
        Some(b"openssl") => b"-pass",
        _ => return true,
    };
    let before = word.start.checked_sub(1).and_then(|at| text.get(at));
    let is_letter = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    if is_letter(before) || is_letter(text.get(word.end)) {
        return false;
    }
    // The options end where the next command begins; the blank before an option may be the end of a line.
    let rest = text.get(word.end..).unwrap_or_default();
    let read = rest.get(..READ).unwrap_or(rest);
    let end = read.iter().position(|byte| b";&|".contains(byte));
    let options = read.get(..end.unwrap_or(read.len())).unwrap_or_default();
    let is_cut = end.is_none() && rest.len() > READ;
    is_cut || options.windows(option.len()).any(|window| window == option)
}

/// Whether a byte is a blank of regular expressions.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}
