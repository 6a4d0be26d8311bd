//! docs/secrets.md explains every rule, and no other.

use secretscan::rules;
use xtask::domain::rules::RULES;

const DOCUMENT: &str = include_str!("../../../docs/secrets.md");

#[test]
fn every_rule_has_its_row_and_anchor() {
    let (_, table) = DOCUMENT.split_once("| rule | finds |\n|---|---|\n").unwrap();
    let expected: Vec<String> =
        rules::all().map(|rule| format!("| <a id=\"{0}\"></a>`{0}` | {1} |", rule.id, rule.what)).collect();
    let found: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found, "docs/secrets.md");
    }
    assert_eq!(found.len(), expected.len(), "rows in docs/secrets.md");
}

#[test]
fn anchors_lead_into_the_document() {
    for rule in rules::all() {
        let rule = RULES.find(rule.id).unwrap();
        assert_eq!(rule.documentation(), format!("docs/secrets.md#{}", rule.id));
    }
}
