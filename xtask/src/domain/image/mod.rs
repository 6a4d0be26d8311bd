//! Parses and prints image references by the grammar of the distribution project. ASCII only.
//!
//! It checks whether a reference is well-formed; `tagging` decides which tag is right.

mod digest;
mod reference;
mod repository;
mod tag;

pub use digest::{Digest, short_id};
pub use reference::{ImageReference, Reference, check_registry_prefix};
pub use repository::{MAX_REPOSITORY_BYTES, Repository};
pub use tag::{MAX_TAG_BYTES, Tag};

/// Why a text is not a valid repository, tag, digest or reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The text is empty.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// The text is longer than an engine accepts.
    #[error("the {what} is {bytes} bytes long, at most {limit} are allowed")]
    TooLong {
        /// The part of the reference: "repository", "tag" or another one.
        what: &'static str,
        /// The length in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A repository contains uppercase letters.
    #[error("the repository `{0}` contains uppercase letters")]
    Uppercase(String),
    /// A bare name has 64 hex digits, so that an engine would take it for an image ID.
    #[error("the repository `{0}` looks like an image ID")]
    LooksLikeId(String),
    /// A digest has another form.
    #[error("the digest `{0}` is not an algorithm, a colon and its hex digits, `sha256:` with 64 of them")]
    Digest(String),
    /// A registry is not a host name.
    #[error("the registry `{0}` is not a host name with an optional port")]
    Registry(String),
    /// A text names no registry.
    #[error("`{0}` does not begin with the host of a registry")]
    NoRegistry(String),
    /// A character is not allowed, or not at its position.
    #[error("the {what} `{text}` has an invalid {character:?} at byte {at}")]
    Character {
        /// The part of the reference: "repository", "tag" or another one.
        what: &'static str,
        /// The whole text.
        text: String,
        /// The invalid character.
        character: char,
        /// Its position, in bytes.
        at: usize,
    },
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
