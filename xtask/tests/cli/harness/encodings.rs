//! Texts in other encodings than UTF-8.

/// The order of the two bytes of a unit of UTF-16.
pub(crate) type Order = fn(u16) -> [u8; 2];

/// A text in UTF-16; a mark stands in the text.
pub(crate) fn utf16(text: &str, order: Order) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}
