//! The text of a version in a file, and problems with one.

use std::ops::Range;

use crate::domain::problem::{Place, Problem, SourceText};
use crate::domain::version::ReleaseVersion;

/// A version in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VersionText {
    /// The key, for messages.
    pub(super) key: String,
    /// The version that the file has.
    pub(super) value: String,
    /// The characters of the version in the text, without quotes.
    pub(super) span: Range<usize>,
}

/// A file that is searched for its version.
pub(super) struct VersionSource<'a> {
    /// The path, for messages.
    pub(super) path: &'a str,
    /// The text.
    pub(super) text: &'a str,
    /// The version that the file is to have, for examples in messages.
    pub(super) wanted: ReleaseVersion,
}

impl VersionSource<'_> {
    /// Returns the place of a byte offset. Its line is not shown: other values of the file may be secrets.
    pub(super) fn place(&self, offset: usize) -> Place {
        let place = Place::in_source(self.path, &SourceText::new(self.text), offset..offset, "");
        Place { snippet: None, ..place }
    }

    /// Returns the problem of a version that is no string; `found` has its type with an article, and `example` is how a
    /// string is assigned to the key.
    pub(super) fn not_a_string(&self, key: &str, found: &str, offset: usize, example: &str) -> Problem {
        Problem::new(format!("`{key}` in `{}` must be a string, not {found}", self.path))
            .at(self.place(offset))
            .hint(format!("write the version as a string: `{example}`"))
    }
}

/// Returns the name of a key for messages.
pub(super) fn dotted(path: &[&str]) -> String {
    let part = |part: &&str| if part.is_empty() { "\"\"".to_owned() } else { (*part).to_owned() };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}
