//! Errors with hints, and their exit codes.

use std::fmt;
use std::process::ExitCode;

use process::signals;

/// An error with hints for the user. It is the innermost error of a chain; context is added around it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hints: Vec<String>,
    refused: bool,
}

impl Failure {
    /// Makes an error for something that was tried and failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), refused: false }
    }

    /// Makes an error for a refusal: nothing was done, because the request or the machine does not allow it.
    pub fn refusal(message: impl Into<String>) -> Self {
        Self { refused: true, ..Self::new(message) }
    }

    /// Adds a hint: a step that the user can take.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Returns the hints.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Returns the exit code of an error: 128 plus the signal's number after a signal, 2 if nothing was done, otherwise 1.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if let Some(signal) = signals::received().and_then(|signal| u8::try_from(signal).ok()) {
        return ExitCode::from(128 | signal);
    }
    let refused = error.chain().filter_map(|cause| cause.downcast_ref::<Failure>()).any(|failure| failure.refused);
    ExitCode::from(if refused { 2 } else { 1 })
}
