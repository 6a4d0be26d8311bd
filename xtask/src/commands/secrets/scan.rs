//! `secrets scan`: looks for secrets wherever one is told to.

use std::path::Path;

use serde::Serialize;

use super::report::{self, FindingDocument};
use super::rows::{self, RowFinding};
use super::targets;
use crate::cli::ScanArgs;
use crate::commands::{Context, Ending};
use crate::domain::paths::from_root;
use crate::domain::problem::Problem;
use crate::domain::secrets::{SecretFinding, Severity, Site, apply, sorted};
use crate::domain::text::{count, duration, size, total};
use crate::effects::clock::{self, Stopwatch};
use crate::error::{CliError, ErrorKind};

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

pub(in crate::commands) fn run(context: &Context, args: &ScanArgs) -> Ending<ScanResult> {
    if args.stdin_args { judge_rows(context) } else { search(context, args) }
}

fn judge_rows(context: &Context) -> Ending<ScanResult> {
    let (rows, findings) = match rows::judge(context) {
        Ok(judged) => judged,
        Err(error) => return error.into(),
    };
    if !context.ui.json {
        for finding in &findings {
            context.ui.result(&format!("{}  {}  {}", finding.id, finding.rule, finding.reason));
        }
    }
    let error = (!findings.is_empty()).then(|| {
        let message = format!("{} of {} hold a secret", findings.len(), count(rows, "row"));
        CliError::new(ErrorKind::Failed, Problem::new(message))
    });
    Ending { result: Some(ScanResult::Rows { rows, findings }), error }
}

fn search(context: &Context, args: &ScanArgs) -> Ending<ScanResult> {
    let watch = Stopwatch::start();
    let detector = match context.detector() {
        Ok(detector) => detector,
        Err(error) => return error.into(),
    };
    let verdicts = context.verdicts();
    let mut documents = Vec::new();
    let mut findings: Vec<SecretFinding> = Vec::new();
    for target in &args.targets {
        match targets::search(context, &detector, &verdicts, target) {
            Ok((document, found)) => {
                documents.push(document);
                findings.extend(found);
            }
            Err(error) => return error.into(),
        }
    }
    let (findings, problems) = allowed(context, &args.targets, findings);
    let findings = sorted(findings);
    report::show(context, &findings, args.format);
    let bytes = total(documents.iter().map(|document| document.bytes));
    context.ui.status("Searched", &format!("{} in {}", size(bytes), duration(watch.elapsed())));
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
    let problems: Vec<Problem> = problems.into_iter().chain(told).collect();
    let error = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    let documents_of_findings = findings.iter().map(FindingDocument::from).collect();
    Ending { result: Some(ScanResult::Targets { targets: documents, findings: documents_of_findings }), error }
}

/// Takes out what taskflow.toml allows; what is wrong with an exception for something that was searched is a problem.
fn allowed(context: &Context, targets: &[String], findings: Vec<SecretFinding>) -> (Vec<SecretFinding>, Vec<Problem>) {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (root, here) = (text(&context.root), text(&context.here));
    let place = |site: &Site| match site.file() {
        Some((file, _)) => {
            let place = site.place();
            let rest = place.strip_prefix(file).unwrap_or_default().to_owned();
            from_root(&root, &here, file).map_or(place, |file| file + &rest)
        }
        None => site.place(),
    };
    let folders: Vec<String> = targets.iter().filter_map(|target| from_root(&root, &here, target)).collect();
    let components: Vec<&str> = targets.iter().filter_map(|target| context.component_of(target)).collect();
    let looked_at = |place: &str| match place.strip_prefix("image:").and_then(|rest| rest.split_once(':')) {
        Some((component, _)) => components.contains(&component),
        None if ["build-arg:", "proxy:"].iter().any(|other| place.starts_with(other)) => false,
        None => folders.iter().any(|folder| {
            let inside = place.strip_prefix(folder.as_str());
            inside.is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        }),
    };
    let allowed = apply(&context.config.exceptions, findings, &clock::today(), &place, &looked_at);
    report::tell_allowed(context, &allowed);
    (allowed.findings, allowed.problems)
}
