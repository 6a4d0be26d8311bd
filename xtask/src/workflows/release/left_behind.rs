//! Waits for what a release that was killed has left running, so that nothing changes behind the back of this one.

use std::time::Duration;

use process::signals::received;

use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::release::events::ReleaseEvents;
use crate::domain::text::joined;
use crate::effects::clock::{self, Stopwatch};
use crate::effects::release::journal_folder::{JournalFolder, Process};
use crate::error::{CliError, ErrorKind};
use crate::workflows::verify;

/// How long a child may run on: as long as a push.
const LIMIT: Duration = Duration::from_mins(10);

/// The time between two looks.
const BETWEEN: Duration = Duration::from_millis(100);

/// Waits until the children of a release that was killed have ended.
///
/// # Errors
///
/// They do not end, or a signal.
pub(super) fn wait(project: &Project, events: &dyn ReleaseEvents, folder: &mut JournalFolder) -> Result<(), CliError> {
    let Some(mut left) = folder.left_behind()? else { return Ok(()) };
    // Servers of a verification do not end by themselves. Without an engine there is nothing to wait for in them.
    let _unknown = verify::remove_left(&project.runner, events);
    events.note(&format!("waiting for processes of a killed release: {}", names(&left)));
    // A call of minikube waits for minutes for an image that nobody sends any more. Every load can be repeated.
    left.iter().filter(|process| process.program == "minikube").for_each(Process::end);
    let watch = Stopwatch::start();
    while watch.elapsed() < LIMIT {
        if let Some(signal) = received() {
            return Err(CliError::interrupted(signal, "nothing was changed"));
        }
        match folder.left_behind()? {
            None => return Ok(()),
            Some(processes) => left = processes,
        }
        clock::pause(BETWEEN);
    }
    Err(still_running(&left))
}

/// The error of processes that do not end.
fn still_running(left: &[Process]) -> CliError {
    let kill = left.iter().map(|process| process.id.to_string()).collect::<Vec<_>>().join(" ");
    let problem =
        Problem::new(format!("processes of a killed release do not end: {}", names(left))).note("nothing was changed");
    let problem = if left.is_empty() {
        problem.hint("wait until they have ended, and run the command again")
    } else {
        problem.hint(format!("end them with `kill {kill}`, and run the command again"))
    };
    CliError::new(ErrorKind::Environment, problem)
}

/// Returns the names of processes for messages.
fn names(left: &[Process]) -> String {
    let names: Vec<String> =
        left.iter().map(|process| format!("`{}` (process {})", process.program, process.id)).collect();
    if names.is_empty() { "unknown ones".to_owned() } else { joined(&names) }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]
mod tests {
    use super::*;
    use crate::domain::problem::in_words;
    use snapbox::{assert_data_eq, str};

    #[test]
    fn processes_that_do_not_end_are_named() {
        let process = |id, program: &str| Process { id, program: program.to_owned() };
        let said = |left: &[Process]| in_words(&still_running(left).problems[0]);
        assert_data_eq!(
            said(&[process(17, "git"), process(18, "docker")]),
            str![[r#"
processes of a killed release do not end: `git` (process 17) and `docker` (process 18)
note: nothing was changed
hint: end them with `kill 17 18`, and run the command again

"#]]
        );
        assert_data_eq!(
            said(&[]),
            str![[r#"
processes of a killed release do not end: unknown ones
note: nothing was changed
hint: wait until they have ended, and run the command again

"#]]
        );
    }
}
