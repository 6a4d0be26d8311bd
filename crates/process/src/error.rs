//! The error of a call.

use std::io;
use std::path::PathBuf;

use shown::shown_path;

use crate::invocation::Invocation;

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program with this name is not installed.
    #[error("`{0}` is not installed or not on PATH")]
    NotFound(String),
    /// The child took longer than its limit; its group was killed.
    #[error("`{program}` gave no answer within {seconds} s")]
    TimedOut {
        /// The name of the program.
        program: String,
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The child, or a program that it started, tried to read from the terminal. A child is not in the terminal's
    /// foreground, so no answer could reach it, and its group was killed.
    #[error("`{asker}` wants to ask something on the terminal{}", started_by(.program, .asker))]
    Asked {
        /// The name of the program that used the terminal.
        asker: String,
        /// The name of the program that was called.
        program: String,
        /// The whole call, in shell syntax.
        call: String,
    },
    /// The answer exceeded the size limit; the child's group was killed.
    #[error("`{program}` printed more than {megabytes} MB")]
    TooMuch {
        /// The name of the program.
        program: String,
        /// The limit, in megabytes.
        megabytes: usize,
    },
    /// This process received the signal with this number, which ends all children.
    #[error("interrupted")]
    Interrupted(i32),
    /// The log could not be written.
    #[error("cannot write the log file `{path}`: {source}", path = shown_path(.path))]
    Log {
        /// The path of the log.
        path: PathBuf,
        /// The error of the log's writer.
        source: io::Error,
    },
    /// The file of the child's standard input could not be opened.
    #[error("cannot read `{path}`: {source}", path = shown_path(.path))]
    Input {
        /// The path of the file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Any other error of the system while starting the child or waiting for it.
    #[error("cannot run `{program}`: {source}")]
    Io {
        /// The name of the program.
        program: String,
        /// The error of the system.
        source: io::Error,
    },
}

impl RunError {
    pub(crate) fn io(invocation: &Invocation, source: io::Error) -> Self {
        Self::Io { program: invocation.program_name(), source }
    }
}

fn started_by(program: &str, asker: &str) -> String {
    if program == asker { String::new() } else { format!(", started by `{program}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_asks_is_named_and_the_one_that_was_called() {
        let asked = |asker: &str| {
            let (asker, program, call) = (asker.to_owned(), "git".to_owned(), "git fetch".to_owned());
            RunError::Asked { asker, program, call }.to_string()
        };
        assert_eq!(asked("git"), "`git` wants to ask something on the terminal");
        assert_eq!(asked("ssh"), "`ssh` wants to ask something on the terminal, started by `git`");
    }
}
