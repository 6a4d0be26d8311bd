//! The end of a load by a signal.

use crate::error::CliError;

/// The end before anything was sent.
pub(super) fn before_the_load(signal: i32) -> CliError {
    CliError::interrupted(signal, "nothing was loaded")
}

/// The end while something may be on its way.
pub(super) fn interrupted(signal: i32) -> CliError {
    CliError::interrupted(signal, "the load was not finished")
}
