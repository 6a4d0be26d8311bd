//! How a command ends: what it says last, its JSON document, and the exit code.

use serde::Serialize;

use crate::domain::problem::Problem;
use crate::effects::environment;
use crate::error::{CliError, ErrorKind};
use crate::ui::{Ui, json};

/// A command's result for `--json`, with the error if there was one.
pub(crate) struct Ending<T> {
    /// What was done or found, also by a command that failed later.
    pub(crate) result: Option<T>,
    /// Why the command failed.
    pub(crate) error: Option<CliError>,
}

impl<T> From<CliError> for Ending<T> {
    fn from(error: CliError) -> Self {
        Self { result: None, error: Some(error) }
    }
}

/// Shows the error and the document of a command; returns its exit code.
pub(crate) fn finish<T: Serialize>(ui: Ui, command: &str, ending: Ending<T>) -> u8 {
    if let Some(error) = &ending.error {
        ui.errors(&error.problems);
    }
    if ui.json {
        ui.document(&json::document(command, ending.result, ending.error.as_ref()));
    }
    ending.error.map_or(0, |error| error.kind.exit_code())
}

/// The exit code after clap has said what is wrong with the arguments; where `--json` was asked for, a document repeats
/// its words.
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
