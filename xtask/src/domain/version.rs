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

/// A step from one release to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionStep {
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl VersionStep {
    /// All steps, the smallest first.
    pub const ALL: [Self; 3] = [Self::Patch, Self::Minor, Self::Major];

    /// Returns the name in documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl ReleaseVersion {
    /// The usual version of a first release.
    pub const FIRST: Self = Self { major: 1, minor: 0, patch: 0 };

    /// Whether the version is below 1.0.0, where a breaking change needs only a minor step.
    pub fn is_initial(self) -> bool {
        self.major == 0
    }

    /// Returns the next version after this one: one number is raised by one, and those behind it are 0.
    #[must_use]
    pub fn next(self, step: VersionStep) -> Self {
        let Self { major, minor, patch } = self;
        match step {
            VersionStep::Patch => Self { major, minor, patch: patch.saturating_add(1) },
            VersionStep::Minor => Self { major, minor: minor.saturating_add(1), patch: 0 },
            VersionStep::Major => Self { major: major.saturating_add(1), minor: 0, patch: 0 },
        }
    }

    /// Returns the step from an earlier version to this one; none if this one is not higher.
    pub fn step_from(self, earlier: Self) -> Option<VersionStep> {
        if self <= earlier {
            return None;
        }
        let step = if self.major > earlier.major {
            VersionStep::Major
        } else if self.minor > earlier.minor {
            VersionStep::Minor
        } else {
            VersionStep::Patch
        };
        Some(step)
    }

    /// Whether the numbers behind the one that a step raises are 0.
    pub fn is_reset(self, step: VersionStep) -> bool {
        match step {
            VersionStep::Patch => true,
            VersionStep::Minor => self.patch == 0,
            VersionStep::Major => self.minor == 0 && self.patch == 0,
        }
    }
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

impl ReleaseVersion {
    /// Returns the version that a text means which is not one: with a leading `v`, without a part, with leading zeros.
    pub fn meant(text: &str) -> Option<Self> {
        let numbers = text.trim().trim_start_matches(['v', 'V']);
        let mut parts: Vec<u64> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        parts.resize(3.max(parts.len()), 0);
        let [major, minor, patch] = parts.try_into().ok()?;
        Self { major, minor, patch }.to_string().parse().ok()
    }
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
    fn other_forms_have_a_meaning() {
        let meant = |text: &str| ReleaseVersion::meant(text).map(|version| version.to_string());
        for (text, version) in
            [("v1.1.0", "1.1.0"), ("1.1", "1.1.0"), ("01.1.0", "1.1.0"), ("V2", "2.0.0"), (" 1.2.3 ", "1.2.3")]
        {
            assert_eq!(meant(text).as_deref(), Some(version), "{text}");
        }
        for text in ["", "v", "1.x", "1.2.3.4", "1.-2.3", "1.2.3-rc.1", "99999999999999999999.0.0"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

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

    #[test]
    fn a_step_raises_one_number() {
        let version = |text: &str| text.parse::<ReleaseVersion>().unwrap();
        for (step, next) in VersionStep::ALL.into_iter().zip(["1.2.4", "1.3.0", "2.0.0"]) {
            assert_eq!(version("1.2.3").next(step), version(next));
            assert_eq!(version(next).step_from(version("1.2.3")), Some(step));
            assert!(version(next).is_reset(step), "{next}");
        }
        assert_eq!(version("1.2.3").step_from(version("1.2.3")), None);
        assert_eq!(version("1.2.3").step_from(version("2.0.0")), None);
        assert!(!version("2.0.1").is_reset(VersionStep::Major) && !version("2.1.0").is_reset(VersionStep::Major));
        assert!(!version("1.3.1").is_reset(VersionStep::Minor));
    }
}
