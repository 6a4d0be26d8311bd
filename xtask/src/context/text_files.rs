//! Reads text files; refuses paths that are not files, and files that are not UTF-8.

use std::path::Path;

use crate::domain::encoding;
use crate::domain::problem::{Place, Problem};
use crate::effects::fs::{self, FileError};
use crate::error::{CliError, ErrorKind};
use shown::replaced;

/// Reads a text file; `reader` names the program that reads it as UTF-8, and `shown` is its path in messages.
pub(crate) fn read(shown: &str, path: &Path, reader: &str) -> Result<Vec<u8>, CliError> {
    let text = fs::read(path).map_err(|error| {
        let problem = Problem::new(format!("cannot read `{shown}`: {error}")).at(Place::file(shown));
        let problem = match error {
            FileError::Gone => problem,
            FileError::NotAFile(_) => problem.hint(format!("put a file in its place, or take `{shown}` away")),
            FileError::Io(_) => problem.hint(format!("make `{shown}` readable for the user who runs this")),
        };
        CliError::new(ErrorKind::Config, problem)
    })?;
    match encoding::wide(&text) {
        Some(encoding) => Err(CliError::new(ErrorKind::Config, encoding.problem(shown, reader))),
        None => Ok(text),
    }
}

/// Reads the text of taskflow.toml, which must be UTF-8 according to TOML.
pub(super) fn configuration(shown: &str, path: &Path) -> Result<String, CliError> {
    let text = read(shown, path, "xtask").map_err(|CliError { kind, mut problems }| {
        if let Some(problem) = problems.first_mut().filter(|problem| problem.hints.is_empty()) {
            problem.hints.push("pass the path of a taskflow.toml with `--config FILE`".to_owned());
        }
        CliError::all(kind, problems)
    })?;
    match encoding::foreign(&text) {
        Some(encoding) => Err(CliError::new(ErrorKind::Config, encoding.problem(shown, "xtask"))),
        None => Ok(replaced(&text).into_owned()),
    }
}
