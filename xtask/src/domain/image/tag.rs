//! Tags: the part of a reference after the colon.

use std::fmt;
use std::str::FromStr;

use super::ImageError;

/// The longest tag that an engine accepts, in bytes.
pub const MAX_TAG_BYTES: usize = 128;

/// A tag, `1.0.0-main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl FromStr for Tag {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        if text.is_empty() {
            return Err(ImageError::Empty("tag"));
        }
        if text.len() > MAX_TAG_BYTES {
            return Err(ImageError::TooLong { what: "tag", bytes: text.len(), limit: MAX_TAG_BYTES });
        }
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let misplaced =
            text.char_indices().find(|(at, character)| !word(*character) && (*at == 0 || !".-".contains(*character)));
        match misplaced {
            None => Ok(Self(text.to_owned())),
            Some((at, character)) => Err(ImageError::Character { what: "tag", text: text.to_owned(), character, at }),
        }
    }
}

impl Tag {
    /// Returns the tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
