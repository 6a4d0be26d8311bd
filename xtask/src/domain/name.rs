//! Names that users choose: of components, build args, and secrets.

use std::fmt;
use std::str::FromStr;

/// The name of a component. It becomes the second half of the repository, so it follows that grammar.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentName(String);

/// Why a name is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name is empty.
    #[error("the name is empty")]
    Empty,
    /// The name contains uppercase letters, which repositories do not allow.
    #[error("`{0}` contains uppercase letters, image repositories are lower case")]
    Uppercase(String),
    /// The name contains another character, or a separator at one of its ends.
    #[error("`{0}` is not lower-case letters and digits with single `.`, `_` or `-` between them")]
    Component(String),
    /// The text is not the name of an environment variable. It may be a value, so it is not repeated.
    #[error("the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret")]
    Hidden,
}

impl FromStr for ComponentName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NameError::Uppercase(text.to_owned()));
        }
        let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.split(['.', '_', '-']).all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Component(text.to_owned()))
        }
    }
}

impl ComponentName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ComponentName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of a build arg or environment variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(String);

impl FromStr for VariableName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let first = text.bytes().next().ok_or(NameError::Hidden)?;
        let valid = (first.is_ascii_alphabetic() || first == b'_')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if valid { Ok(Self(text.to_owned())) } else { Err(NameError::Hidden) }
    }
}

impl VariableName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The secrets that the contract declares (contract: Environment Variables, backend). taskflow.toml can only add to
/// them.
pub const CONTRACT_SECRETS: [&str; 3] = ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_names_follow_the_repository_grammar() {
        for good in ["frontend", "a", "web-api", "x1.y_z"] {
            assert!(good.parse::<ComponentName>().is_ok(), "{good}");
        }
        for bad in ["", "Frontend", "-a", "a-", "a..b", "a/b", "ä", "a b", "a\n"] {
            assert!(bad.parse::<ComponentName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn variable_names_are_ascii_identifiers() {
        for good in ["A", "_x", "NODE_ENV", "a1"] {
            assert!(good.parse::<VariableName>().is_ok(), "{good}");
        }
        for bad in ["", "1A", "A-B", "A B", "Ä", "A=", "A\n"] {
            assert!(bad.parse::<VariableName>().is_err(), "{bad:?}");
        }
    }
}
