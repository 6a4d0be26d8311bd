//! Searches for secrets: in targets that a user names, in images, and in rows of names and values.

pub(crate) mod image;
pub(crate) mod rows;
mod targets;

use std::ffi::OsString;
use std::time::Duration;

use crate::context::Project;
use crate::domain::events::Events;
use crate::domain::finding::{Allowed, Finding, Naming, Severity, apply, sorted};
use crate::domain::paths;
use crate::domain::problem::Problem;
use crate::domain::secrets::{self, is_not_searched, secret_count};
use crate::domain::text::count;
use crate::effects::clock::{self, Stopwatch};
use crate::error::{CliError, ErrorKind};
use shown::shown_path;
pub(crate) use targets::Target;

/// The result of searching targets.
pub(crate) struct Report {
    /// The targets that were searched.
    pub(crate) targets: Vec<Target>,
    /// The findings that no exception allows.
    pub(crate) findings: Vec<Finding>,
    /// The duration of the search.
    pub(crate) time: Duration,
    /// Why the search failed: targets that could not be searched, exceptions that allow nothing, or secrets; none if it
    /// succeeded.
    pub(crate) failure: Option<CliError>,
}

/// Searches targets: files, folders, archives, images, or `-` for standard input.
///
/// # Errors
///
/// The first error where no target could be searched at all, and `ErrorKind::Interrupted` after a signal. What could
/// not be searched beside others is a problem of the report's failure.
pub(crate) fn search(project: &Project, events: &dyn Events, targets: &[OsString]) -> Result<Report, CliError> {
    let watch = Stopwatch::start();
    let detector = project.detector();
    let verdicts = project.verdicts();
    let (mut searched, mut findings, mut failed) = (Vec::new(), Vec::new(), Vec::<CliError>::new());
    for target in targets {
        match targets::search(project, &detector, &verdicts, target) {
            Ok((target, found)) => {
                searched.push(target);
                findings.extend(found);
            }
            Err(error) if matches!(error.kind, ErrorKind::Interrupted(_)) => return Err(error),
            // The findings in the other targets are reported all the same.
            Err(error) => failed.push(error),
        }
    }
    let failures: Vec<Problem> = failed.iter().flat_map(|error| error.problems.iter().cloned()).collect();
    if let Some(first) = failed.first().filter(|_| searched.is_empty()) {
        return Err(CliError::all(first.kind, failures));
    }
    for finding in &mut findings {
        name_from_root(project, finding);
    }
    let (findings, problems) = allowed(project, events, &searched, findings);
    let problems: Vec<Problem> = failures.into_iter().chain(problems).chain(sum(&findings)).collect();
    let failure = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    Ok(Report { targets: searched, findings: sorted(findings), time: watch.elapsed(), failure })
}

/// Returns the problem with the number of secrets; none if there are none.
fn sum(findings: &[Finding]) -> Option<Problem> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let (not_searched, secrets): (Vec<_>, Vec<_>) = errors.partition(|finding| is_not_searched(finding));
    let secrets = secret_count(secrets);
    let told = match (secrets, not_searched.len()) {
        (0, 0) => return None,
        (secrets, 0) => format!("{} found", count(secrets, "secret")),
        (0, not_searched) => format!("{} could not be searched", count(not_searched, "place")),
        (secrets, not_searched) => {
            let not_searched = count(not_searched, "place");
            format!("{} found, and {not_searched} could not be searched", count(secrets, "secret"))
        }
    };
    Some(Problem::new(told).note("no value is shown; each rule is explained in docs/secrets.md"))
}

/// Sends a note for each finding that an exception allows.
pub(crate) fn note_allowed(events: &dyn Events, allowed: &Allowed) {
    for (finding, reason) in &allowed.allowed {
        let site = finding.site.words(Naming::AsGiven);
        events.note(&format!("`{}` is allowed in {site}: {reason}", finding.rule.id));
    }
}

/// Removes the findings that exceptions allow. An unused exception for something that was searched is a problem.
fn allowed(
    project: &Project,
    events: &dyn Events,
    targets: &[Target],
    findings: Vec<Finding>,
) -> (Vec<Finding>, Vec<Problem>) {
    let names = || targets.iter().map(|target| target.name.as_str());
    let folders: Vec<String> = names().filter_map(|name| inside_root(project, name)).collect();
    let components: Vec<&str> = names().filter_map(|name| project.component_of(name)).collect();
    let looked_at = |place: &str| match place.strip_prefix("image:").and_then(|rest| rest.split_once(':')) {
        Some((component, _)) => components.contains(&component),
        None if ["build-arg:", "proxy:"].iter().any(|other| place.starts_with(other)) => false,
        None => folders.iter().any(|folder| {
            let inside = place.strip_prefix(folder.as_str());
            inside.is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        }),
    };
    let exceptions = project.config.exceptions_of(secrets::FAMILY);
    let allowed = apply(&exceptions, findings, &clock::today(), &looked_at);
    note_allowed(events, &allowed);
    (allowed.findings, allowed.problems)
}

/// Sets the path of a finding's file as taskflow.toml names it, relative to the root, wherever the command was started;
/// absolute for a file outside of the repository.
fn name_from_root(project: &Project, finding: &mut Finding) {
    let Some(file) = finding.site.file_mut() else { return };
    let given = file.name(Naming::AsGiven);
    if given == "-" || given.starts_with("-!/") {
        return;
    }
    let here = shown_path(&project.here);
    let outside = || paths::from_root("/", &here, given).map(|path| format!("/{path}"));
    if let Some(path) = inside_root(project, given).or_else(outside) {
        file.set_from_root(path);
    }
}

/// Returns a path of the command line relative to the repository's root; none outside of it.
fn inside_root(project: &Project, path: &str) -> Option<String> {
    paths::from_root(&shown_path(&project.root), &shown_path(&project.here), path)
}
