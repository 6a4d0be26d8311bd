//! Renders findings as workflow commands of GitHub Actions, which shows them beside the lines that they refer to.

use crate::domain::finding::{Finding, Naming};

/// Renders one finding as one line.
pub fn annotation(finding: &Finding) -> String {
    let mut properties = Vec::new();
    if let Some((file, at)) = finding.site.file() {
        properties.push(format!("file={}", property(file.name(Naming::FromRoot))));
        properties.extend(at.line.map(|line| format!("line={line}")));
        properties.extend(at.column.map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(finding.rule.id)));
    format!("::{} {}::{}", finding.severity.name(), properties.join(","), data(&finding.message(Naming::FromRoot)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
