//! The error of an ignore file.

/// A line of an ignore file that is not valid. As with Docker, it stops the whole build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IgnoreError {
    /// The line number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: IgnoreReason,
}

/// The reason why a line of an ignore file is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreReason {
    /// The line exceeds the limit of Docker's reader.
    #[error("the line has more than 65,535 bytes")]
    TooLong,
    /// A `!` without a pattern.
    #[error("`!` stands without a pattern")]
    Alone,
    /// A character class without an end or without members, or with a reversed range.
    #[error("the character class is malformed: it needs members, ranges from low to high, and a `]`")]
    Class,
    /// A backslash at the end of the line.
    #[error("the backslash at the end escapes nothing")]
    Escape,
    /// `\d`, `[*]` or `[[]`: Docker compiles the pattern to a regular expression, where these have another meaning.
    #[error(
        "a backslash before a letter or digit, and `*`, `?` or `[` in a character class do not mean themselves to Docker"
    )]
    Regular,
}
