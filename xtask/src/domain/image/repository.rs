//! Repositories: the part of a reference before the colon.

use std::fmt;
use std::str::FromStr;

use super::ImageError;

/// The longest repository path that an engine accepts, in bytes (255 less the implied `library/`).
pub const MAX_REPOSITORY_BYTES: usize = 247;

/// A repository path, `taskflow-frontend`, without its registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository(String);

impl FromStr for Repository {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        if text.is_empty() {
            return Err(ImageError::Empty("repository"));
        }
        if text.len() > MAX_REPOSITORY_BYTES {
            let (bytes, limit) = (text.len(), MAX_REPOSITORY_BYTES);
            return Err(ImageError::TooLong { what: "repository", bytes, limit });
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ImageError::Uppercase(text.to_owned()));
        }
        match misplaced_in_path(text) {
            None => Ok(Self(text.to_owned())),
            Some((at, character)) => {
                Err(ImageError::Character { what: "repository", text: text.to_owned(), character, at })
            }
        }
    }
}

/// Returns the first character that the path grammar does not allow at its position.
fn misplaced_in_path(text: &str) -> Option<(usize, char)> {
    let alphanumeric = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let mut separator = String::from("/");
    let mut separator_at = 0;
    for (at, character) in text.char_indices() {
        if alphanumeric(character) {
            separator.clear();
            continue;
        }
        if !"._-/".contains(character) {
            return Some((at, character));
        }
        if separator.is_empty() {
            separator_at = at;
        }
        separator.push(character);
        let valid = matches!(separator.as_str(), "/" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-');
        if !valid || at == 0 {
            return Some((at, character));
        }
    }
    separator.chars().next().map(|character| (separator_at, character))
}

impl fmt::Display for Repository {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
