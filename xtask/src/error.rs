//! The error of a command, with its exit code. It does not depend on any command or tool.

use crate::domain::problem::Problem;

/// The kind of an error; it decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The arguments are not valid.
    Usage,
    /// taskflow.toml or the repository is not valid.
    Config,
    /// Something outside is missing: an engine, a program, disk space.
    Environment,
    /// The command refuses, because of a rule.
    Refused,
    /// The command was carried out, and the result is negative.
    Failed,
    /// A release is refused before it has begun, because a condition does not hold.
    Preflight,
    /// A release is refused because the contract needs a larger step of the version.
    VersionStep,
    /// A release was stopped after others may have seen it; it has to be resumed.
    Unfinished,
    /// A defect of xtask itself.
    Internal,
    /// A signal with this number ended the command.
    Interrupted(i32),
}

impl ErrorKind {
    /// Returns the exit code: 1 for a negative result, 2 if nothing was done, 101 for a defect of xtask, 128 + n for
    /// signal n. A release has three more: 3 and 4 if it is refused, 5 if it has to be resumed.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Preflight => 3,
            Self::VersionStep => 4,
            Self::Unfinished => 5,
            Self::Usage | Self::Config | Self::Environment | Self::Refused => 2,
            Self::Internal => 101,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }

    /// Returns the name for JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Environment => "environment",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Preflight => "preflight",
            Self::VersionStep => "version-step",
            Self::Unfinished => "unfinished",
            Self::Internal => "internal",
            Self::Interrupted(_) => "interrupted",
        }
    }
}

/// The error of a command: its kind and the problems to report.
#[derive(Clone, Debug)]
pub struct CliError {
    /// The kind, which decides the exit code.
    pub kind: ErrorKind,
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl CliError {
    /// Makes an error with one problem.
    pub fn new(kind: ErrorKind, problem: Problem) -> Self {
        Self { kind, problems: vec![problem] }
    }

    /// Makes an error with several problems, which are reported together.
    pub fn all(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self { kind, problems }
    }

    /// Makes the error of a defect of xtask itself.
    pub fn internal(message: &str) -> Self {
        Self::new(ErrorKind::Internal, Problem::new(message))
    }

    /// Makes the error of a command that a signal ended; `what` says what was done before.
    pub fn interrupted(signal: i32, what: &str) -> Self {
        let name = match signal {
            1 => "the end of its terminal",
            15 => "SIGTERM",
            _ => "Ctrl-C",
        };
        Self::new(ErrorKind::Interrupted(signal), Problem::new(format!("interrupted by {name}: {what}")))
    }
}
