//! The execution of a build plan: components at the same time, events to the one thread that talks.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use process::{Masking, RunError, signals};

use super::guard::{Guard, Guarded};
use super::outcome::Outcome;
use crate::cli::BuildArgs;
use crate::commands::secrets::image::ScanError;
use crate::commands::tool_errors::run_hint;
use crate::context::Project;
use crate::domain::build_log::{BuildEvent, BuildLog, FailureDetail, is_from};
use crate::domain::builder_words::BuilderInUse;
use crate::domain::engine::ImageFacts;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::Problem;
use crate::effects::clock::Stopwatch;
use crate::effects::docker::{self, EngineError};
use crate::effects::fs::LogFile;
use crate::effects::{environment, fs};
use crate::error::{CliError, ErrorKind};
use crate::ui::progress::Board;

/// How long a step must go on before it is said: one from the cache is over at once.
const SETTLING: Duration = Duration::from_millis(300);

enum Message {
    Began(usize),
    Step(usize, String),
    Cached(usize),
    Line(usize, String),
    Searching(usize),
    Ended(usize, Box<Outcome>),
}

/// Runs all builds; outcomes stand in the order of the plan.
pub(super) fn execute(
    project: &Project,
    guard: &Guard<'_>,
    plan: &BuildPlan,
    logs: Vec<LogFile>,
    args: &BuildArgs,
) -> (Vec<Outcome>, Duration) {
    let watch = Stopwatch::start();
    let names: Vec<&str> = plan.builds.iter().map(|build| build.name.as_str()).collect();
    let mut board = Board::new(project.ui, &names);
    let mut outcomes: Vec<Outcome> = plan.builds.iter().map(|_| Outcome::NotStarted).collect();
    let jobs = args.jobs.map_or(plan.builds.len(), usize::from).min(plan.builds.len());
    let queue = Mutex::new(plan.builds.iter().zip(logs).enumerate());
    let failed = AtomicBool::new(false);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, queue, failed) = (sender.clone(), &queue, &failed);
            scope.spawn(move || {
                // What may run at the same time begins at the same time: only those that wait are held back by a failure.
                let begins = |first: bool| {
                    (first || args.keep_going || !failed.load(Ordering::SeqCst)) && signals::received().is_none()
                };
                let mut first = true;
                while begins(std::mem::take(&mut first)) {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some((row, (build, log))) = next else { break };
                    let outcome = build_one(project, guard, build, log, row, &sender);
                    if !matches!(outcome, Outcome::Built { .. }) {
                        failed.store(true, Ordering::SeqCst);
                    }
                    let _main_thread_gone = sender.send(Message::Ended(row, Box::new(outcome)));
                }
            });
        }
        drop(sender);
        loop {
            let message = match receiver.recv_timeout(SETTLING) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    board.settle();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match message {
                Message::Began(row) => board.begin(row),
                Message::Step(row, text) => board.step(row, &text),
                Message::Cached(row) => board.cached(row),
                Message::Line(row, text) => board.line(row, &text),
                Message::Searching(row) => board.say(row, "looking for secrets in the image"),
                Message::Ended(row, outcome) => {
                    board.end(row);
                    if let Some(place) = outcomes.get_mut(row) {
                        *place = *outcome;
                    }
                }
            }
        }
    });
    (outcomes, watch.elapsed())
}

