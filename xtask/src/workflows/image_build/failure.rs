//! Reports why images are missing: the place, the output of the tools, and the remedy.

use std::path::Path;

use process::{shell_quoted, signals};

use super::build_outcome::{BuildOutcome, UnfitImage};
use crate::domain::bootstrap::{has_stand_in, how_to_get};
use crate::domain::build_log::FailureDetail;
use crate::domain::builder_words::{BuilderInUse, FailedPart};
use crate::domain::finding::Finding;
use crate::domain::image::short_id;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::{Place, Problem};
use crate::domain::replaced_image::ReplacedImage;
use crate::domain::secrets::merged;
use crate::domain::text::ticked_list;
use crate::error::{CliError, ErrorKind};
use shown::shown_path;

/// Returns the error of the builds, with a problem for each component that failed; none if all are built.
pub(super) fn failure_of(plan: &BuildPlan, outcomes: &[BuildOutcome]) -> Option<CliError> {
    let built: Vec<String> = select(plan, outcomes, |outcome| matches!(outcome, BuildOutcome::Built { .. }));
    let signal = outcomes.iter().find_map(|outcome| match outcome {
        BuildOutcome::Interrupted(signal) => Some(*signal),
        // A signal between two builds ends neither of them.
        BuildOutcome::NotStarted => signals::received(),
        _ => None,
    });
    if let Some(signal) = signal {
        let unfinished = select(plan, outcomes, |outcome| !matches!(outcome, BuildOutcome::Built { .. }));
        let mut error = CliError::interrupted(signal, &format!("{} not built", are(&unfinished)));
        if let Some(problem) = error.problems.first_mut() {
            problem.notes.extend((!built.is_empty()).then(|| format!("{} built before", are(&built))));
        }
        return Some(error);
    }
    let mut problems: Vec<Problem> =
        plan.builds.iter().zip(outcomes).flat_map(|(build, outcome)| problems_of(build, outcome)).collect();
    let waiting = select(plan, outcomes, |outcome| matches!(outcome, BuildOutcome::NotStarted));
    if let Some(last) = problems.last_mut() {
        last.notes.extend((!built.is_empty()).then(|| format!("{} built", are(&built))));
        if !waiting.is_empty() {
            last.notes.push(format!("{} not started after the failure", are(&waiting)));
            last.hints.push("pass `--keep-going` to build them all the same".to_owned());
        }
    }
    (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems))
}

fn select(plan: &BuildPlan, outcomes: &[BuildOutcome], wanted: impl Fn(&BuildOutcome) -> bool) -> Vec<String> {
    plan.builds
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| wanted(outcome))
        .map(|(build, _)| build.first_reference())
        .collect()
}

/// Returns `` `a` was `` or `` `a` and `b` were ``.
fn are(names: &[String]) -> String {
    format!("{} {}", ticked_list(names), if names.len() == 1 { "was" } else { "were" })
}

/// Returns the problems of one component; none if it is built or was never started.
fn problems_of(build: &ComponentBuild, outcome: &BuildOutcome) -> Vec<Problem> {
    let reference = build.first_reference();
    match outcome {
        BuildOutcome::Built { .. } | BuildOutcome::NotStarted | BuildOutcome::Interrupted(_) => Vec::new(),
        BuildOutcome::Unfit { unfit: UnfitImage { findings, problems, left, given_back }, .. } => {
            let mut all: Vec<Problem> =
                merged(findings).iter().map(Finding::problem).chain(problems.iter().cloned()).collect();
            if let Some(last) = all.last_mut() {
                if left.is_empty() {
                    last.notes.push(format!("`{reference}` was taken away; the builder's cache still has its steps"));
                } else {
                    last.notes.push(format!("{} could not be taken away", ticked_list(left)));
                    last.hints.push(format!("take the image away with `docker image rm --force {}`", left.join(" ")));
                }
                if let (Some(given_back), Some(before)) = (given_back, &build.replaces) {
                    before_again(last, before, *given_back);
                }
                last.hints.push(
                    "empty the cache with `docker builder prune` when the secret is out of the source".to_owned(),
                );
            }
            all
        }
        BuildOutcome::Broken { reason, hint } => {
            let problem = Problem::new(format!("building `{reference}` failed")).cause(reason.clone());
            let full = reason.to_lowercase().contains("no space left on device");
            let problem = if full { disk_full(problem) } else { problem };
            vec![hint.iter().fold(problem, |problem, hint| problem.hint(hint.as_str()))]
        }
        BuildOutcome::NoImage { builder } => {
            let problem = Problem::new(format!("building `{reference}` failed"))
                .cause("the builder reported success, but the engine has no such image");
            vec![no_image(problem, build, builder.as_ref())]
        }
        BuildOutcome::Failed { detail, code, log, .. } => vec![failure(build, &reference, detail, *code, log)],
    }
}

