//! Findings as documents and as messages.

use serde::Serialize;

use crate::cli::ReportFormat;
use crate::commands::Context;
use crate::domain::secrets::{Allowed, SecretFinding, Severity, Site, rules};
use crate::ui::{github, sarif};

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
            documentation: rules::anchor(finding.verdict.rule),
        }
    }
}

/// Tells of what taskflow.toml allows.
pub(in crate::commands) fn tell_allowed(context: &Context, allowed: &Allowed) {
    for (finding, reason) in &allowed.allowed {
        context.ui.note(&format!("a secret in {} is allowed: {reason}", finding.site.words()));
    }
}

/// Tells of findings in the form that was asked for.
pub(in crate::commands) fn show(context: &Context, findings: &[SecretFinding], format: ReportFormat) {
    match format {
        ReportFormat::Human => {
            for finding in findings {
                match finding.severity {
                    Severity::Error => context.ui.errors(&[finding.problem()]),
                    Severity::Warning => context.ui.warnings(&[finding.problem()]),
                }
                context.ui.gap();
            }
        }
        ReportFormat::Sarif => context.ui.document(&sarif::document(findings)),
        ReportFormat::Github => findings.iter().for_each(|finding| context.ui.result(&github::annotation(finding))),
    }
}
