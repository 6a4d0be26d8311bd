//! The search for secrets: in targets that a user names, in images, and in rows of names and values.

pub(crate) mod image;
pub(crate) mod rows;
mod targets;

use crate::context::Project;
use crate::domain::events::Events;
use crate::domain::paths;
use crate::domain::problem::Problem;
use crate::domain::secrets::{Allowed, SecretFinding, Site, apply, sorted};
use crate::effects::clock;
use crate::error::{CliError, ErrorKind};
use shown::shown_path;
pub(crate) use targets::Target;

/// What a search of targets came to.
pub(crate) struct Report {
    /// What was searched.
    pub(crate) targets: Vec<Target>,
    /// The findings that taskflow.toml does not allow, with paths as the user gave them.
    pub(crate) findings: Vec<SecretFinding>,
    /// The same findings with paths from the repository's root.
    pub(crate) rooted: Vec<SecretFinding>,
    /// Targets that could not be searched, then exceptions that allow nothing.
    pub(crate) problems: Vec<Problem>,
}

/// Searches targets: files, folders, archives, images, or `-` for standard input.
///
/// # Errors
///
/// The first error where no target could be searched at all, and `ErrorKind::Interrupted` after a signal. What could not
/// be searched beside others is a problem of the report.
pub(crate) fn search(project: &Project, events: &dyn Events, targets: &[String]) -> Result<Report, CliError> {
    let detector = project.detector()?;
    let verdicts = project.verdicts();
    let (mut searched, mut findings, mut failed) = (Vec::new(), Vec::new(), Vec::<CliError>::new());
    let mut names: Vec<&str> = Vec::new();
    for name in targets {
        match targets::search(project, &detector, &verdicts, name) {
            Ok((target, found)) => {
                searched.push(target);
                findings.extend(found);
                names.push(name);
            }
            Err(error) if matches!(error.kind, ErrorKind::Interrupted(_)) => return Err(error),
            // The findings in the other targets are reported all the same.
            Err(error) => failed.push(error),
        }
    }
    let failures: Vec<Problem> = failed.iter().flat_map(|error| error.problems.iter().cloned()).collect();
    if let Some(first) = failed.first().filter(|_| names.is_empty()) {
        return Err(CliError::all(first.kind, failures));
    }
    let (findings, problems) = allowed(project, events, &names, findings);
    let findings = sorted(findings);
    let rooted = findings.iter().map(|finding| from_root(project, finding)).collect();
    Ok(Report { targets: searched, findings, rooted, problems: failures.into_iter().chain(problems).collect() })
}

/// Notes each finding that taskflow.toml allows.
pub(crate) fn note_allowed(events: &dyn Events, allowed: &Allowed) {
    for (finding, reason) in &allowed.allowed {
        events.note(&format!("a secret in {} is allowed: {reason}", finding.site.words()));
    }
}

/// Takes out what taskflow.toml allows; what is wrong with an exception for something that was searched is a problem.
fn allowed(
    project: &Project,
    events: &dyn Events,
    targets: &[&str],
    findings: Vec<SecretFinding>,
) -> (Vec<SecretFinding>, Vec<Problem>) {
    let place = |site: &Site| at_root(project, site).place();
    let folders: Vec<String> = targets.iter().filter_map(|target| inside_root(project, target)).collect();
    let components: Vec<&str> = targets.iter().filter_map(|target| project.component_of(target)).collect();
    let looked_at = |place: &str| match place.strip_prefix("image:").and_then(|rest| rest.split_once(':')) {
        Some((component, _)) => components.contains(&component),
        None if ["build-arg:", "proxy:"].iter().any(|other| place.starts_with(other)) => false,
        None => folders.iter().any(|folder| {
            let inside = place.strip_prefix(folder.as_str());
            inside.is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        }),
    };
    let allowed = apply(&project.config.exceptions, findings, &clock::today(), &place, &looked_at);
    note_allowed(events, &allowed);
    (allowed.findings, allowed.problems)
}

/// A finding whose file is named as taskflow.toml names it, wherever the command was started.
fn from_root(project: &Project, finding: &SecretFinding) -> SecretFinding {
    SecretFinding { site: at_root(project, &finding.site), ..finding.clone() }
}

/// A site whose file is relative to the repository's root; outside of the repository its path begins with `/`.
fn at_root(project: &Project, site: &Site) -> Site {
    let mut site = site.clone();
    if let Site::File { path: file, .. } | Site::Instruction { file, .. } = &mut site
        && file != "-"
        && !file.starts_with("-!/")
    {
        let here = shown_path(&project.here);
        let outside = || paths::from_root("/", &here, file).map(|path| format!("/{path}"));
        if let Some(path) = inside_root(project, file).or_else(outside) {
            *file = path;
        }
    }
    site
}

/// A path of the command line as it is seen from the repository's root; none outside of it.
fn inside_root(project: &Project, path: &str) -> Option<String> {
    paths::from_root(&shown_path(&project.root), &shown_path(&project.here), path)
}
