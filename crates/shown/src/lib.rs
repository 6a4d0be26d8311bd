//! Converts bytes and paths to text that is safe to print: it contains no control characters, no invisible characters,
//! and none that change the direction of text.

use std::borrow::Cow;
use std::path::Path;

/// The text that replaces a masked value.
pub const MASK: &str = "***";

/// Converts bytes to text that is safe in a message, for names of files and branches and anything else that may contain
/// arbitrary bytes. Control characters, invisible characters and invalid UTF-8 are escaped, and so is a backslash, so
/// that different names stay different.
pub fn printable(bytes: impl AsRef<[u8]>) -> String {
    let mut shown = String::new();
    for chunk in bytes.as_ref().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => shown.push_str("\\\\"),
                _ if character.is_control() || is_invisible(character) => shown.extend(character.escape_unicode()),
                _ => shown.push(character),
            }
        }
        for byte in chunk.invalid() {
            shown.extend(std::ascii::escape_default(*byte).map(char::from));
        }
    }
    shown
}

/// Converts the path of a file to the form that messages, documents and exceptions use.
pub fn shown_path(path: impl AsRef<Path>) -> String {
    printable(path.as_ref().as_os_str().as_encoded_bytes())
}

/// Whether a character is invisible, or changes the direction or position of the text around it.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Converts bytes to text, with one replacement character for each byte that is not UTF-8, as Go does.
pub fn replaced(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_text_cannot_move_the_cursor_or_turn_around() {
        assert_eq!(printable("fix/größe".as_bytes()), "fix/größe");
        assert_eq!(printable(b"caf\xe9"), r"caf\xe9");
        assert_eq!(printable(r"caf\xe9"), r"caf\\xe9");
        assert_eq!(printable("a\nb\u{1b}[2J"), r"a\u{a}b\u{1b}[2J");
        assert_eq!(printable("a\u{9b}31m\u{202e}b".as_bytes()), r"a\u{9b}31m\u{202e}b");
    }
}
