//! The error that all questions to other programs have in common.

use process::RunError;

/// Why another program gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not there, was ended, or took too long.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It ran and said no, or something that is no answer; its own words.
    #[error("{words}")]
    Refused {
        /// The call.
        call: String,
        /// The words.
        words: String,
    },
}
