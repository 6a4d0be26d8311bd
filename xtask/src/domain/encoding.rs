//! Detects text files that are not UTF-8 although their readers expect it, and says how to convert them.

use process::shell_quoted;

use super::problem::{Place, Problem};

/// The encoding of a text that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Two bytes for each unit, with or without a byte order mark.
    Utf16 {
        /// Whether the low byte comes first.
        is_little: bool,
        /// Whether there is a byte order mark.
        has_mark: bool,
    },
    /// Four bytes for each character, with a byte order mark.
    Utf32,
    /// Some lines in UTF-16 and others in UTF-8, as when a shell appends lines to a file of another one.
    Mixed {
        /// Whether all characters are ASCII, so that removing bytes converts the file.
        is_ascii: bool,
    },
    /// NUL bytes that do not belong to UTF-16.
    Nul,
    /// A byte that is not valid in UTF-8, on this line: an old encoding with one byte for each character.
    OneByte(usize),
}

/// Detects an encoding with units of two or four bytes; none for other texts. Without a byte order mark, NUL bytes
/// decide, since text in UTF-8 has none.
pub fn wide(text: &[u8]) -> Option<Encoding> {
    if text.starts_with(b"\xff\xfe\0\0") || text.starts_with(b"\0\0\xfe\xff") {
        return Some(Encoding::Utf32);
    }
    let marked = [b"\xff\xfe", b"\xfe\xff"].iter().position(|mark| text.starts_with(*mark));
    // Nearly all texts end here.
    if marked.is_none() && !text.contains(&0) {
        return None;
    }
    let zeros = |offset: usize| text.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if marked.is_some() && text.len() % 2 == 1 || has_plain_line(text) {
        let is_ascii = text.iter().all(|byte| byte.is_ascii() || matches!(byte, 0xfe | 0xff));
        return Some(if marked.is_some() || even + odd > 1 { Encoding::Mixed { is_ascii } } else { Encoding::Nul });
    }
    Some(match marked {
        Some(order) => Encoding::Utf16 { is_little: order == 0, has_mark: true },
        None if even != odd && even.max(odd) >= text.len() / 4 => {
            Encoding::Utf16 { is_little: odd > even, has_mark: false }
        }
        None => Encoding::Nul,
    })
}

/// Whether some line is ASCII although others are not. In UTF-16, every line has a NUL byte: the one before its end, or
/// the one behind the end of the line before.
fn has_plain_line(text: &[u8]) -> bool {
    let is_plain = |line: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        !line.is_empty() && line.iter().all(|byte| byte.is_ascii() && *byte != 0)
    };
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(next) = lines.peek() else { break };
        // What follows the NUL byte may be two-byte letters if its own end has two bytes, too.
        let behind = line.strip_prefix(b"\0").filter(|_| !next.starts_with(b"\0"));
        if is_plain(line) || behind.is_some_and(is_plain) {
            return true;
        }
    }
    false
}

/// Detects the encoding of a text that is not UTF-8.
pub fn foreign(text: &[u8]) -> Option<Encoding> {
    let line_of = |valid: usize| text.iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
    wide(text).or_else(|| Some(Encoding::OneByte(line_of(std::str::from_utf8(text).err()?.valid_up_to()))))
}

