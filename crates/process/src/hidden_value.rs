//! Values that are passed to a child and shown nowhere.

use std::fmt;

/// A value that is never shown: it has no `Display`, and its `Debug` is blind.
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
