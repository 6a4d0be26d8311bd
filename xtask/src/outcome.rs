//! The end of a command: its last messages, its JSON document, and its exit code.

use serde::Serialize;

use crate::domain::problem::Problem;
use crate::effects::environment;
use crate::error::{CliError, ErrorKind};
use crate::ui::{Ui, json};

/// The document of a command that did something, with the error if it failed. A command that did nothing returns only a
/// `CliError`.
pub(crate) struct Outcome<T> {
    /// The document: what was done or found.
    pub(crate) document: T,
    /// The error of the command; none if it succeeded.
    pub(crate) failure: Option<CliError>,
}

impl<T> Outcome<T> {
    /// Makes the outcome of a command that succeeded.
    pub(crate) fn success(document: T) -> Self {
        Self { document, failure: None }
    }
}

/// Prints the error and the document of a command; returns its exit code.
pub(crate) fn finish<T: Serialize>(ui: Ui, command: &str, ended: Result<Outcome<T>, CliError>) -> u8 {
    let (document, error) = match ended {
        Ok(Outcome { document, failure }) => (Some(document), failure),
        Err(error) => (None, Some(error)),
    };
    if let Some(error) = &error {
        ui.errors(&error.problems);
    }
    if ui.json {
        ui.document(&json::document(command, document, error.as_ref()));
    }
    error.map_or(0, |error| error.kind.exit_code())
}

/// Prints which argument is not UTF-8 although it must be; returns the exit code.
pub fn foreign_argument() -> u8 {
    let message = format!("the argument `{}` is not in UTF-8", environment::foreign_argument());
    let ui = Ui { json: environment::wants_json(), quiet: true, verbose: false };
    finish::<()>(ui, "xtask", Err(CliError::new(ErrorKind::Usage, Problem::new(message))))
}

/// Returns the exit code of a usage error, which clap has printed already. With `--json`, prints a document with clap's
/// message.
pub fn usage_error(told: &str) -> u8 {
    if environment::wants_json() {
        let first = told.lines().next().unwrap_or_default();
        let tips = told.lines().filter_map(|line| line.strip_prefix("  tip: "));
        let problem = Problem::new(first.trim_start_matches("error: "));
        let error = CliError::new(ErrorKind::Usage, tips.fold(problem, Problem::hint));
        let ui = Ui { json: true, quiet: true, verbose: false };
        ui.document(&json::document::<()>("xtask", None, Some(&error)));
    }
    ErrorKind::Usage.exit_code()
}
