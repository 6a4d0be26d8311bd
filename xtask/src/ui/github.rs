//! Findings as workflow commands of GitHub Actions, which shows them beside the lines they speak of.

use crate::domain::secrets::{SecretFinding, Severity};

/// One finding on one line.
pub fn annotation(finding: &SecretFinding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some((file, line)) = finding.site.file() {
        properties.push(format!("file={}", property(file)));
        properties.extend(line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(finding.verdict.rule)));
    format!("::{command} {}::{}", properties.join(","), data(&finding.problem().message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
