//! How a command ends when it does not succeed. Knows no command and no tool.

use crate::domain::problem::Problem;

/// What kind of end it was; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Wrong arguments.
    Usage,
    /// taskflow.toml or the repository is not in order.
    Config,
    /// Something outside is missing: an engine, a program, disk space.
    Environment,
    /// We do not do this.
    Refused,
    /// Tried, and the answer is no.
    Failed,
    /// xtask itself is broken.
    Internal,
    /// Ended by this signal.
    Interrupted(i32),
}

impl ErrorKind {
    /// 1: tried, the answer is no. 2: nothing was done. 101: xtask is broken. 128 + n: signal n.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage | Self::Config | Self::Environment | Self::Refused => 2,
            Self::Internal => 101,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }

    /// The name in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Environment => "environment",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Internal => "internal",
            Self::Interrupted(_) => "interrupted",
        }
    }
}

/// The end of a command and everything to say about it.
#[derive(Clone, Debug)]
pub struct CliError {
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl CliError {
    /// One problem.
    pub fn new(kind: ErrorKind, problem: Problem) -> Self {
        Self { kind, problems: vec![problem] }
    }

    /// Several problems, all told at once.
    pub fn all(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self { kind, problems }
    }

    /// A defect of xtask itself.
    pub fn internal(message: &str) -> Self {
        Self::new(ErrorKind::Internal, Problem::new(message))
    }

    /// The end by a signal.
    pub fn interrupted(signal: i32, what: &str) -> Self {
        let name = match signal {
            1 => "the end of its terminal",
            15 => "SIGTERM",
            _ => "Ctrl-C",
        };
        Self::new(ErrorKind::Interrupted(signal), Problem::new(format!("interrupted by {name}: {what}")))
    }
}
