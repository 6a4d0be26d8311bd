//! Findings in the form that was asked for.

use crate::cli::ReportFormat;
use crate::domain::events::Events;
use crate::domain::secrets::SecretFinding;
use crate::domain::secrets::Severity;
use crate::domain::secrets::grouped;
use crate::ui::{Ui, github, sarif};

/// Shows findings in the form that was asked for: to people with paths as they gave them, to programs with the same paths
/// seen from the repository's root, `rooted`.
pub(super) fn show(ui: Ui, findings: &[SecretFinding], rooted: &[SecretFinding], format: ReportFormat) {
    match format {
        ReportFormat::Human => {
            for (severity, problem) in grouped(findings) {
                match severity {
                    Severity::Error => ui.errors(&[problem]),
                    Severity::Warning => ui.warnings(&[problem]),
                }
                ui.gap();
            }
        }
        ReportFormat::Sarif => ui.document(&sarif::document(rooted)),
        ReportFormat::Github => rooted.iter().for_each(|finding| ui.result(&github::annotation(finding))),
    }
}
