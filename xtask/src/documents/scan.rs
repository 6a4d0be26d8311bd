//! The document of `secrets scan`.

use serde::Serialize;

use super::findings::FindingDocument;
use crate::workflows::scan::rows::{RowFinding, RowsReport};
use crate::workflows::scan::{Report, Target};

/// What was searched, and what was found.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ScanDocument {
    /// The result for rows of names and values.
    Rows { rows: usize, findings: Vec<RowDocument> },
    /// The result for files, archives and images.
    Targets { targets: Vec<TargetDocument>, findings: Vec<FindingDocument> },
}

/// A row that contains a secret.
#[derive(Serialize)]
pub(crate) struct RowDocument {
    id: serde_json::Value,
    rule: &'static str,
    severity: &'static str,
    reason: String,
}

/// A target that was searched.
#[derive(Serialize)]
pub(crate) struct TargetDocument {
    name: String,
    kind: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers_remembered: Option<usize>,
}

impl From<RowFinding> for RowDocument {
    fn from(finding: RowFinding) -> Self {
        let RowFinding { id, rule, reason } = finding;
        Self { id, rule, severity: "error", reason }
    }
}

impl From<Target> for TargetDocument {
    fn from(target: Target) -> Self {
        let Target { name, kind, bytes, layers, layers_remembered } = target;
        Self { name, kind, bytes, layers, layers_remembered }
    }
}

impl From<RowsReport> for ScanDocument {
    fn from(report: RowsReport) -> Self {
        let findings = report.findings.into_iter().map(RowDocument::from).collect();
        Self::Rows { rows: report.rows, findings }
    }
}

impl From<Report> for ScanDocument {
    fn from(report: Report) -> Self {
        Self::Targets {
            targets: report.targets.into_iter().map(TargetDocument::from).collect(),
            findings: report.findings.iter().map(FindingDocument::from).collect(),
        }
    }
}
