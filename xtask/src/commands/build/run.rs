//! The execution of a build plan: components at the same time, events to the one thread that talks.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::cli::BuildArgs;
use crate::commands::Context;
use crate::domain::build_log::{BuildEvent, BuildLog, FailureDetail};
use crate::domain::engine::ImageFacts;
use crate::domain::masking::Masking;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::effects::clock::Stopwatch;
use crate::effects::process::RunError;
use crate::effects::{docker, environment, fs, signals};
use crate::ui::progress::Board;

/// How the build of one component ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The image is there under its tag.
    Built {
        /// What the engine says of it.
        image: ImageFacts,
        /// How many steps there were, and how many came from the layer cache.
        steps: (usize, usize),
        /// How long it took.
        time: Duration,
        /// The log file.
        log: PathBuf,
    },
    /// The builder said no.
    Failed {
        /// What is known of the reason.
        detail: FailureDetail,
        /// The exit code of the docker client; none after a signal.
        code: Option<i32>,
        /// How long it took.
        time: Duration,
        /// The log file.
        log: PathBuf,
    },
    /// The builder could not be run or not be followed.
    Broken(String),
    /// Ended by a signal.
    Interrupted(i32),
    /// Never begun.
    NotStarted,
}

/// How long a step must go on before it is said: one from the cache is over at once.
const SETTLING: Duration = Duration::from_millis(300);

enum Message {
    Began(usize),
    Step(usize, String),
    Cached(usize),
    Line(usize, String),
    Ended(usize, Outcome),
}

/// Runs all builds; outcomes stand in the order of the plan.
pub(super) fn execute(context: &Context, plan: &BuildPlan, args: &BuildArgs) -> (Vec<Outcome>, Duration) {
    let watch = Stopwatch::start();
    let names: Vec<&str> = plan.builds.iter().map(|build| build.name.as_str()).collect();
    let mut board = Board::new(context.ui, &names);
    let mut outcomes: Vec<Outcome> = plan.builds.iter().map(|_| Outcome::NotStarted).collect();
    let jobs = args.jobs.map_or(plan.builds.len(), usize::from).min(plan.builds.len());
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, next, failed) = (sender.clone(), &next, &failed);
            scope.spawn(move || {
                // What may run at the same time begins at the same time: only those that wait are held back by a failure.
                let begins = |first: bool| {
                    (first || args.keep_going || !failed.load(Ordering::SeqCst)) && signals::received().is_none()
                };
                let mut first = true;
                while begins(std::mem::take(&mut first)) {
                    let row = next.fetch_add(1, Ordering::SeqCst);
                    let Some(build) = plan.builds.get(row) else { break };
                    let outcome = build_one(context, build, row, &sender);
                    if !matches!(outcome, Outcome::Built { .. }) {
                        failed.store(true, Ordering::SeqCst);
                    }
                    let _main_thread_gone = sender.send(Message::Ended(row, outcome));
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
                Message::Ended(row, outcome) => {
                    board.end(row);
                    if let Some(place) = outcomes.get_mut(row) {
                        *place = outcome;
                    }
                }
            }
        }
    });
    (outcomes, watch.elapsed())
}

fn build_one(context: &Context, build: &ComponentBuild, row: usize, sender: &Sender<Message>) -> Outcome {
    let watch = Stopwatch::start();
    let _main_thread_gone = sender.send(Message::Began(row));
    let (mut file, path) = match fs::create_log(&log_folder(&context.root), &build.name) {
        Ok(created) => created,
        Err(error) => return Outcome::Broken(format!("{error:#}")),
    };
    let mut log = BuildLog::default();
    let verbose = context.ui.verbose;
    let masking = Masking::of(&build.invocation);
    let followed = context.runner.follow(&build.invocation, Some((&mut file, &path)), |line, shown| {
        let message = match log.feed(line) {
            _ if verbose => Message::Line(row, shown.to_owned()),
            Some(BuildEvent::Started(step)) => Message::Step(row, one_line(&masking.apply(&step))),
            Some(BuildEvent::Cached(_)) => Message::Cached(row),
            None => return,
        };
        let _main_thread_gone = sender.send(message);
    });
    match followed {
        Ok(Some(0)) => built(context, build, watch, (log.steps(), path)),
        Ok(code) => {
            Outcome::Failed { detail: told(&log.failure(), build, &masking), code, time: watch.elapsed(), log: path }
        }
        Err(RunError::Interrupted(signal)) => Outcome::Interrupted(signal),
        Err(error) => Outcome::Broken(error.to_string()),
    }
}

/// What may be told of a failure; the place is found before anything is taken out of the step's name.
fn told(detail: &FailureDetail, build: &ComponentBuild, masking: &Masking) -> FailureDetail {
    // The engine of 20.10 does not say the line.
    let line = detail.line.or_else(|| build.facts.line_of_step(detail.step.as_deref()?));
    let masked = |text: &String| masking.apply(text).into_owned();
    FailureDetail {
        step: detail.step.as_ref().map(masked),
        last_lines: detail.last_lines.iter().map(masked).collect(),
        line,
        ..detail.clone()
    }
}

/// The builder said yes; what counts is the image under the tag.
fn built(context: &Context, build: &ComponentBuild, watch: Stopwatch, told: ((usize, usize), PathBuf)) -> Outcome {
    let (steps, log) = told;
    let references: Vec<String> = build.references.iter().map(ToString::to_string).collect();
    match docker::images(&context.runner, &references) {
        Ok(mut images) => match references.first().and_then(|reference| images.remove(reference)) {
            Some(image) => Outcome::Built { image, steps, time: watch.elapsed(), log },
            None => Outcome::Broken("the builder reported success, but the engine has no such image".to_owned()),
        },
        Err(docker::EngineError::Client(RunError::Interrupted(signal))) => Outcome::Interrupted(signal),
        Err(error) => Outcome::Broken(error.to_string()),
    }
}

fn log_folder(root: &Path) -> PathBuf {
    environment::log_dir().unwrap_or_else(|| root.join("target/xtask/logs"))
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
