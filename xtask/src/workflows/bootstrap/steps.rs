//! Announces steps, runs them, and shows their output.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use process::Runner;

use crate::domain::bootstrap::BootstrapStep;
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::text::{duration, last_line, ticked_list};
use crate::effects::clock::Stopwatch;
use crate::effects::threads::joined;
use crate::error::{CliError, ErrorKind};

/// How many of a step's last lines are kept for the error message.
const KEPT_LINES: usize = 20;

/// The default of `silence`.
const SILENCE: Duration = Duration::from_secs(30);

/// Runs steps, and records their calls.
pub(crate) struct Steps<'a> {
    pub(super) events: &'a dyn Events,
    pub(super) runner: &'a Runner,
    /// Only announce the steps.
    pub(super) dry_run: bool,
    /// How long a step may print nothing before a note says that it still runs.
    silence: Duration,
    /// The calls that were begun, or would be in a dry run.
    pub(crate) begun: Vec<String>,
    /// The calls that may have changed the machine.
    pub(super) done: Vec<String>,
}

/// Returns the error of a step that a signal ended, which may have had an effect.
fn unfinished(signal: i32, step: &str) -> CliError {
    CliError::interrupted(signal, &format!("`{step}` may not be finished"))
}

impl<'a> Steps<'a> {
    /// Starts a record without steps.
    pub(crate) fn new(events: &'a dyn Events, runner: &'a Runner, dry_run: bool) -> Self {
        Self { events, runner, dry_run, silence: SILENCE, begun: Vec::new(), done: Vec::new() }
    }

    /// Whether nothing was begun, so that an error is the one of a command that has done nothing.
    pub(crate) fn changed_nothing(&self) -> bool {
        self.dry_run || self.begun.is_empty()
    }

    /// Converts the error of a command that has done nothing into the one after these steps: a refusal becomes a failure,
    /// and after a signal the last step may be unfinished.
    pub(crate) fn failure(&self, mut error: CliError) -> CliError {
        if self.changed_nothing() {
            return error;
        }
        if let (ErrorKind::Interrupted(signal), Some(step)) = (error.kind, self.begun.last()) {
            return unfinished(signal, step);
        }
        let refuses = matches!(error.kind, ErrorKind::Environment | ErrorKind::Config | ErrorKind::Refused);
        if refuses && !self.done.is_empty() {
            error.kind = ErrorKind::Failed;
            let note = format!("done before by `--bootstrap`: {}", ticked_list(&self.done));
            error.problems.last_mut().into_iter().for_each(|problem| problem.notes.push(note.clone()));
        }
        error
    }

    /// Announces a step before it is run.
    pub(super) fn announce(&mut self, step: &BootstrapStep) {
        self.begun.push(step.invocation.to_string());
        let word = if self.dry_run { "Would run" } else { "Running" };
        self.events.status(word, &format!("`{}`: {}", step.invocation, step.what));
    }

    /// Announces a step, runs it, and shows its output.
    pub(crate) fn perform(&mut self, step: &BootstrapStep) -> Result<(), CliError> {
        self.announce(step);
        if self.dry_run {
            return Ok(());
        }
        let (code, said) = self.follow(step)?;
        // A step that failed may have had an effect, too.
        self.done.push(step.invocation.to_string());
        if code == Some(0) {
            return Ok(());
        }
        let how = code.map_or("was ended by a signal".to_owned(), |code| format!("ended with exit code {code}"));
        let problem = Problem::new(format!("`{}` {how}", step.invocation)).note(format!("the step was {}", step.what));
        let problem = last_line(&said).into_iter().fold(problem, Problem::cause);
        Err(CliError::new(ErrorKind::Failed, problem))
    }

