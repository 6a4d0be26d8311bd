//! The errors of a load that a signal ended.

use crate::error::CliError;

/// Returns the error if nothing was sent.
pub(super) fn before_the_load(signal: i32) -> CliError {
    CliError::interrupted(signal, "nothing was loaded")
}

/// Returns the error if something may have been sent.
pub(super) fn interrupted(signal: i32) -> CliError {
    CliError::interrupted(signal, "the load was not finished")
}
