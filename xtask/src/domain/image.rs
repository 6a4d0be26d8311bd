//! Image references: repository and tag, parsed and shown by the grammar of the distribution project.
//!
//! Decides what is well-formed, never which tag is right (`tagging` does).

use std::fmt;
use std::str::FromStr;

/// The longest tag that an engine takes, in bytes.
pub const MAX_TAG_BYTES: usize = 128;

/// The longest repository path that an engine takes, in bytes (255 less the implied `library/`).
pub const MAX_REPOSITORY_BYTES: usize = 247;

/// The part of an image reference before the colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository(String);

/// The part of an image reference after the colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// `repository:tag`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    /// Before the colon.
    pub repository: Repository,
    /// After the colon.
    pub tag: Tag,
}

/// Why a text is no repository or no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Nothing there.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// Longer than an engine takes.
    #[error("the {what} is {bytes} bytes long, at most {limit} are allowed")]
    TooLong {
        /// "repository" or "tag".
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Uppercase letters in a repository.
    #[error("the repository `{0}` contains uppercase letters")]
    Uppercase(String),
    /// A character that the grammar does not have, or not there.
    #[error("the {what} `{text}` has an invalid {character:?} at byte {at}")]
    Character {
        /// "repository" or "tag".
        what: &'static str,
        /// The whole text.
        text: String,
        /// The offending character.
        character: char,
        /// Its offset in bytes.
        at: usize,
    },
}

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

/// The first character that the path grammar does not allow where it stands.
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
    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.repository, self.tag)
    }
}

/// The first twelve hex digits of an image ID or digest, as `docker image ls` shows it.
pub fn short_id(id: &str) -> &str {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    hex.get(..12).unwrap_or(hex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn repositories_follow_the_grammar() {
        for good in ["taskflow-frontend", "a", "a/b", "a__b", "a---b", "a.b_c/d9"] {
            assert_eq!(good.parse::<Repository>().map(|r| r.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "/a", "a/", "a//b", "a..b", "a___b", "a._b", "-a", "a-", "a b", "a:b", "é", "a\n"] {
            assert!(bad.parse::<Repository>().is_err(), "{bad:?}");
        }
        assert!("a".repeat(247).parse::<Repository>().is_ok());
        assert!("a".repeat(248).parse::<Repository>().is_err());
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(
            "Taskflow".parse::<Repository>().unwrap_err().to_string(),
            "the repository `Taskflow` contains uppercase letters"
        );
        assert_eq!("a b".parse::<Tag>().unwrap_err().to_string(), "the tag `a b` has an invalid ' ' at byte 1");
        assert_eq!(".a".parse::<Tag>().unwrap_err().to_string(), "the tag `.a` has an invalid '.' at byte 0");
        assert_eq!(
            "a".repeat(129).parse::<Tag>().unwrap_err().to_string(),
            "the tag is 129 bytes long, at most 128 are allowed"
        );
        assert_eq!("".parse::<Tag>().unwrap_err().to_string(), "the tag is empty");
    }

    #[test]
    fn tags_are_ascii_only() {
        for good in ["1.0.0", "latest", "_x", "A-b.c_D", "1.0.0-feature.login.dirty"] {
            assert!(good.parse::<Tag>().is_ok(), "{good}");
        }
        for bad in ["-a", "a+b", "a/b", "é", "a\n", "٣"] {
            assert!(bad.parse::<Tag>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn short_ids_are_twelve_digits() {
        assert_eq!(short_id("sha256:0123456789abcdef"), "0123456789ab");
        assert_eq!(short_id("abc"), "abc");
    }

    proptest! {
        #[test]
        fn what_parses_is_shown_unchanged(text in "[ -~\n\u{e9}]{0,140}") {
            if let Ok(tag) = text.parse::<Tag>() {
                prop_assert_eq!(tag.to_string(), text.clone());
            }
            if let Ok(repository) = text.parse::<Repository>() {
                prop_assert_eq!(repository.to_string(), text);
            }
        }
    }
}
