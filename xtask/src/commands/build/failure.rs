//! Why the image of a component is not there, for people: the place, what the tools said, and what to do next.

use std::path::Path;

use super::outcome::{Outcome, Unfit};
use super::summary::first_reference;
use crate::domain::bootstrap::{has_stand_in, how_to_get};
use crate::domain::build_log::FailureDetail;
use crate::domain::plan::ComponentBuild;
use crate::domain::problem::{Place, Problem};
use crate::domain::secrets::SecretFinding;
use crate::domain::text::ticked_list;

/// The problems of one component; none when it is built or was never begun.
pub(super) fn problems_of(build: &ComponentBuild, outcome: &Outcome) -> Vec<Problem> {
    let reference = first_reference(build);
    match outcome {
        Outcome::Built { .. } | Outcome::NotStarted | Outcome::Interrupted(_) => Vec::new(),
        Outcome::Unfit { unfit: Unfit { findings, problems, left }, .. } => {
            let mut all: Vec<Problem> =
                findings.iter().map(SecretFinding::problem).chain(problems.iter().cloned()).collect();
            if let Some(last) = all.last_mut() {
                if left.is_empty() {
                    last.notes.push(format!("`{reference}` was taken away; the builder's cache still has its steps"));
                } else {
                    last.notes.push(format!("{} could not be taken away", ticked_list(left)));
                    last.hints.push(format!("take the image away with `docker image rm --force {}`", left.join(" ")));
                }
                last.hints.push(
                    "empty the cache with `docker builder prune` when the secret is out of the source".to_owned(),
                );
            }
            all
        }
        Outcome::Broken(reason) => {
            let problem = Problem::new(format!("building `{reference}` failed")).cause(reason.clone());
            let full = reason.to_lowercase().contains("no space left on device");
            vec![if full { disk_full(problem) } else { problem }]
        }
        Outcome::Failed { detail, code, log, .. } => vec![failure(build, &reference, detail, *code, log)],
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
