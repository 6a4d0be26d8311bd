//! Findings as documents and as messages.

use serde::Serialize;

use crate::cli::ReportFormat;
use crate::context::Project;
use crate::domain::secrets::Allowed;
use crate::domain::secrets::SecretFinding;
use crate::domain::secrets::Severity;
use crate::domain::secrets::Site;
use crate::domain::secrets::grouped;
use crate::ui::{github, sarif};
use secretscan::rules;

/// A finding in JSON.
#[derive(Serialize)]
pub(in crate::commands) struct FindingDocument {
    rule: &'static str,
    severity: &'static str,
    reason: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<String>,
    documentation: String,
}

impl From<&SecretFinding> for FindingDocument {
    fn from(finding: &SecretFinding) -> Self {
        let (offset, layer) = match &finding.site {
            Site::Layer { digest, offset, .. } => (Some(*offset), Some(digest.clone())),
            Site::File { offset, .. } => (*offset, None),
            _ => (None, None),
        };
        let (file, line) = finding.site.file().map_or((None, None), |(file, line)| (Some(file.to_owned()), line));
        Self {
            rule: finding.verdict.rule,
            severity: finding.severity.name(),
            reason: finding.verdict.reason.clone(),
            place: finding.site.place(),
            file,
            line,
            offset,
            layer,
            variable: finding.verdict.variable().map(str::to_owned),
            documentation: rules::anchor(finding.verdict.rule),
        }
    }
}

/// Tells of what taskflow.toml allows.
pub(in crate::commands) fn tell_allowed(project: &Project, allowed: &Allowed) {
    for (finding, reason) in &allowed.allowed {
        project.ui.note(&format!("a secret in {} is allowed: {reason}", finding.site.words()));
    }
}

/// Shows findings in the form that was asked for: to people with paths as they gave them, to programs with the same paths
/// seen from the repository's root, `rooted`.
pub(in crate::commands) fn show(
    project: &Project,
    findings: &[SecretFinding],
    rooted: &[SecretFinding],
    format: ReportFormat,
) {
    match format {
        ReportFormat::Human => {
            for (severity, problem) in grouped(findings) {
                match severity {
                    Severity::Error => project.ui.errors(&[problem]),
                    Severity::Warning => project.ui.warnings(&[problem]),
                }
                project.ui.gap();
            }
        }
        ReportFormat::Sarif => project.ui.document(&sarif::document(rooted)),
        ReportFormat::Github => rooted.iter().for_each(|finding| project.ui.result(&github::annotation(finding))),
    }
}
