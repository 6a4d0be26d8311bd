//! The error that calls of all other programs share.

use process::{Invocation, RunError};

/// Why a program gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The program is missing, was ended, or took too long.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The program failed, or its answer is not valid; holds its own words.
    #[error("{words}")]
    Refused {
        /// The call.
        call: String,
        /// The words of the program.
        words: String,
    },
}

impl ToolError {
    /// Makes the error of a call that the program refused in these words.
    pub fn refused(call: &Invocation, words: impl Into<String>) -> Self {
        Self::Refused { call: call.to_string(), words: words.into() }
    }
}
