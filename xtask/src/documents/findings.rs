//! A finding in JSON.

use serde::Serialize;

use crate::domain::secrets::{SecretFinding, Site};
use secretscan::rules;

/// A finding in JSON.
#[derive(Serialize)]
pub(crate) struct FindingDocument {
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
