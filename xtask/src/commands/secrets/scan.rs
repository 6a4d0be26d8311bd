//! `secrets scan`: looks for secrets wherever one is told to.

use serde::Serialize;

use super::report::{self, FindingDocument};
use super::rows::{self, RowFinding};
use super::targets;
use crate::cli::ScanArgs;
use crate::context::Project;
use crate::domain::paths;
use crate::domain::problem::Problem;
use crate::domain::secrets::{SecretFinding, Severity, Site, apply, sorted};
use crate::domain::text::{count, duration, size, total};
use crate::effects::clock::{self, Stopwatch};
use crate::error::{CliError, ErrorKind};
use crate::outcome::Ending;

/// The result in JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::commands) enum ScanResult {
    /// Of names and values.
    Rows { rows: usize, findings: Vec<RowFinding> },
    /// Of everything else.
    Targets { targets: Vec<TargetDocument>, findings: Vec<FindingDocument> },
}

/// One thing that was searched.
#[derive(Serialize)]
pub(in crate::commands) struct TargetDocument {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layers_remembered: Option<usize>,
}

pub(in crate::commands) fn run(project: &Project, args: &ScanArgs) -> Ending<ScanResult> {
    if args.stdin_args { judge_rows(project) } else { search(project, args) }
}

fn judge_rows(project: &Project) -> Ending<ScanResult> {
    let (rows, findings) = match rows::judge(project) {
        Ok(judged) => judged,
        Err(error) => return error.into(),
    };
    if !project.ui.json {
        for finding in &findings {
            project.ui.result(&format!("{}  {}  {}", finding.id, finding.rule, finding.reason));
        }
    }
    let error = (!findings.is_empty()).then(|| {
        let message = format!("{} of {} hold a secret", findings.len(), count(rows, "row"));
        CliError::new(ErrorKind::Failed, Problem::new(message))
    });
    Ending { result: Some(ScanResult::Rows { rows, findings }), error }
}

fn search(project: &Project, args: &ScanArgs) -> Ending<ScanResult> {
    let watch = Stopwatch::start();
    let detector = match project.detector() {
        Ok(detector) => detector,
        Err(error) => return error.into(),
    };
    let verdicts = project.verdicts();
    let mut documents = Vec::new();
    let mut findings: Vec<SecretFinding> = Vec::new();
    let mut searched: Vec<&str> = Vec::new();
    let mut failed: Vec<CliError> = Vec::new();
    for target in &args.targets {
        match targets::search(project, &detector, &verdicts, target) {
            Ok((document, found)) => {
                documents.push(document);
                findings.extend(found);
                searched.push(target);
            }
            Err(error) if matches!(error.kind, ErrorKind::Interrupted(_)) => return error.into(),
            // What the other targets hold is told all the same.
            Err(error) => failed.push(error),
        }
    }
    let failures: Vec<Problem> = failed.iter().flat_map(|error| error.problems.iter().cloned()).collect();
    if let Some(first) = failed.first().filter(|_| searched.is_empty()) {
        return CliError::all(first.kind, failures).into();
    }
    let (findings, problems) = allowed(project, &searched, findings);
    let findings = sorted(findings);
    let rooted: Vec<SecretFinding> = findings.iter().map(|finding| from_root(project, finding)).collect();
    report::show(project, &findings, &rooted, args.format);
    let bytes = total(documents.iter().map(|document| document.bytes));
    project.ui.status("Searched", &format!("{} in {}", size(bytes), duration(watch.elapsed())));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let (unseen, secrets): (Vec<_>, Vec<_>) = errors.partition(|finding| finding.is_unseen());
    let told = match (secrets.len(), unseen.len()) {
        (0, 0) => None,
        (secrets, 0) => Some(format!("{} found", count(secrets, "secret"))),
        (0, unseen) => Some(format!("{} could not be searched", count(unseen, "place"))),
        (secrets, unseen) => {
            let unseen = count(unseen, "place");
            Some(format!("{} found, and {unseen} could not be searched", count(secrets, "secret")))
        }
    };
    let told =
        told.map(|message| Problem::new(message).note("no value is shown; each rule is explained in docs/secrets.md"));
    let problems: Vec<Problem> = failures.into_iter().chain(problems).chain(told).collect();
    let error = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    let documents_of_findings = rooted.iter().map(FindingDocument::from).collect();
    Ending { result: Some(ScanResult::Targets { targets: documents, findings: documents_of_findings }), error }
}

/// Takes out what taskflow.toml allows; what is wrong with an exception for something that was searched is a problem.
fn allowed(project: &Project, targets: &[&str], findings: Vec<SecretFinding>) -> (Vec<SecretFinding>, Vec<Problem>) {
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
    report::tell_allowed(project, &allowed);
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
        let here = project.here.to_string_lossy();
        let outside = || paths::from_root("/", &here, file).map(|path| format!("/{path}"));
        if let Some(path) = inside_root(project, file).or_else(outside) {
            *file = path;
        }
    }
    site
}

/// A path of the command line as it is seen from the repository's root; none outside of it.
fn inside_root(project: &Project, path: &str) -> Option<String> {
    paths::from_root(&project.root.to_string_lossy(), &project.here.to_string_lossy(), path)
}
