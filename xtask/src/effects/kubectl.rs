//! Typed questions to kubectl, in the context of one profile and no other.

use std::time::Duration;

use super::docker::last_words;
use super::process::{RunError, Runner};
use crate::domain::minikube::argv;
use crate::domain::minikube::pods::Owner;

/// How long a question may take, if nobody says otherwise; the cluster itself has five seconds of it.
pub const QUESTION: Duration = Duration::from_secs(8);

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
    if answer.code == Some(0) { Ok(answer.stdout) } else { Err(KubectlError::Refused(last_words(&answer))) }
}

/// Makes an owner start its pods anew.
pub fn restart(
    runner: &Runner,
    profile: &str,
    namespace: &str,
    owner: &Owner,
    limit: Duration,
) -> Result<(), KubectlError> {
    let answer = runner.capture(&argv::restart(profile, namespace, owner), limit)?;
    if answer.code == Some(0) { Ok(()) } else { Err(KubectlError::Refused(last_words(&answer))) }
}
