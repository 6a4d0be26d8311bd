//! The error of reading a Dockerfile. It never holds text of a line, which may be a secret.

/// A line that is not valid in a Dockerfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ReadError {
    /// The number of the instruction's first line, from 1.
    pub line: usize,
    /// The reason.
    pub reason: Reason,
}

/// The reason why a line is not valid. A builder refuses each of these, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// `# escape=x`: a character that is neither a backslash nor a backtick.
    #[error("the escape character is neither a backslash nor a backtick")]
    Escape,
    /// A parser directive is repeated.
    #[error("a parser directive stands there twice")]
    DirectiveTwice,
    /// The line exceeds the limit of the builders' reader.
    #[error("the line has more than 65,535 bytes")]
    TooLong,
    /// The file has only comments and empty lines.
    #[error("there is no instruction")]
    Empty,
    /// There is no stage.
    #[error("there is no `FROM`")]
    NoStage,
    /// An instruction other than ARG stands before the first FROM.
    #[error("only `ARG` can stand before the first `FROM`")]
    BeforeFrom,
    /// The first word is not an instruction.
    #[error("the line begins with no instruction")]
    Unknown,
    /// A byte order mark stands in the middle of the file, as when two files are joined.
    #[error("the line begins with a byte order mark, which the builder takes for a part of the instruction")]
    Mark,
    /// Variables expand to too much text, or patterns take too many steps.
    #[error("its variables add more than 1 MiB to a value or 32 MiB to all values, or its patterns take too long")]
    TooMuch,
    /// The instruction has no argument.
    #[error("`{0}` has no argument")]
    NoArgument(&'static str),
    /// COPY or ADD has a single path.
    #[error("`{0}` has no destination")]
    NoDestination(&'static str),
    /// The destination of COPY or ADD is a heredoc.
    #[error("`{0}` cannot copy to a heredoc")]
    HeredocDestination(&'static str),
    /// The file ends before the heredoc does.
    #[error("the heredoc has no end")]
    Heredoc,
    /// A JSON array contains something other than strings: `["a", 1]`.
    #[error("the JSON array holds something else than strings")]
    NotStrings,
    /// SHELL is in shell form.
    #[error("`SHELL` is no JSON array")]
    ShellForm,
    /// A word of ENV or LABEL is not a pair.
    #[error("`{0}` is neither `NAME=VALUE` pairs nor `NAME VALUE`")]
    NoPair(&'static str),
    /// A pair without a name: `=value`.
    #[error("`{0}` has a value without a name")]
    NoName(&'static str),
    /// FROM has two words, more than three, or another word than AS between them.
    #[error("`FROM` is neither `FROM IMAGE` nor `FROM IMAGE AS NAME`")]
    From,
    /// The name of a stage does not begin with a letter, or has characters that are not allowed.
    #[error("the stage's name is not letters, digits, `-`, `_` and `.` behind a letter")]
    StageName,
    /// HEALTHCHECK with something other than CMD or NONE.
    #[error("`HEALTHCHECK` is neither `CMD` with a command nor `NONE` alone")]
    Healthcheck,
    /// ONBUILD with FROM, MAINTAINER or another ONBUILD.
    #[error("this instruction cannot stand behind `ONBUILD`")]
    Onbuild,
}
