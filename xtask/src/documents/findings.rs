//! The JSON form of a finding.

use serde::Serialize;

use crate::domain::finding::{Finding, Naming, Site};
use crate::domain::secrets::secret_count;

/// A finding of any rule. Fields without a value are left out.
#[derive(Serialize)]
pub(crate) struct FindingDocument {
    rule: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many secrets the finding stands for, where it is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    /// The text whose bytes `offset` counts, if it is not the file itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_of: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<String>,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<String>,
    /// The remedies, one on each line.
    #[serde(skip_serializing_if = "String::is_empty")]
    remedy: String,
    documentation: String,
}

impl From<&Finding> for FindingDocument {
    fn from(finding: &Finding) -> Self {
        let (offset, layer) = match &finding.site {
            Site::Layer { digest, offset, .. } => (Some(*offset), Some(digest.clone())),
            Site::File { offset, .. } => (*offset, None),
            _ => (None, None),
        };
        let (file, at) = finding.site.file().unzip();
        let at = at.unwrap_or_default();
        Self {
            rule: finding.rule.id,
            severity: finding.severity.name(),
            reason: finding.reason.clone(),
            count: Some(secret_count([finding])).filter(|count| *count > 1),
            place: finding.site.place(),
            file: file.map(|file| file.name(Naming::FromRoot).to_owned()),
            line: at.line,
            column: at.column,
            offset: offset.map(|offset| offset.bytes),
            offset_of: offset.and_then(|offset| offset.of),
            layer,
            variable: finding.variable.clone(),
            what: finding.message(Naming::FromRoot),
            wanted: finding.wanted.as_deref().map(str::to_owned),
            remedy: finding.remedies.join("\n"),
            documentation: finding.rule.documentation(),
        }
    }
}
