//! `secrets scan --stdin-args`: names with their values, judged one by one.

use serde_json::{Map, Value};

use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::text::count;
use crate::effects::fs;
use crate::error::{CliError, ErrorKind};

/// A row that holds a secret.
pub(crate) struct RowFinding {
    /// The id that the row has, or its line.
    pub(crate) id: Value,
    /// The rule that it breaks.
    pub(crate) rule: &'static str,
    /// Why it is a secret.
    pub(crate) reason: String,
}

/// What rows came to.
pub(crate) struct RowsReport {
    /// How many rows there were.
    pub(crate) rows: usize,
    /// Those that hold a secret, or could not be searched.
    pub(crate) findings: Vec<RowFinding>,
    /// The failure that the findings are; none without any.
    pub(crate) failure: Option<CliError>,
}

/// Judges all rows.
///
/// # Errors
///
/// `ErrorKind::Environment` where standard input cannot be read; `ErrorKind::Usage` for a line that is no row.
pub(crate) fn judge(project: &Project) -> Result<RowsReport, CliError> {
    let text = fs::read_standard_input().map_err(|error| {
        CliError::new(ErrorKind::Environment, Problem::new("cannot read standard input").cause(error.to_string()))
    })?;
    let detector = project.detector()?;
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

/// The failure of rows with findings.
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

/// The parser's own words would repeat the line.
fn not_a_row(line: usize) -> CliError {
    let problem = Problem::new(format!("line {line} of standard input is not a JSON object; it is not shown"));
    CliError::new(ErrorKind::Usage, problem.hint("each line is `{\"id\": …, \"name\": …, \"value\": …}`"))
}

/// A text as it is; numbers and the like as JSON writes them.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
