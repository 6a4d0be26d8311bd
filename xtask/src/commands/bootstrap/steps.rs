//! The execution of a step: said, done, and followed while it runs.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use process::RunError;

use crate::commands::{Context, joined, run_error};
use crate::domain::bootstrap::Step;
use crate::domain::problem::Problem;
use crate::domain::text::{duration, last_line};
use crate::effects::clock::Stopwatch;
use crate::error::{CliError, ErrorKind};

/// How many last lines of a step are kept for the message.
const KEPT_LINES: usize = 20;

/// How long a step says nothing before it is said that it goes on.
const SILENCE: Duration = Duration::from_secs(30);

/// The steps of a run, as calls.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Steps {
    /// Those that were begun, or would be in a dry run.
    pub(in crate::commands) begun: Vec<String>,
    /// Those that may have changed the machine.
    pub(in crate::commands) done: Vec<String>,
}

/// A step that a signal has ended may have had an effect.
pub(super) fn unfinished(signal: i32, step: &str) -> CliError {
    CliError::interrupted(signal, &format!("`{step}` may not be finished"))
}

pub(super) fn announce(context: &Context, step: &Step, dry_run: bool, steps: &mut Steps) {
    steps.begun.push(step.invocation.to_string());
    if dry_run {
        context.ui.status("Would run", &format!("`{}`: {}", step.invocation, step.what));
    } else {
        context.ui.status("Running", &format!("`{}`: {}", step.invocation, step.what));
    }
}

/// Says a step, does it, and shows what it says.
pub(in crate::commands) fn perform(
    context: &Context,
    step: &Step,
    dry_run: bool,
    steps: &mut Steps,
) -> Result<(), CliError> {
    announce(context, step, dry_run, steps);
    if dry_run {
        return Ok(());
    }
    let (code, said) = follow(context, step)?;
    // A step that failed may have had an effect, too.
    steps.done.push(step.invocation.to_string());
    if code == Some(0) {
        return Ok(());
    }
    let how = code.map_or("was ended by a signal".to_owned(), |code| format!("ended with exit code {code}"));
    let problem = Problem::new(format!("`{}` {how}", step.invocation)).note(format!("the step was {}", step.what));
    let problem = last_line(&said).into_iter().fold(problem, Problem::cause);
    Err(CliError::new(ErrorKind::Failed, problem))
}

/// Runs a step and shows what it says; its exit code and its last lines. A step that says nothing for a while is said to
/// go on: it may take as long as it will.
pub(super) fn follow(context: &Context, step: &Step) -> Result<(Option<i32>, String), CliError> {
    let (sender, receiver) = channel::<String>();
    let watch = Stopwatch::start();
    let mut last: VecDeque<String> = VecDeque::new();
    let code = std::thread::scope(|scope| {
        let runner = &context.runner;
        let worker = scope.spawn(move || {
            runner.follow(&step.invocation, None, |_, line| {
                let _main_thread_gone = sender.send(line.to_owned());
            })
        });
        loop {
            match receiver.recv_timeout(SILENCE) {
                Ok(line) => {
                    context.ui.tool_line(&line);
                    if last.len() == KEPT_LINES {
                        last.pop_front();
                    }
                    last.push_back(line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    context.ui.note(&format!("`{}` still runs after {}", step.invocation, duration(watch.elapsed())));
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        joined(worker)
    });
    match code {
        Ok(code) => Ok((code, Vec::from(last).join("\n"))),
        Err(RunError::Interrupted(signal)) => Err(unfinished(signal, &step.invocation.to_string())),
        Err(error) => Err(run_error(&error)),
    }
}
