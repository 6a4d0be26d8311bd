//! Renders findings as messages for people, with paths as the user gave them.

use crate::domain::finding::{Finding, Severity};
use crate::ui::diagnostic::{render, render_warning};

/// Renders all messages, each followed by an empty line.
pub fn text(findings: &[Finding]) -> String {
    let message = |finding: &Finding| match finding.severity {
        Severity::Error => render(&finding.problem()),
        Severity::Warning => render_warning(&finding.problem()),
    };
    findings.iter().map(|finding| message(finding) + "\n").collect()
}

/// Renders all messages without styles.
#[cfg(test)]
pub fn plain_text(findings: &[Finding]) -> String {
    anstream::adapter::strip_str(&text(findings)).to_string()
}
