//! How a build ended, for people and for programs.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::BuildResult;
use super::run::Outcome;
use crate::domain::bootstrap::{has_stand_in, how_to_get};
use crate::domain::build_log::FailureDetail;
use crate::domain::image::short_id;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::{count, duration, megabytes, ticked_list};
use crate::effects::signals;
use crate::error::{CliError, ErrorKind};
use crate::ui::Ui;

/// One component in JSON.
#[derive(Serialize)]
pub(in crate::commands) struct ComponentResult {
    name: String,
    references: Vec<String>,
    command: String,
    base_images: Vec<BaseImageResult>,
    outcome: &'static str,
    image_id: Option<String>,
    size_bytes: Option<u64>,
    steps: Option<usize>,
    steps_cached: Option<usize>,
    duration_ms: Option<u64>,
    log: Option<String>,
}

#[derive(Serialize)]
struct BaseImageResult {
    name: String,
    present: bool,
    stand_in: bool,
}

/// The references of the plan, for a sentence.
pub(super) fn names(plan: &BuildPlan) -> String {
    let names: Vec<String> = plan.builds.iter().map(first_reference).collect();
    ticked_list(&names)
}

fn first_reference(build: &ComponentBuild) -> String {
    build.references.first().map(ToString::to_string).unwrap_or_default()
}

/// One line for each image, then the time of all; references on stdout.
pub(super) fn show(ui: Ui, plan: &BuildPlan, outcomes: &[Outcome], time: Duration) {
    let width = plan.builds.iter().map(|build| first_reference(build).len()).max().unwrap_or_default();
    let mut built = 0;
    for (build, outcome) in plan.builds.iter().zip(outcomes) {
        let reference = first_reference(build);
        if let Outcome::Built { image, steps: (steps, cached), time, .. } = outcome {
            built += 1;
            let (id, size, time) = (short_id(&image.id), megabytes(image.size_bytes), duration(*time));
            ui.status(
                "Built",
                &format!(
                    "{reference:width$}  {id}  {size:>9}  {time:>8}  {cached} of {} cached",
                    count(*steps, "step")
                ),
            );
            if !ui.json {
                build.references.iter().for_each(|reference| ui.result(&reference.to_string()));
            }
        }
    }
    if built == plan.builds.len() {
        ui.status("Finished", &format!("{} in {}", count(built, "image"), duration(time)));
    }
}

/// The document of `--json`.
pub(super) fn result(
    plan: &BuildPlan,
    builder: &str,
    bootstrap: Vec<String>,
    outcomes: &[Outcome],
    dry_run: bool,
) -> BuildResult {
    let component = |(build, outcome): (&ComponentBuild, &Outcome)| {
        let (name, time, log) = match outcome {
            Outcome::Built { time, log, .. } => ("built", Some(time), Some(log)),
            Outcome::Failed { time, log, .. } => ("failed", Some(time), Some(log)),
            Outcome::Broken(_) => ("failed", None, None),
            Outcome::Interrupted(_) => ("interrupted", None, None),
            Outcome::NotStarted => ("not-started", None, None),
        };
        let (image, steps) = match outcome {
            Outcome::Built { image, steps, .. } => (Some(image), Some(*steps)),
            _ => (None, None),
        };
        let bases = build.bases.iter().map(|base| BaseImageResult {
            name: base.name.clone(),
            present: base.present,
            stand_in: base.stand_in,
        });
        ComponentResult {
            name: build.name.clone(),
            references: build.references.iter().map(ToString::to_string).collect(),
            command: build.invocation.to_string(),
            base_images: bases.collect(),
            outcome: name,
            image_id: image.map(|image| image.id.clone()),
            size_bytes: image.map(|image| image.size_bytes),
            steps: steps.map(|(steps, _)| steps),
            steps_cached: steps.map(|(_, cached)| cached),
            duration_ms: time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            log: log.map(|path| path.display().to_string()),
        }
    };
    BuildResult {
        tag: plan.tag.tag.to_string(),
        dry_run,
        builder: builder.to_owned(),
        bootstrap,
        components: plan.builds.iter().zip(outcomes).map(component).collect(),
    }
}