fn build_one(
    project: &Project,
    guard: &Guard<'_>,
    build: &ComponentBuild,
    mut file: LogFile,
    row: usize,
    sender: &Sender<Message>,
) -> Outcome {
    let watch = Stopwatch::start();
    let _main_thread_gone = sender.send(Message::Began(row));
    let path = file.path.clone();
    let mut log = BuildLog::default();
    let mut from_last = false;
    let verbose = project.ui.verbose;
    let runner = guard.runner();
    let masking = runner.masking(&build.invocation);
    let followed = runner.follow(&build.invocation, Some(file.log()), |line, shown| {
        let message = match log.feed(line) {
            _ if verbose => Message::Line(row, shown.to_owned()),
            Some(BuildEvent::Started(step)) => {
                from_last = is_from(&step);
                Message::Step(row, one_line(&masking.apply_to_talk(&step)))
            }
            Some(BuildEvent::Cached(_)) => Message::Cached(row),
            None => return,
        };
        let _main_thread_gone = sender.send(message);
    });
    match followed {
        Ok(Some(0)) => {
            // A base image that was looked up last is not what the search waits for.
            let _main_thread_gone = if from_last { sender.send(Message::Cached(row)) } else { Ok(()) };
            let _main_thread_gone = sender.send(Message::Searching(row));
            built(project, guard, build, watch, (log.steps(), path, log.builder().cloned()))
        }
        Ok(code) => {
            Outcome::Failed { detail: told(&log.failure(), build, &masking), code, time: watch.elapsed(), log: path }
        }
        Err(RunError::Interrupted(signal)) => Outcome::Interrupted(signal),
        Err(error) => Outcome::Broken { hint: run_hint(&error), reason: error.to_string() },
    }
}

/// What may be told of a failure; the place is found before anything is taken out of the step's name.
fn told(detail: &FailureDetail, build: &ComponentBuild, masking: &Masking) -> FailureDetail {
    // The engine of 20.10 does not say the line.
    let line = detail.line.or_else(|| build.facts.line_of_step(detail.step.as_deref()?));
    let masked = |text: &String| masking.apply_to_talk(text).into_owned();
    FailureDetail {
        step: detail.step.as_ref().map(masked),
        last_lines: detail.last_lines.iter().map(masked).collect(),
        line,
        ..detail.clone()
    }
}

/// The builder said yes; what counts is the image under the tag, and what is in it.
fn built(
    project: &Project,
    guard: &Guard<'_>,
    build: &ComponentBuild,
    watch: Stopwatch,
    (steps, log, builder): ((usize, usize), PathBuf, Option<BuilderInUse>),
) -> Outcome {
    let reference = build.references.first().map(ToString::to_string).unwrap_or_default();
    let details = match docker::image_details(&project.runner, &reference) {
        Ok(Some(details)) => details,
        Ok(None) => {
            let buildx = build.invocation.args.first().is_some_and(|arg| arg == "buildx");
            let asked = || docker::current_builder(&project.runner).filter(|_| buildx);
            return Outcome::NoImage { builder: builder.or_else(asked) };
        }
        Err(error) => {
            // Nobody has looked at it.
            guard.remove(build);
            return unanswered(&error);
        }
    };
    match guard.judge(build, &reference, &details) {
        Ok(Guarded::Clean { warnings, scan }) => {
            // Engines count in different ways; ours is the same with each.
            let size_bytes = scan.size.unwrap_or(details.facts.size_bytes);
            let image = ImageFacts { size_bytes, ..details.facts };
            Outcome::Built { image, steps, time: watch.elapsed(), log, warnings, scan }
        }
        Ok(Guarded::Unfit(unfit)) => Outcome::Unfit { unfit, time: watch.elapsed(), log },
        Err(ScanError::Engine(error)) => unanswered(&error),
        Err(error) => Outcome::broken(format!("the image could not be searched for secrets: {error}")),
    }
}

fn unanswered(error: &EngineError) -> Outcome {
    match error {
        EngineError::Client(RunError::Interrupted(signal)) => Outcome::Interrupted(*signal),
        other => Outcome::broken(other.to_string()),
    }
}

/// A log file for each build, open before anything is built.
pub(super) fn open_logs(project: &Project, names: &[&str]) -> Result<Vec<LogFile>, CliError> {
    let folder = environment::log_dir().unwrap_or_else(|| project.root.join("target/xtask/logs"));
    let open = |name: &&str| fs::create_log(&folder, name);
    names.iter().map(open).collect::<Result<_, _>>().map_err(|error| {
        let problem = Problem::new("cannot write the log files of the builds").cause(format!("{error:#}"));
        let hint = "make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`";
        CliError::new(ErrorKind::Environment, problem.hint(hint))
    })
}

/// A step on one line: continuation lines leave runs of blanks behind, and some scripts are long.
fn one_line(step: &str) -> String {
    const SHOWN: usize = 110;
    let text = step.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}
