//! Bytes as text without loss: a byte that is no UTF-8 is a character of its own, which nobody writes.

use std::borrow::Cow;

/// The character of the byte 0. Those of all bytes lie at the end of the last plane for private use.
const FIRST: u32 = 0x0010_ff00;

/// Bytes as text; [`raw`] gives them back.
pub(crate) fn lossless(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_of_a_byte)
    {
        return Cow::Borrowed(text);
    }
    let of_byte = |byte: &u8| char::from_u32(FIRST + u32::from(*byte)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                // One that stands there already is four bytes like any other four.
                _ if is_of_a_byte(character) => {
                    text.extend(character.encode_utf8(&mut [0; 4]).as_bytes().iter().map(of_byte));
                }
                _ => text.push(character),
            }
        }
        text.extend(chunk.invalid().iter().map(of_byte));
    }
    Cow::Owned(text)
}

/// The bytes of a text that [`lossless`] has made, or of a part of one.
pub(crate) fn raw(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(u32::from(character).wrapping_sub(FIRST)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn is_of_a_byte(character: char) -> bool {
    u32::from(character) >= FIRST
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_stays_and_other_bytes_stand_alone() {
        assert_eq!(lossless("größe".as_bytes()), "größe");
        assert_eq!(lossless(b"caf\xe9\xff!").chars().count(), 6);
        assert_eq!(raw(&lossless("a\u{10ffe9}".as_bytes())), "a\u{10ffe9}".as_bytes());
    }

    proptest! {
        #[test]
        fn every_byte_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..40), text in ".{0,9}") {
            prop_assert_eq!(raw(&lossless(&bytes)), bytes.clone());
            let both = [text.as_bytes(), &bytes, "\u{10ff80}".as_bytes()].concat();
            prop_assert_eq!(raw(&lossless(&both)), both);
        }

        #[test]
        fn parts_come_back_too(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let text = lossless(&bytes);
            let parts: Vec<u8> = text.split('=').map(raw).collect::<Vec<_>>().join(&b'=');
            prop_assert_eq!(parts, bytes.clone());
        }
    }
}
