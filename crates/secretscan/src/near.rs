//! Cheap tests of the bytes around a word, for patterns whose words are common and whose expressions take long to
//! compile. A test may admit too much, and never too little: where more than it reads would decide, it admits.

use std::ops::Range;

/// How many bytes a test reads on each side of a word.
const READ: usize = 256;

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
    // Each word lacks the beginning of its name.
    let missing = if text.get(word.clone()).is_some_and(|word| word.starts_with(b"sWord")) { 3 } else { 1 };
    let Some(name) =
        word.start.checked_sub(missing).filter(|at| text.get(*at).is_some_and(|byte| b"pP".contains(byte)))
    else {
        return false;
    };
    let byte = |steps: usize| name.checked_sub(steps).and_then(|at| text.get(at)).copied();
    let before = byte(1);
    let behind_setting = before == Some(b';') || before.is_some_and(is_blank) && byte(2) == Some(b';');
    let is_parameter = matches!(before, Some(b'?' | b'&'));
    let is_word_of_line = before.is_some_and(is_blank);
    if behind_setting || is_parameter || is_word_of_line && text.get(word.clone()).is_some_and(is_tight_password) {
        return true;
    }
    let rest = text.get(word.end..).unwrap_or_default();
    let is_cut = rest.len() > READ;
    let rest = rest.get(..READ).unwrap_or(rest);
    // `Password=…;`
    let value = rest.split_first().filter(|(first, _)| is_blank(**first)).map_or(rest, |(_, value)| value);
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

/// Whether a word is that of `password=`, without a blank.
fn is_tight_password(word: &[u8]) -> bool {
    word.len() > b"wd=".len() && !word.contains(&b' ') && !word.contains(&b'\t')
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