impl Encoding {
    /// Returns a predicate for messages, which follows the name of the file.
    pub fn words(self) -> &'static str {
        match self {
            Self::Utf16 { is_little: true, .. } => "is in UTF-16, little endian",
            Self::Utf16 { is_little: false, .. } => "is in UTF-16, big endian",
            Self::Utf32 => "is in UTF-32",
            Self::Mixed { .. } => "is in UTF-16 in some lines and in UTF-8 in others",
            Self::Nul => "has NUL bytes in it",
            Self::OneByte(_) => "is not in UTF-8, but in an encoding such as ISO 8859-1",
        }
    }

    /// Returns the problem of a file that must be UTF-8; `reader` names the program that reads it.
    pub fn problem(self, file: &str, reader: &str) -> Problem {
        let place = match self {
            Self::OneByte(line) => Place::line(file, line),
            _ => Place::file(file),
        };
        let problem = Problem::new(format!("`{file}` {}, and {reader} reads text in UTF-8", self.words())).at(place);
        let (file, new) = (shell_quoted(file), shell_quoted(&format!("{file}.new")));
        let convert = |command: String| format!("convert it with `{command} > {new} && mv {new} {file}`");
        let from = |encoding: &str| convert(format!("iconv -f {encoding} -t UTF-8 {file}"));
        problem.hint(match self {
            // With a byte order mark, iconv removes the mark; without one, it needs the byte order.
            Self::Utf16 { has_mark: true, .. } => from("UTF-16"),
            Self::Utf16 { is_little: true, .. } => from("UTF-16LE"),
            Self::Utf16 { is_little: false, .. } => from("UTF-16BE"),
            Self::Utf32 => from("UTF-32"),
            Self::Mixed { is_ascii: true } | Self::Nul => convert(format!(r"tr -d '\000\376\377' < {file}")),
            Self::Mixed { is_ascii: false } => {
                "write it again, or open it in an editor and save it as UTF-8".to_owned()
            }
            Self::OneByte(_) => from("ISO-8859-1"),
        })
    }
}

/// Returns the hint for removing byte order marks from the beginnings of lines.
pub fn without_marks(file: &str) -> String {
    format!(r"take the marks away with `sed -i 's/^\xef\xbb\xbf//' {}`", shell_quoted(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf16(text: &str, is_little: bool, has_mark: bool) -> Vec<u8> {
        let order = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        has_mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(order).collect()
    }

    #[test]
    fn utf16_is_known_in_every_form() {
        for (is_little, has_mark) in [(true, true), (true, false), (false, true), (false, false)] {
            for text in ["FROM scratch\nCOPY a /\n", "A=é\r\n", "x", "# 漢字\nnode_modules\n"] {
                let encoding = wide(&utf16(text, is_little, has_mark));
                assert_eq!(encoding, Some(Encoding::Utf16 { is_little, has_mark }), "{text:?}");
            }
        }
        assert_eq!(wide(&utf16("漢字", true, true)), Some(Encoding::Utf16 { is_little: true, has_mark: true }));
        assert_eq!(wide(b"\xff\xfe\0\0A\0\0\0"), Some(Encoding::Utf32));
    }

    #[test]
    fn lines_of_two_encodings_are_mixed() {
        let tail = utf16("B=2\r\n", true, false);
        let mixed = |text: &[u8], is_ascii| assert_eq!(wide(text), Some(Encoding::Mixed { is_ascii }));
        mixed(&[b"A=1\n", tail.as_slice()].concat(), true);
        mixed(&[utf16("A=1\r\n", true, true).as_slice(), b"B=2\n"].concat(), true);
        mixed(&[utf16("A=ä\n", true, true).as_slice(), b"B=2\n"].concat(), false);
        assert_eq!(wide(b"a\n\0b\n"), Some(Encoding::Nul));
    }

    #[test]
    fn text_in_one_byte_is_found_by_its_line() {
        assert_eq!(foreign(b"a\nb # caf\xe9\n"), Some(Encoding::OneByte(2)));
        assert_eq!(wide(b"caf\xe9"), None);
    }

    proptest! {
        #[test]
        fn no_text_in_utf8_is_called_something_else(text in "[^\0]*") {
            prop_assert_eq!(foreign(text.as_bytes()), None);
        }

        #[test]
        fn any_bytes_get_an_answer(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let valid = std::str::from_utf8(&text).is_ok_and(|text| !text.contains('\0'));
            prop_assert_eq!(foreign(&text).is_none(), valid);
        }
    }
}
