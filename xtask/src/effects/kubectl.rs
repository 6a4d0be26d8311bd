//! Typed calls of kubectl, in the context of one profile only.

use std::time::Duration;

use process::{Captured, Invocation, Runner};

use crate::domain::minikube::argv;
use crate::domain::minikube::pods::Owner;
use crate::domain::text::last_line;
use crate::effects::tool::ToolError;

/// Returns all pods, as JSON.
///
/// # Errors
///
/// kubectl gives no answer, or fails.
pub fn pods(runner: &Runner, profile: &str, limit: Duration) -> Result<String, ToolError> {
    Ok(answered(runner, &argv::pods(profile), limit)?.stdout)
}

/// Restarts the pods of an owner.
///
/// # Errors
///
/// kubectl gives no answer, or fails.
pub fn restart(
    runner: &Runner,
    profile: &str,
    namespace: &str,
    owner: &Owner,
    limit: Duration,
) -> Result<(), ToolError> {
    answered(runner, &argv::restart(profile, namespace, &owner.argument()), limit).map(drop)
}

fn answered(runner: &Runner, call: &Invocation, limit: Duration) -> Result<Captured, ToolError> {
    let answer = runner.capture(call, limit)?;
    if answer.code == Some(0) {
        return Ok(answer);
    }
    // Standard output may hold an incomplete document, which is not a reason.
    let words = last_line(&answer.stderr).or_else(|| last_line(&answer.stdout));
    Err(ToolError::refused(call, words.unwrap_or("kubectl printed nothing")))
}