/// Adds what became of the image that had the release tag before.
fn before_again(problem: &mut Problem, before: &ReplacedImage, given_back: bool) {
    let (reference, id) = (&before.reference, short_id(&before.id));
    if given_back {
        problem.notes.push(format!("`{reference}` names the image {id} again, as before the build"));
    } else {
        problem.notes.push(format!("`{reference}` named the image {id} before, which is kept as `{}`", before.kept_as));
        problem.hints.push(format!("give it its name back with `docker tag {id} {reference}`"));
    }
}

fn failure(
    build: &ComponentBuild,
    reference: &str,
    detail: &FailureDetail,
    client_code: Option<i32>,
    log: &Path,
) -> Problem {
    let code = detail.exit_code.map_or(String::new(), |code| format!(" (exit code {code})"));
    let what = match (&detail.part, &detail.step) {
        (FailedPart::Builder, _) => format!(": {} does not work", builder_name(detail)),
        (_, Some(step)) => format!(" in `{step}`{code}"),
        (_, None) => code,
    };
    let mut problem = Problem::new(format!("building `{reference}` failed{what}"));
    if let Some(line) = detail.line.filter(|_| detail.part != FailedPart::Builder) {
        problem = problem.at(Place::line(&build.dockerfile, line));
    }
    if !detail.last_lines.is_empty() {
        problem = problem.cause(detail.last_lines.join("\n"));
    }
    match client_code {
        None => problem = problem.cause("the docker client was ended by a signal"),
        Some(code) if detail.last_lines.is_empty() => {
            problem = problem.cause(format!("the docker client ended with exit code {code} and printed nothing"));
        }
        Some(_) => {}
    }
    problem = problem.note(format!("full log: {}", shown_path(log)));
    if detail.disk_full { disk_full(problem) } else { advised(problem, build, detail) }
}

/// Adds the remedy for the part that failed, if it is known.
fn advised(problem: Problem, build: &ComponentBuild, detail: &FailureDetail) -> Problem {
    let missing: Vec<&str> = build.bases.iter().filter(|base| !base.present).map(|base| base.name.as_str()).collect();
    let unreachable = detail.unreachable_registry && !missing.is_empty();
    match &detail.part {
        FailedPart::Builder => other_builder(problem, build, detail),
        FailedPart::CredentialHelper(program) => problem
            .note(format!("the docker client asks `{program}` for the registry's password, as its config.json says"))
            .hint(format!(
                "install `{program}`, or remove it from `credsStore` and `credHelpers` in `~/.docker/config.json`"
            )),
        FailedPart::BaseImage(_) | FailedPart::Unknown if unreachable => problem
            .note(format!("the engine does not have {}, and no registry was reached", ticked_list(&missing)))
            .hint(base_hint(&missing)),
        FailedPart::BaseImage(image) => problem.hint(format!(
            "see what its registry says with `docker pull {image}`, or correct the image's name in {}",
            build.dockerfile
        )),
        FailedPart::Step | FailedPart::Dockerfile => {
            problem.hint(format!("correct {} and run `cargo xtask build {}` again", build.dockerfile, build.name))
        }
        FailedPart::Export => no_image(problem, build, detail.builder.as_ref()),
        FailedPart::Context | FailedPart::Unknown => problem,
    }
}

fn builder_name(detail: &FailureDetail) -> String {
    match (&detail.missing_builder, &detail.builder) {
        (Some(name), _) => format!("the builder `{name}`"),
        (None, Some(builder)) => format!("the {}", builder.describe()),
        (None, None) => "the builder of buildx".to_owned(),
    }
}

/// Adds how to use another builder than one that does not work.
fn other_builder(problem: Problem, build: &ComponentBuild, detail: &FailureDetail) -> Problem {
    let own = own_builder(build);
    let problem = if detail.missing_builder.is_some() {
        problem.hint("see the builders that there are with `docker buildx ls`")
    } else {
        let name = detail.builder.as_ref().map_or(String::new(), |builder| format!(" {}", shell_quoted(&builder.name)));
        problem.hint(format!("see why the builder does not start with `docker buildx inspect --bootstrap{name}`"))
    };
    problem.hint(format!("build with the engine's own builder: `{own}`"))
}

/// Adds why an image may be missing in the engine.
fn no_image(problem: Problem, build: &ComponentBuild, builder: Option<&BuilderInUse>) -> Problem {
    match builder.filter(|builder| builder.driver != "docker") {
        None => problem,
        Some(builder) => problem
            .note(format!("{} keeps its images to itself until it has put them into the engine", builder.describe()))
            .hint(format!("build with the engine's own builder: `{}`", own_builder(build))),
    }
}

/// Returns the call that builds a component with the engine's own builder, which has the name of the docker context.
fn own_builder(build: &ComponentBuild) -> String {
    format!("BUILDX_BUILDER={} cargo xtask build {}", shell_quoted(&build.own_builder), build.name)
}

fn disk_full(problem: Problem) -> Problem {
    problem
        .note("a disk is full: the engine's, or the one of the log files")
        .hint("see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`")
}

/// Returns the hint for missing base images.
fn base_hint(missing: &[&str]) -> String {
    match missing.iter().find(|name| !has_stand_in(name)) {
        None => "run `cargo xtask bootstrap`, which provides the base images".to_owned(),
        Some(name) => how_to_get(name),
    }
}
