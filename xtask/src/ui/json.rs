//! The documents of `--json`: `schema`, `command`, `ok` and `error`, followed by the fields of the command. Names and
//! meanings are a public interface: fields may be added, any other change needs a new schema number.

use serde::Serialize;

use crate::domain::problem::Problem;
use crate::error::CliError;

/// The schema number of every document.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    command: &'a str,
    ok: bool,
    #[serde(flatten)]
    result: Option<T>,
    error: Option<ErrorDocument<'a>>,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    kind: &'a str,
    exit_code: u8,
    problems: Vec<ProblemDocument<'a>>,
}

#[derive(Serialize)]
struct ProblemDocument<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    causes: &'a [String],
    notes: &'a [String],
    hints: &'a [String],
}

impl<'a> ProblemDocument<'a> {
    fn new(problem: &'a Problem) -> Self {
        let place = problem.place.as_ref();
        Self {
            message: &problem.message,
            rule: problem.rule,
            file: place.map(|place| place.file.as_str()),
            line: place.map(|place| place.line).filter(|line| *line > 0),
            column: place.map(|place| place.column).filter(|column| *column > 0),
            causes: &problem.causes,
            notes: &problem.notes,
            hints: &problem.hints,
        }
    }
}

/// Returns the document of a command, with its result, its error, or both.
pub fn document<T: Serialize>(command: &str, result: Option<T>, error: Option<&CliError>) -> String {
    let error_document = error.map(|error| ErrorDocument {
        kind: error.kind.name(),
        exit_code: error.kind.exit_code(),
        problems: error.problems.iter().map(ProblemDocument::new).collect(),
    });
    let document = Document { schema: SCHEMA, command, ok: error.is_none(), result, error: error_document };
    serde_json::to_string_pretty(&document).unwrap_or_else(|_| format!("{{\"schema\":{SCHEMA},\"ok\":false}}"))
}

/// Returns a document with a format of its own, such as a JSON Schema.
pub fn text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}
