//! Renders findings as SARIF 2.1.0, which code hosts show beside the lines that they refer to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::domain::finding::{Finding, Naming, Rule};

/// Renders the whole document.
pub fn document(findings: &[Finding]) -> String {
    let mut used: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
    used.sort_unstable_by_key(|rule| rule.id);
    used.dedup_by_key(|rule| rule.id);
    let rules: Vec<Value> = used
        .into_iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.what },
                "help": { "text": rule.documentation() },
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "xtask", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    });
    format!("{document:#}")
}

/// Bytes that need no encoding in the path of a URI reference (RFC 3986). A colon is encoded, since it would end a
/// scheme.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// Returns the path of a file as a URI reference, relative to the repository's root if the file is inside.
fn uri(file: &str) -> String {
    let scheme = if file.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(file, IN_PATH))
}

fn result(finding: &Finding) -> Value {
    let place = finding.site.place();
    let location = match finding.site.file() {
        Some((file, at)) => {
            let mut physical = json!({ "artifactLocation": { "uri": uri(file.name(Naming::FromRoot)) } });
            if let (Some(line), Some(fields)) = (at.line, physical.as_object_mut()) {
                let region = match at.column {
                    Some(column) => json!({ "startLine": line, "startColumn": column }),
                    None => json!({ "startLine": line }),
                };
                fields.insert("region".to_owned(), region);
            }
            json!({ "physicalLocation": physical })
        }
        None => json!({ "logicalLocations": [{ "fullyQualifiedName": place }] }),
    };
    json!({
        "ruleId": finding.rule.id,
        "level": finding.severity.name(),
        "message": { "text": finding.message(Naming::FromRoot) },
        "locations": [location],
        "partialFingerprints": { "place/v1": format!("{}:{place}", finding.rule.id) },
    })
}