    /// Runs a step and shows its output; returns its exit code and its last lines. There is no time limit; while a step
    /// prints nothing, a note says that it still runs.
    pub(super) fn follow(&self, step: &BootstrapStep) -> Result<(Option<i32>, String), CliError> {
        let (sender, receiver) = channel::<String>();
        let watch = Stopwatch::start();
        let mut last: VecDeque<String> = VecDeque::new();
        let code = std::thread::scope(|scope| {
            let runner = self.runner;
            let worker = scope.spawn(move || {
                runner.follow(&step.invocation, None, |_, line| {
                    let _main_thread_gone = sender.send(line.to_owned());
                })
            });
            loop {
                match receiver.recv_timeout(self.silence) {
                    Ok(line) => {
                        self.events.tool_line(&line);
                        if last.len() == KEPT_LINES {
                            last.pop_front();
                        }
                        last.push_back(line);
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        let time = duration(watch.elapsed());
                        self.events.note(&format!("`{}` still runs after {time}", step.invocation));
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            joined(worker)
        });
        match code {
            Ok(code) => Ok((code, Vec::from(last).join("\n"))),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]
mod tests {
    use std::cell::RefCell;
    use std::path::Path;

    use process::Invocation;
    use snapbox::{assert_data_eq, str};

    use super::*;
    use crate::effects::runner;

    /// Writes down what is said.
    #[derive(Default)]
    struct Said(RefCell<String>);

    impl Said {
        fn line(&self, text: &str) {
            self.0.borrow_mut().extend([text, "\n"]);
        }
    }

    impl Events for Said {
        fn status(&self, word: &str, text: &str) {
            self.line(&format!("{word} {text}"));
        }

        fn note(&self, text: &str) {
            self.line(&format!("note: {text}"));
        }

        fn warning(&self, text: &str) {
            self.line(&format!("warning: {text}"));
        }

        fn warnings(&self, problems: &[Problem]) {
            for problem in problems {
                self.warning(&problem.message);
            }
        }

        fn tool_line(&self, line: &str) {
            self.line(line);
        }
    }

    #[test]
    fn a_step_that_says_nothing_is_said_to_go_on() {
        let (said, runner) = (Said::default(), runner::below(Path::new("/")));
        let step = BootstrapStep {
            invocation: Invocation::new("sh", ["-c", "sleep 1; echo done"]),
            what: "a step without words".to_owned(),
        };
        let mut steps = Steps { silence: Duration::from_millis(20), ..Steps::new(&said, &runner, false) };
        steps.perform(&step).unwrap();
        let said = said.0.into_inner();
        // How often it is said depends on the machine.
        let mut lines: Vec<&str> = said.lines().collect();
        lines.dedup_by(|next, line| next.starts_with("note: ") && line.starts_with("note: "));
        assert_data_eq!(
            lines.join("\n"),
            str![[r#"
Running `sh -c 'sleep 1; echo done'`: a step without words
note: `sh -c 'sleep 1; echo done'` still runs after [..] s
done
"#]]
        );
    }

    #[test]
    fn an_error_after_steps_says_that_something_was_done() {
        let (said, runner) = (Said::default(), runner::below(Path::new("/")));
        let step = BootstrapStep { invocation: Invocation::new("true", Vec::<&str>::new()), what: "a step".to_owned() };
        let refusal = || CliError::new(ErrorKind::Environment, Problem::new("a suite needs a database"));
        let interrupted = || CliError::from(process::RunError::Interrupted(2));
        let shown = |error: &CliError| {
            let problem = &error.problems[0];
            format!("{}: {} {:?}", error.kind.name(), problem.message, problem.notes)
        };
        let mut steps = Steps::new(&said, &runner, false);
        assert_eq!(shown(&steps.failure(interrupted())), shown(&interrupted()));
        assert_eq!(shown(&steps.failure(refusal())), shown(&refusal()));
        steps.perform(&step).unwrap();
        let after = [steps.failure(interrupted()), steps.failure(refusal())];
        assert_data_eq!(
            after.iter().map(shown).collect::<Vec<_>>().join("\n"),
            str![[r#"
interrupted: interrupted by Ctrl-C: `true` may not be finished []
failed: a suite needs a database ["done before by `--bootstrap`: `true`"]
"#]]
        );
    }
}
