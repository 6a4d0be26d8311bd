//! Values that are passed to a child and shown nowhere.

use std::ffi::{OsStr, OsString};
use std::fmt;

/// A value that is never shown: it has no `Display`, and its `Debug` is blind.
///
/// ```
/// let password = process::HiddenValue::new("correct horse");
/// assert_eq!(format!("{password:?}"), "<hidden>");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HiddenValue(OsString);

impl HiddenValue {
    /// Wraps a value.
    pub fn new(value: impl Into<OsString>) -> Self {
        Self(value.into())
    }

    /// Returns the value, for the environment of a child only.
    pub fn reveal(&self) -> &OsStr {
        &self.0
    }

    /// Returns the value as text; none if it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.0.to_str()
    }
}

impl fmt::Debug for HiddenValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("<hidden>")
    }
}
