//! Release versions: exactly `MAJOR.MINOR.PATCH` (contract: Tag Naming).

use std::fmt;
use std::str::FromStr;

/// A release version, without pre-release and build parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseVersion {
    major: u64,
    minor: u64,
    patch: u64,
}

/// The longest version, in characters: it must fit into 63 characters with the rest of a tag (`-pr-`, 20 digits and
/// `.dirty`).
pub const MAX_VERSION_BYTES: usize = 32;

/// Why a text is not a release version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The text is a semantic version with a pre-release or build part.
    #[error("`{0}` has a pre-release or build part, a release version is only MAJOR.MINOR.PATCH")]
    NotRelease(String),
    /// The text begins with `v`, which belongs to git tags.
    #[error("`{0}` begins with `v`, which belongs to git tags only")]
    Prefixed(String),
    /// The text is too long to leave room for the rest of a tag.
    #[error("`{0}` is longer than {MAX_VERSION_BYTES} characters, which leaves no room for the rest of a tag")]
    TooLong(String),
    /// The text is no semantic version.
    #[error("`{0}` is not MAJOR.MINOR.PATCH: {1}")]
    Invalid(String, String),
}

impl FromStr for ReleaseVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        match semver::Version::parse(text) {
            Ok(_) if text.len() > MAX_VERSION_BYTES => Err(VersionError::TooLong(text.to_owned())),
            Ok(version) if version.pre.is_empty() && version.build.is_empty() => {
                Ok(Self { major: version.major, minor: version.minor, patch: version.patch })
            }
            Ok(_) => Err(VersionError::NotRelease(text.to_owned())),
            Err(_) if text.strip_prefix('v').is_some_and(|rest| semver::Version::parse(rest).is_ok()) => {
                Err(VersionError::Prefixed(text.to_owned()))
            }
            Err(error) => Err(VersionError::Invalid(text.to_owned(), error.to_string())),
        }
    }
}

impl fmt::Display for ReleaseVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_numbers_are_a_release() {
        assert_eq!("1.10.0".parse::<ReleaseVersion>().unwrap().to_string(), "1.10.0");
        assert!("1.9.0".parse::<ReleaseVersion>().unwrap() < "1.10.0".parse().unwrap());
        for bad in
            ["", "1", "1.0", "01.0.0", "1.0.0.0", "1.0.0 ", "1.0.0\n", "٣.0.0", "1.0.0-rc.1", "1.0.0+b", "v1.0.0"]
        {
            assert!(bad.parse::<ReleaseVersion>().is_err(), "{bad:?}");
        }
        let long = "10000000000.10000000000.10000000000".parse::<ReleaseVersion>();
        assert!(matches!(long, Err(VersionError::TooLong(_))));
        assert!(matches!("v1.0.0".parse::<ReleaseVersion>(), Err(VersionError::Prefixed(_))));
    }
}
