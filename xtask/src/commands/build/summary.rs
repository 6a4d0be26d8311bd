//! How a build ended, for people and for programs.

use std::time::Duration;

use process::signals;
use serde::Serialize;

use super::BuildResult;
use super::failure::problems_of;
use super::outcome::{Outcome, Unfit};
use crate::commands::secrets::report::FindingDocument;
use crate::domain::image::short_id;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::Problem;
use crate::domain::secrets::grouped;
use crate::domain::text::count;
use crate::domain::text::duration;
use crate::domain::text::megabytes;
use crate::domain::text::ticked_list;
use crate::error::{CliError, ErrorKind};
use crate::ui::Ui;
use shown::shown_path;

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
    findings: Vec<FindingDocument>,
    secrets_searched_bytes: Option<u64>,
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

pub(super) fn first_reference(build: &ComponentBuild) -> String {
    build.references.first().map(ToString::to_string).unwrap_or_default()
}

/// One line for each image, then the time of all; references on stdout.
pub(super) fn show(ui: Ui, plan: &BuildPlan, outcomes: &[Outcome], time: Duration) {
    let width = plan.builds.iter().map(|build| first_reference(build).len()).max().unwrap_or_default();
    let mut built = 0;
    for (build, outcome) in plan.builds.iter().zip(outcomes) {
        let reference = first_reference(build);
        if let Outcome::Built { image, steps: (steps, cached), time, warnings, .. } = outcome {
            built += 1;
            let problems = grouped(warnings).into_iter().map(|(_, problem)| problem);
            ui.warnings(&problems.collect::<Vec<_>>());
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
            Outcome::Unfit { time, log, .. } => ("secret-found", Some(time), Some(log)),
            Outcome::Built { time, log, .. } => ("built", Some(time), Some(log)),
            Outcome::Failed { time, log, .. } => ("failed", Some(time), Some(log)),
            Outcome::Broken { .. } | Outcome::NoImage { .. } => ("failed", None, None),
            Outcome::Interrupted(_) => ("interrupted", None, None),
            Outcome::NotStarted => ("not-started", None, None),
        };
        let (image, steps, searched) = match outcome {
            Outcome::Built { image, steps, scan, .. } => (Some(image), Some(*steps), Some(scan.bytes)),
            _ => (None, None, None),
        };
        let findings = match outcome {
            Outcome::Built { warnings: findings, .. } | Outcome::Unfit { unfit: Unfit { findings, .. }, .. } => {
                findings.as_slice()
            }
            _ => &[],
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
            log: log.map(shown_path),
            findings: findings.iter().map(FindingDocument::from).collect(),
            secrets_searched_bytes: searched,
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

/// The document of a build that was refused after the machine was changed.
pub(super) fn nothing_built(bootstrap: Vec<String>) -> BuildResult {
    let (tag, builder) = (String::new(), String::new());
    BuildResult { tag, dry_run: false, builder, bootstrap, components: Vec::new() }
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
        plan.builds.iter().zip(outcomes).flat_map(|(build, outcome)| problems_of(build, outcome)).collect();
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