/// What went wrong, every failing component with its own problem; none when all are built.
pub(super) fn error(plan: &BuildPlan, outcomes: &[Outcome]) -> Option<CliError> {
    let built: Vec<String> = select(plan, outcomes, |outcome| matches!(outcome, Outcome::Built { .. }));
    let signal = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Interrupted(signal) => Some(*signal),
        // A signal between two builds ends neither of them.
        Outcome::NotStarted => signals::received(),
        _ => None,
    });
    if let Some(signal) = signal {
        let unfinished = select(plan, outcomes, |outcome| !matches!(outcome, Outcome::Built { .. }));
        let mut error = CliError::interrupted(signal, &format!("{} not built", are(&unfinished)));
        if let Some(problem) = error.problems.first_mut() {
            problem.notes.extend((!built.is_empty()).then(|| format!("{} built before", are(&built))));
        }
        return Some(error);
    }
    let mut problems: Vec<Problem> =
        plan.builds.iter().zip(outcomes).filter_map(|(build, outcome)| problem(build, outcome)).collect();
    let waiting = select(plan, outcomes, |outcome| matches!(outcome, Outcome::NotStarted));
    if let Some(last) = problems.last_mut() {
        last.notes.extend((!built.is_empty()).then(|| format!("{} built", are(&built))));
        if !waiting.is_empty() {
            last.notes.push(format!("{} not started after the failure", are(&waiting)));
            last.hints.push("pass `--keep-going` to build them all the same".to_owned());
        }
    }
    (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems))
}

fn select(plan: &BuildPlan, outcomes: &[Outcome], wanted: impl Fn(&Outcome) -> bool) -> Vec<String> {
    plan.builds
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| wanted(outcome))
        .map(|(build, _)| first_reference(build))
        .collect()
}

/// `` `a` was `` or `` `a` and `b` were ``.
fn are(names: &[String]) -> String {
    format!("{} {}", ticked_list(names), if names.len() == 1 { "was" } else { "were" })
}

fn problem(build: &ComponentBuild, outcome: &Outcome) -> Option<Problem> {
    let reference = first_reference(build);
    match outcome {
        Outcome::Built { .. } | Outcome::NotStarted | Outcome::Interrupted(_) => None,
        Outcome::Broken(reason) => {
            let problem = Problem::new(format!("building `{reference}` failed")).cause(reason.clone());
            Some(if reason.to_lowercase().contains("no space left on device") { disk_full(problem) } else { problem })
        }
        Outcome::Failed { detail, code, log, .. } => Some(failure(build, &reference, detail, *code, log)),
    }
}

fn failure(
    build: &ComponentBuild,
    reference: &str,
    detail: &FailureDetail,
    client_code: Option<i32>,
    log: &Path,
) -> Problem {
    let step = detail.step.as_ref().map_or(String::new(), |step| format!(" in `{step}`"));
    let code = detail.exit_code.map_or(String::new(), |code| format!(" (exit code {code})"));
    let mut problem = Problem::new(format!("building `{reference}` failed{step}{code}"));
    if let Some(line) = detail.line {
        problem = problem.at(Place::line(&build.dockerfile, line));
    }
    if !detail.last_lines.is_empty() {
        problem = problem.cause(detail.last_lines.join("\n"));
    }
    match client_code {
        None => problem = problem.cause("the docker client was ended by a signal"),
        Some(code) if detail.last_lines.is_empty() => {
            problem = problem.cause(format!("the docker client ended with exit code {code} and said nothing"));
        }
        Some(_) => {}
    }
    problem = problem.note(format!("full log: {}", log.display()));
    let missing: Vec<&str> = build.bases.iter().filter(|base| !base.present).map(|base| base.name.as_str()).collect();
    if detail.disk_full {
        disk_full(problem)
    } else if detail.unreachable_registry && !missing.is_empty() {
        problem
            .note(format!("the engine does not have {}, and no registry was reached", ticked_list(&missing)))
            .hint(base_hint(&missing))
    } else if detail.step.is_some() {
        problem.hint(format!("correct {} and run `cargo xtask build {}` again", build.dockerfile, build.name))
    } else {
        problem
    }
}

fn disk_full(problem: Problem) -> Problem {
    problem
        .note("a disk is full: the engine's, or the one of the log files")
        .hint("see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`")
}

/// The nearest way to base images.
fn base_hint(missing: &[&str]) -> String {
    match missing.iter().find(|name| !has_stand_in(name)) {
        None => "run `cargo xtask bootstrap`, which provides the base images".to_owned(),
        Some(name) => how_to_get(name),
    }
}
