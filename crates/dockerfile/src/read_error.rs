//! Why a Dockerfile cannot be read. Never says what stands in a line: it may be a secret.

/// A line that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ReadError {
    /// The first line of the instruction, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a line; a builder refuses each of these, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// `# escape=x`.
    #[error("the escape character is neither a backslash nor a backtick")]
    Escape,
    /// The same directive a second time.
    #[error("a parser directive stands there twice")]
    DirectiveTwice,
    /// The builders' reader gives up.
    #[error("the line has more than 65,535 bytes")]
    TooLong,
    /// Nothing but comments and empty lines.
    #[error("there is no instruction")]
    Empty,
    /// No stage to build.
    #[error("there is no `FROM`")]
    NoStage,
    /// Something else than ARG before the first FROM.
    #[error("only `ARG` can stand before the first `FROM`")]
    BeforeFrom,
    /// The first word is none of the instructions.
    #[error("the line begins with no instruction")]
    Unknown,
    /// A mark that is only one at the beginning of the file, as when two files were joined.
    #[error("the line begins with a byte order mark, which the builder takes for a part of the instruction")]
    Mark,
    /// Variables that are put together from themselves, or patterns that take too long.
    #[error("its variables add more than 1 MiB to a value or 32 MiB to all values, or its patterns take too long")]
    TooMuch,
    /// Nothing behind the instruction.
    #[error("`{0}` has no argument")]
    NoArgument(&'static str),
    /// COPY or ADD with a single path.
    #[error("`{0}` has no destination")]
    NoDestination(&'static str),
    /// A heredoc as the destination of COPY or ADD.
    #[error("`{0}` cannot copy to a heredoc")]
    HeredocDestination(&'static str),
    /// The end of the file before the end of the heredoc.
    #[error("the heredoc has no end")]
    Heredoc,
    /// `["a", 1]`.
    #[error("the JSON array holds something else than strings")]
    NotStrings,
    /// SHELL in shell form.
    #[error("`SHELL` is no JSON array")]
    ShellForm,
    /// ENV or LABEL with a word that is no pair.
    #[error("`{0}` is neither `NAME=VALUE` pairs nor `NAME VALUE`")]
    NoPair(&'static str),
    /// `=value`.
    #[error("`{0}` has a value without a name")]
    NoName(&'static str),
    /// Two words, more than three, or something else than AS between them.
    #[error("`FROM` is neither `FROM IMAGE` nor `FROM IMAGE AS NAME`")]
    From,
    /// A name that begins with no letter or has signs in it.
    #[error("the stage's name is not letters, digits, `-`, `_` and `.` behind a letter")]
    StageName,
    /// Something else than CMD or NONE.
    #[error("`HEALTHCHECK` is neither `CMD` with a command nor `NONE` alone")]
    Healthcheck,
    /// FROM, MAINTAINER or another ONBUILD.
    #[error("this instruction cannot stand behind `ONBUILD`")]
    Onbuild,
}
