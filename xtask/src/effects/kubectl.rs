//! Typed questions to kubectl, in the context of one profile and no other.

use std::time::Duration;

use process::{Captured, RunError, Runner};

use crate::domain::minikube::argv;
use crate::domain::minikube::pods::Owner;
use crate::domain::text::last_line;

/// Why kubectl is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KubectlError {
    /// It could not be run.
    #[error(transparent)]
    Client(#[from] RunError),
    /// It ran and said no; its own words.
    #[error("{0}")]
    Refused(String),
}

/// All pods, as JSON.
pub fn pods(runner: &Runner, profile: &str, limit: Duration) -> Result<String, KubectlError> {
    let answer = runner.capture(&argv::pods(profile), limit)?;
    if answer.code == Some(0) { Ok(answer.stdout) } else { Err(refused(&answer)) }
}

/// Makes an owner start its pods anew.
pub fn restart(
    runner: &Runner,
    profile: &str,
    namespace: &str,
    owner: &Owner,
    limit: Duration,
) -> Result<(), KubectlError> {
    let answer = runner.capture(&argv::restart(profile, namespace, &owner.argument()), limit)?;
    if answer.code == Some(0) { Ok(()) } else { Err(refused(&answer)) }
}

fn refused(answer: &Captured) -> KubectlError {
    // What it printed of a document that it could not finish is no reason.
    let words = last_line(&answer.stderr).or_else(|| last_line(&answer.stdout));
    KubectlError::Refused(words.unwrap_or("kubectl said nothing").to_owned())
}
