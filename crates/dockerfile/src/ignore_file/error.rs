//! Why an ignore file cannot be used.

/// Why an ignore file cannot be used; it stops the whole build, as with Docker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IgnoreError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: IgnoreReason,
}

/// What is wrong with a line of an ignore file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreReason {
    /// The reader of the file gives up.
    #[error("the line has more than 65,535 bytes")]
    TooLong,
    /// Nothing to bring back.
    #[error("`!` stands without a pattern")]
    Alone,
    /// No end, no members, or a range that runs backwards.
    #[error("the character class is malformed: it needs members, ranges from low to high, and a `]`")]
    Class,
    /// Nothing behind it.
    #[error("the backslash at the end escapes nothing")]
    Escape,
    /// `\d`, `[*]` or `[[]` reach the regular expression that Docker makes of the pattern and mean something there.
    #[error(
        "a backslash before a letter or digit, and `*`, `?` or `[` in a character class do not mean themselves to Docker"
    )]
    Regular,
}
