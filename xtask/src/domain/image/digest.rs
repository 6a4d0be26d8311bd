//! Digests of manifests and configurations.

use std::fmt;
use std::str::FromStr;

use super::ImageError;

/// A digest: `sha256:` with 64 hex digits, or another algorithm with at least 32 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl FromStr for Digest {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let error = || ImageError::Digest(text.to_owned());
        let (algorithm, digits) = text.split_once(':').ok_or_else(error)?;
        let word = |part: &str| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let length = if algorithm == "sha256" { digits.len() == 64 } else { digits.len() >= 32 };
        let lower = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        if algorithm.split(['+', '.', '-', '_']).all(word) && hex && length && lower {
            Ok(Self(text.to_owned()))
        } else {
            Err(error())
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Returns the first twelve hex digits of an image ID or digest, as `docker image ls` shows it.
pub fn short_id(id: &str) -> &str {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    hex.get(..12).unwrap_or(hex)
}
