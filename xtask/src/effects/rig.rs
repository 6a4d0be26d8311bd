//! Reads the state of the rig's parts from `cargo rig status --json`. xtask uses the rig only as a program, not as a
//! library.

use std::collections::HashMap;
use std::time::Duration;

use process::{Invocation, RunError, Runner};
use serde::Deserialize;

/// Time limit: cargo may have to build the rig first.
const STATUS: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
struct Status {
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    name: String,
    state: String,
    #[serde(default)]
    facts: HashMap<String, serde_json::Value>,
}

/// Returns the facts of the parts that are up, as `part.fact`; empty if the rig's answer is not valid.
///
/// # Errors
///
/// A [`RunError`] if the rig cannot be run.
pub fn facts(runner: &Runner) -> Result<HashMap<String, String>, RunError> {
    let answer = runner.capture(&Invocation::new("cargo", ["rig", "status", "--json"]), STATUS)?;
    let parts = serde_json::from_str::<Status>(answer.stdout.trim()).map(|status| status.parts).unwrap_or_default();
    let text = |value: serde_json::Value| value.as_str().map(str::to_owned);
    Ok(parts
        .into_iter()
        .filter(|part| part.state == "up")
        .flat_map(|part| {
            let Part { name, facts, .. } = part;
            facts.into_iter().filter_map(move |(fact, value)| Some((format!("{name}.{fact}"), text(value)?)))
        })
        .collect())
}
