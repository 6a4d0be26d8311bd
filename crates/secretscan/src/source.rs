//! What kind of text is searched.

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or anything else that is long and may be of any kind.
    Text,
    /// The value of a name, whole.
    Value,
    /// A command line, or a script that a builder runs.
    Command,
}
