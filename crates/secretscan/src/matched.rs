//! The matches that a scan finds in a text.

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The rule that matched.
    pub rule: MatchRule,
    /// Its start, in bytes.
    pub start: usize,
    /// Its end, in bytes.
    pub end: usize,
}

/// The rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchRule {
    /// The pattern with this ID.
    Pattern(&'static str),
    /// The known value that is declared under this name.
    Known(String),
    /// The known value that is declared under this name, and is a word or a number. It stands on its own in the text.
    KnownWord(String),
    /// A generated value that is assigned to the name of a secret.
    Assigned,
}
