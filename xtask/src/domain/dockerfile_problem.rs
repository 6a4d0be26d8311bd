//! The problem of a Dockerfile that cannot be parsed.

use dockerfile::{ReadError, Reason};

use super::encoding::without_marks;
use super::problem::{Place, Problem};

/// Returns the problem if it can be reported before a builder is called; the builder reports the others itself.
pub fn dockerfile_problem(error: &ReadError, file: &str) -> Option<Problem> {
    let problem = Problem::new(cannot_be_built(error, file)).at(Place::line(file, error.line));
    remedy(error, file).map(|remedy| problem.hint(remedy))
}

/// Returns what is wrong, in one sentence.
pub fn cannot_be_built(error: &ReadError, file: &str) -> String {
    format!("`{file}` cannot be built: {}", error.reason)
}

/// Returns the remedy, if there is one that does not depend on the line.
pub fn remedy(error: &ReadError, file: &str) -> Option<String> {
    match error.reason {
        Reason::Mark => Some(without_marks(file)),
        Reason::TooMuch => Some("write the value of this line without variables".to_owned()),
        _ => None,
    }
}
