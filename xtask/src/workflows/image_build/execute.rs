//! Executes a build plan: builds components in parallel, and sends their events to the main thread, which prints.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use process::{Masking, RunError, signals};

use super::build_outcome::BuildOutcome;
use super::image_scan::{ImageScanner, Judged};
use super::options::BuildOptions;
use crate::context::Project;
use crate::domain::build_log::{BuildEvent, BuildLog, FailureDetail, is_from};
use crate::domain::builder_words::BuilderInUse;
use crate::domain::engine::ImageFacts;
use crate::domain::events::{BuildProgress, BuildRows};
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::Problem;
use crate::effects::clock::Stopwatch;
use crate::effects::docker::{self, EngineError};
use crate::effects::fs::{LogError, LogFile};
use crate::effects::tool::ToolError;
use crate::effects::{environment, fs};
use crate::error::{CliError, ErrorKind};
use crate::tool_errors::run_hint;
use crate::workflows::scan::image::ScanError;

/// How long a step must run before it is shown: one from the cache ends at once.
const SETTLING: Duration = Duration::from_millis(300);

/// Messages from the threads of the builds to the main thread.
enum Message {
    Progress(usize, BuildProgress),
    Ended(usize, Box<BuildOutcome>),
}

/// Runs all builds; the outcomes are in the order of the plan.
pub(super) fn execute(
    project: &Project,
    scanner: &ImageScanner<'_>,
    plan: &BuildPlan,
    logs: Vec<LogFile>,
    options: &BuildOptions,
    rows: &mut dyn BuildRows,
) -> (Vec<BuildOutcome>, Duration) {
    let watch = Stopwatch::start();
    let mut outcomes: Vec<BuildOutcome> = plan.builds.iter().map(|_| BuildOutcome::NotStarted).collect();
    let jobs = options.jobs.map_or(plan.builds.len(), usize::from).min(plan.builds.len());
    let queue = Mutex::new(plan.builds.iter().zip(logs).enumerate());
    let failed = AtomicBool::new(false);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, queue, failed) = (sender.clone(), &queue, &failed);
            scope.spawn(move || {
                // Builds within the limit start together; a failure only holds back those that wait.
                let begins = |first: bool| {
                    (first || options.keep_going || !failed.load(Ordering::SeqCst)) && signals::received().is_none()
                };
                let mut first = true;
                while begins(std::mem::take(&mut first)) {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some((row, (build, log))) = next else { break };
                    let outcome = build_keeping(project, scanner, (build, log), row, options.verbose, &sender);
                    if !matches!(outcome, BuildOutcome::Built { .. }) {
                        failed.store(true, Ordering::SeqCst);
                    }
                    let _main_thread_gone = sender.send(Message::Ended(row, Box::new(outcome)));
                }
            });
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(SETTLING) {
                Ok(Message::Progress(row, event)) => rows.progress(row, event),
                Ok(Message::Ended(row, outcome)) => {
                    rows.progress(row, BuildProgress::Ended);
                    if let Some(place) = outcomes.get_mut(row) {
                        *place = *outcome;
                    }
                }
                Err(RecvTimeoutError::Timeout) => rows.settle(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    (outcomes, watch.elapsed())
}

/// Builds a component. An image that has the release tag is kept under another name meanwhile; it stays there if the
/// tag has another image then, and has its tag as before if the build does not succeed.
fn build_keeping(
    project: &Project,
    scanner: &ImageScanner<'_>,
    (build, file): (&ComponentBuild, LogFile),
    row: usize,
    verbose: bool,
    sender: &Sender<Message>,
) -> BuildOutcome {
    let Some(before) = &build.replaces else { return build_one(project, scanner, (build, file), row, verbose, sender) };
    if let Err(error) = docker::tag(&project.runner, &before.id, &before.kept_as.to_string()) {
        scanner.forget(before);
        return match unanswered(&error) {
            BuildOutcome::Broken { reason, .. } => BuildOutcome::broken(format!(
                "the image that has the tag now could not be kept as `{}`: {reason}",
                before.kept_as
            )),
            other => other,
        };
    }
    let mut outcome = build_one(project, scanner, (build, file), row, verbose, sender);
    match &mut outcome {
        BuildOutcome::Built { image, .. } if image.id == before.id => scanner.forget(before),
        BuildOutcome::Built { replaced, .. } => *replaced = Some(before.clone()),
        // The names of a rejected image were removed.
        BuildOutcome::Unfit { .. } => {}
        _ => drop(scanner.give_back(before)),
    }
    outcome
}

fn build_one(
    project: &Project,
    scanner: &ImageScanner<'_>,
    (build, mut file): (&ComponentBuild, LogFile),
    row: usize,
    verbose: bool,
    sender: &Sender<Message>,
) -> BuildOutcome {
    let watch = Stopwatch::start();
    let tell = |event: BuildProgress| {
        let _main_thread_gone = sender.send(Message::Progress(row, event));
    };
    tell(BuildProgress::Began);
    let path = file.path.clone();
    let mut log = BuildLog::default();
    let mut from_last = false;
    let runner = scanner.runner();
    let masking = runner.masking(&build.invocation);
    let followed = runner.follow(&build.invocation, Some(file.log()), |line, shown| {
        let event = match log.feed(line) {
            _ if verbose => BuildProgress::Line(shown.to_owned()),
            Some(BuildEvent::Started(step)) => {
                from_last = is_from(&step);
                BuildProgress::Step(one_line(&masking.apply_to_output(&step)))
            }
            Some(BuildEvent::Cached(_)) => BuildProgress::Cached,
            None => return,
        };
        tell(event);
    });
    match followed {
        Ok(Some(0)) => {
            // Searching does not depend on a base image that was looked up last.
            if from_last {
                tell(BuildProgress::Cached);
            }
            tell(BuildProgress::Searching);
            built(project, scanner, build, watch, (log.steps(), path, log.builder().cloned()))
        }
        Ok(code) => BuildOutcome::Failed {
            detail: masked_detail(&log.failure(), build, &masking),
            code,
            time: watch.elapsed(),
            log: path,
        },
        Err(RunError::Interrupted(signal)) => BuildOutcome::Interrupted(signal),
        Err(error) => BuildOutcome::Broken { hint: run_hint(&error), reason: error.to_string() },
    }
}

/// Masks the details of a failure. The place is determined first, from the unmasked name of the step.
fn masked_detail(detail: &FailureDetail, build: &ComponentBuild, masking: &Masking) -> FailureDetail {
    // The engine 20.10 does not print the line.
    let line = detail.line.or_else(|| build.facts.line_of_step(detail.step.as_deref()?));
    let masked = |text: &String| masking.apply_to_output(text).into_owned();
    FailureDetail {
        step: detail.step.as_ref().map(masked),
        last_lines: detail.last_lines.iter().map(masked).collect(),
        line,
        ..detail.clone()
    }
}

/// Handles a successful build: the image under the tag is looked up and searched.
fn built(
    project: &Project,
    scanner: &ImageScanner<'_>,
    build: &ComponentBuild,
    watch: Stopwatch,
    (steps, log, builder): ((usize, usize), PathBuf, Option<BuilderInUse>),
) -> BuildOutcome {
    let reference = build.references.first().map(ToString::to_string).unwrap_or_default();
    let details = match docker::image_details(&project.runner, &reference) {
        Ok(Some(details)) => details,
        Ok(None) => {
            let buildx = build.invocation.args.first().is_some_and(|arg| arg == "buildx");
            let asked = || docker::current_builder(&project.runner).filter(|_| buildx);
            return BuildOutcome::NoImage { builder: builder.or_else(asked) };
        }
        Err(error) => {
            // The image was not searched.
            let _names = scanner.remove(build, None);
            return unanswered(&error);
        }
    };
    match scanner.judge(build, &reference, &details) {
        Ok(Judged::Clean { warnings, scan }) => {
            // Engines count sizes in different ways; the size from the search does not depend on the engine.
            let size_bytes = scan.size.unwrap_or(details.facts.size_bytes);
            let image = ImageFacts { size_bytes, ..details.facts };
            BuildOutcome::Built { image, replaced: None, steps, time: watch.elapsed(), log, warnings, scan }
        }
        Ok(Judged::Unfit(unfit)) => BuildOutcome::Unfit { unfit, time: watch.elapsed(), log },
        Err(ScanError::Engine(error)) => unanswered(&error),
        Err(error) => BuildOutcome::broken(format!("the image could not be searched for secrets: {error}")),
    }
}

fn unanswered(error: &EngineError) -> BuildOutcome {
    match error {
        EngineError::Client(ToolError::Run(RunError::Interrupted(signal))) => BuildOutcome::Interrupted(*signal),
        other => BuildOutcome::broken(other.to_string()),
    }
}

/// Opens a log file for each build before anything is built.
pub(super) fn open_logs(project: &Project, names: &[String]) -> Result<Vec<LogFile>, CliError> {
    let folder = environment::log_dir().unwrap_or_else(|| project.home.join("target/xtask/logs"));
    let open = |name: &String| fs::create_log(&folder, name);
    Ok(names.iter().map(open).collect::<Result<_, LogError>>()?)
}

/// The error of a log file that cannot be written.
impl From<LogError> for CliError {
    fn from(error: LogError) -> Self {
        let problem = Problem::new("cannot write the log files of the builds").cause(error.to_string());
        let hint = "make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`";
        Self::new(ErrorKind::Environment, problem.hint(hint))
    }
}

/// Returns a step on one line, shortened: continuation lines leave runs of blanks, and some scripts are long.
fn one_line(step: &str) -> String {
    const SHOWN: usize = 110;
    let text = step.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}
