//! Runs the steps of a release one after the other, and writes the journal around each.

use super::session::{Ended, Session};
use super::undo::undo;
use super::{candidates, commit, publish, push, record};
use crate::domain::release::journal::Reach;
use crate::domain::release::step::{Step, StepState};
use crate::effects::clock::Stopwatch;
use crate::error::{CliError, ErrorKind};
use crate::workflows::release::options::ReleaseEnd;

/// Runs the steps that are left. Before others can have seen the release, a failure undoes everything.
pub(super) fn run(session: &mut Session<'_>) -> (ReleaseEnd, Option<CliError>) {
    while let Some(step) = session.journal.next() {
        if let Err(error) = run_step(session, step) {
            return stop(session, step, error);
        }
    }
    match session.folder.clear() {
        Ok(()) => (ReleaseEnd::Released, None),
        // Everything is done; only the journal is left.
        Err(error) => (ReleaseEnd::Released, Some(error.into())),
    }
}

fn run_step(session: &mut Session<'_>, step: Step) -> Result<(), CliError> {
    let watch = Stopwatch::start();
    session.journal.put(step, StepState::Begun, 0);
    session.save()?;
    let ended = match step {
        Step::Commit => commit::make(session),
        Step::Build => candidates::build(session),
        Step::Verify => candidates::verify(session),
        Step::Load => candidates::load(session),
        Step::Upload => push::upload(session),
        Step::Sign => push::sign(session),
        Step::Publish => publish::publish(session),
        Step::Push => push::push(session),
        Step::Promote => push::promote(session),
        Step::Deliver => candidates::deliver(session),
        Step::Record => record::write(session),
    }?;
    let state = match ended {
        Ended::Done => StepState::Done,
        Ended::Skipped => StepState::Skipped,
    };
    let milliseconds = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    session.journal.put(step, state, milliseconds);
    session.save()
}

/// Ends a release whose step has failed.
fn stop(session: &mut Session<'_>, step: Step, mut error: CliError) -> (ReleaseEnd, Option<CliError>) {
    let version = session.version;
    let resume = format!("finish it with `cargo xtask release {version} --resume`");
    let interrupted = matches!(error.kind, ErrorKind::Interrupted(_));
    if let ErrorKind::Interrupted(signal) = error.kind {
        error = CliError::interrupted(signal, &format!("release {version} had begun"));
    }
    if session.journal.reach != Reach::Here {
        let seen = if session.journal.reach == Reach::Public { "is public" } else { "may be public" };
        if let Some(problem) = error.problems.first_mut() {
            problem.notes.push(format!(
                "release {version} stopped in step `{}`; it {seen} already, so nothing was undone",
                step.name()
            ));
        }
        if let Some(problem) = error.problems.last_mut() {
            problem.hints.push(resume);
        }
        error.kind = if interrupted { error.kind } else { ErrorKind::Unfinished };
        session.folder.clear_scratch();
        return (ReleaseEnd::Unfinished, Some(error));
    }
    let left = undo(session);
    error.kind = if interrupted { error.kind } else { ErrorKind::Failed };
    let Some(problem) = error.problems.last_mut() else { return (ReleaseEnd::Undone, Some(error)) };
    if left.is_empty() {
        problem.notes.push(format!("release {version} stopped in step `{}`; everything was undone", step.name()));
        return (ReleaseEnd::Undone, Some(error));
    }
    problem.notes.push(format!("release {version} stopped in step `{}`, and not all was undone", step.name()));
    problem.notes.extend(left);
    problem.hints.push(format!("undo the rest with `cargo xtask release {version} --abort`"));
    (ReleaseEnd::Unfinished, Some(error))
}
