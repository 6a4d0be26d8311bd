//! Undoes a release that was begun by an earlier run.

use super::push::find_out;
use super::session::Session;
use super::undo::undo;
use crate::domain::problem::Problem;
use crate::domain::release::journal::Reach;
use crate::error::{CliError, ErrorKind};
use crate::workflows::release::options::ReleaseEnd;

/// Undoes a release, unless others can have seen it. After a push that was cut off, only the remote knows.
///
/// # Errors
///
/// The release is public, or the remote does not say whether it is.
pub(super) fn abort(session: &mut Session<'_>) -> Result<(ReleaseEnd, Option<CliError>), CliError> {
    let version = session.journal.version.clone();
    if session.journal.reach == Reach::Uncertain {
        find_out(session).map_err(|error| silent(session, error))?;
    }
    if session.journal.reach == Reach::Public {
        let problem = Problem::new(format!("release {version} is public and cannot be undone"))
            .note(format!("remote `{}` has its tag", session.journal.remote.clone().unwrap_or_default()))
            .hint(format!("finish it with `cargo xtask release {version} --resume`"));
        return Err(CliError::new(ErrorKind::Unfinished, problem));
    }
    let left = undo(session);
    if left.is_empty() {
        return Ok((ReleaseEnd::Undone, None));
    }
    let problem = Problem::new(format!("not all of release {version} was undone"));
    let problem = left.into_iter().fold(problem, Problem::note);
    let problem = problem.hint(format!("run `cargo xtask release {version} --abort` again when the cause is mended"));
    Ok((ReleaseEnd::Unfinished, Some(CliError::new(ErrorKind::Failed, problem))))
}

/// The error of a remote that does not say whether it has the release.
fn silent(session: &Session<'_>, error: CliError) -> CliError {
    if matches!(error.kind, ErrorKind::Interrupted(_)) {
        return error;
    }
    let (version, remote) = (&session.journal.version, session.journal.remote.clone().unwrap_or_default());
    let problem = Problem::new(format!("release {version} may be public, so it is not undone"))
        .note(format!("its push was cut off, and remote `{remote}` does not say whether it has it"))
        .hint(format!(
            "run `cargo xtask release {version} --abort` again when `git ls-remote {remote}` gives an answer"
        ));
    let causes = error.problems.into_iter().flat_map(|problem| problem.causes);
    CliError::new(ErrorKind::Unfinished, causes.fold(problem, Problem::cause))
}
