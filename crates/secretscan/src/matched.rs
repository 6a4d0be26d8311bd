//! What the search finds in a text.

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub rule: Rule,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A text of this form.
    Pattern(&'static str),
    /// The value that is declared under this name.
    Known(String),
    /// The same, where the value is a word or a number, which stands on its own here.
    KnownWord(String),
    /// A generated value that is assigned to a name that says secret.
    Assigned,
}
