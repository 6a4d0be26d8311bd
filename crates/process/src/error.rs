//! Why a child gave no answer.

use std::io;
use std::path::PathBuf;

use shown::shown_path;

use crate::invocation::Invocation;

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program is not installed.
    #[error("`{0}` is not installed or not on PATH")]
    NotFound(String),
    /// The child took longer than its limit, and its group was ended.
    #[error("`{program}` gave no answer within {seconds} s")]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// The child, or a program that it has started, used the terminal to ask something. A child is not in the terminal's
    /// foreground, so no answer could reach it, and its group was ended.
    #[error("`{asker}` wants to ask something on the terminal{}", started_by(.program, .asker))]
    Asked {
        /// The program that asked.
        asker: String,
        /// The program that was called.
        program: String,
        /// The whole call, as a shell takes it.
        call: String,
    },
    /// The answer was longer than what is kept of one, and the child's group was ended.
    #[error("`{program}` printed more than {megabytes} MB")]
    TooMuch {
        /// The program.
        program: String,
        /// The limit.
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
        /// The error of the writer.
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
    /// The system refused something else.
    #[error("cannot run `{program}`: {source}")]
    Io {
        /// The program.
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
