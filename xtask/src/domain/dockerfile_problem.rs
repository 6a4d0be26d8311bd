//! The problem of a Dockerfile that cannot be parsed.

use dockerfile::{ReadError, Reason};

use super::encoding::without_marks;
use super::problem::{Place, Problem};

/// Returns the problem if it can be reported before a builder is called; the builder reports the others itself.
pub fn dockerfile_problem(error: &ReadError, file: &str) -> Option<Problem> {
    let problem = Problem::new(format!("`{file}` cannot be built: {}", error.reason));
    let problem = problem.at(Place::line(file, error.line));
    match error.reason {
        Reason::Mark => Some(problem.hint(without_marks(file))),
        Reason::TooMuch => Some(problem.hint("write the value of this line without variables")),
        _ => None,
    }
}
