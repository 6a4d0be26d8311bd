//! Converts the errors of git and of the journal into the error of a command.

use process::RunError;

use crate::domain::problem::Problem;
use crate::effects::git::write::WriteError;
use crate::effects::release::journal_folder::JournalFolderError;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// The error of the folder of a release.
impl From<JournalFolderError> for CliError {
    fn from(error: JournalFolderError) -> Self {
        let problem = Problem::new(error.to_string());
        let problem = match &error {
            JournalFolderError::Busy(_) => problem.hint("wait until it has ended, and run the command again"),
            JournalFolderError::Io { .. } => {
                problem.hint("make it writable, or move away what is in its place, and run the command again")
            }
            JournalFolderError::Journal { .. } => problem
                .hint("finish or undo the release with the version of xtask that began it")
                .hint("if no version can read it, look at branch, tag, and images, and remove the file"),
        };
        Self::new(ErrorKind::Environment, problem)
    }
}

/// The error of a write that git did not do.
impl From<WriteError> for CliError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Tool(ToolError::Run(RunError::NotFound(_))) => Self::new(
                ErrorKind::Environment,
                Problem::new("there is no git program: `git` is not installed or not on PATH")
                    .hint("install git; a release writes with it"),
            ),
            WriteError::Tool(ToolError::Run(error)) => error.into(),
            WriteError::Tool(ToolError::Refused { call, words }) => {
                Self::new(ErrorKind::Environment, Problem::new(format!("`{call}` failed")).cause(words))
            }
            WriteError::Io(error) => Self::new(
                ErrorKind::Environment,
                Problem::new("cannot write the files of the release").cause(error.to_string()),
            ),
        }
    }
}
