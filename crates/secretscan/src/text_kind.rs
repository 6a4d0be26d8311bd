//! The kind of text that is searched.

/// The kind of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A file, or another long text of any format.
    Text,
    /// The whole value of a name.
    Value,
    /// A command line, or a script that a builder runs.
    Command,
}
