//! `secrets scan --stdin-args`: judges names with their values, one by one.

use serde_json::{Map, Value};

use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::text::count;
use crate::effects::fs;
use crate::error::{CliError, ErrorKind};

/// A row that contains a secret.
pub(crate) struct RowFinding {
    /// The ID of the row, or its line.
    pub(crate) id: Value,
    /// The rule that it breaks.
    pub(crate) rule: &'static str,
    /// Why it is a secret.
    pub(crate) reason: String,
}

/// The result of judging rows.
pub(crate) struct RowsReport {
    /// The number of rows.
    pub(crate) rows: usize,
    /// The rows that contain a secret or could not be searched.
    pub(crate) findings: Vec<RowFinding>,
    /// The failure because of the findings; none without any.
    pub(crate) failure: Option<CliError>,
}

/// Judges all rows of standard input.
///
/// # Errors
///
/// `ErrorKind::Environment` if standard input cannot be read; `ErrorKind::Usage` for a line that is not a row.
pub(crate) fn judge(project: &Project) -> Result<RowsReport, CliError> {
    let text = fs::read_standard_input().map_err(|error| {
        CliError::new(ErrorKind::Environment, Problem::new("cannot read standard input").cause(error.to_string()))
    })?;
    let detector = project.detector();
    let mut findings = Vec::new();
    let mut rows = 0;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut row: Map<String, Value> = serde_json::from_str(line).map_err(|_| not_a_row(index + 1))?;
        rows += 1;
        let name = row.get("name").and_then(plain).unwrap_or_default();
        let value = row.get("value").and_then(plain);
        if let Some(verdict) = detector.judge(&name, value.as_deref()) {
            let id = row.remove("id").filter(|id| !id.is_null()).unwrap_or_else(|| Value::from(index + 1));
            findings.push(RowFinding { id, rule: verdict.rule, reason: verdict.reason });
        }
    }
    let failure = failure(rows, &findings);
    Ok(RowsReport { rows, findings, failure })
}

/// Returns the failure because of the findings.
fn failure(rows: usize, findings: &[RowFinding]) -> Option<CliError> {
    let not_searched = findings.iter().filter(|finding| finding.rule == secretscan::rules::NOT_SEARCHED).count();
    let rows = count(rows, "row");
    let message = match (findings.len() - not_searched, not_searched) {
        (0, 0) => return None,
        (secrets, 0) => format!("{secrets} of {rows} hold a secret"),
        (0, not_searched) => format!("{not_searched} of {rows} could not be searched"),
        (secrets, not_searched) => {
            format!("{secrets} of {rows} hold a secret, and {not_searched} could not be searched")
        }
    };
    Some(CliError::new(ErrorKind::Failed, Problem::new(message)))
}

/// The parser's message is not used, since it would repeat the line.
fn not_a_row(line: usize) -> CliError {
    let problem = Problem::new(format!("line {line} of standard input is not a JSON object; it is not shown"));
    CliError::new(ErrorKind::Usage, problem.hint("each line is `{\"id\": …, \"name\": …, \"value\": …}`"))
}

/// Returns a string as it is, and other values in JSON.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
