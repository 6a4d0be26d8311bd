//! `secrets rules`: every rule with what it finds.

use serde::Serialize;

use crate::domain::secrets::FAMILY;
use crate::outcome::Outcome;
use crate::ui::Ui;

/// The result in JSON.
#[derive(Serialize)]
pub(crate) struct RulesResult {
    rules: Vec<RuleDocument>,
}

#[derive(Serialize)]
struct RuleDocument {
    id: &'static str,
    what: &'static str,
    can_be_allowed: bool,
    documentation: String,
}

pub(crate) fn run(ui: Ui) -> Outcome<RulesResult> {
    let rules: Vec<RuleDocument> = (FAMILY.rules)()
        .into_iter()
        .map(|rule| RuleDocument {
            id: rule.id,
            what: rule.what,
            can_be_allowed: rule.never_allowed.is_none(),
            documentation: rule.documentation(),
        })
        .collect();
    if !ui.json {
        let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for rule in &rules {
            ui.result(&format!("{:width$}  {}", rule.id, rule.what));
        }
    }
    Outcome::success(RulesResult { rules })
}
