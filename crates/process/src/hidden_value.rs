//! Values that a child gets and no output shows.

use std::fmt;

/// A value that is never shown: it has no `Display`, and its `Debug` does not print the value.
///
/// ```
/// let password = process::HiddenValue::new("correct horse");
/// assert_eq!(format!("{password:?}"), "<hidden>");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HiddenValue(String);

impl HiddenValue {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Returns the value, for the environment of a child only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HiddenValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("<hidden>")
    }
}
