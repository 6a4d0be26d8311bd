//! `secrets rules`: lists every rule with what it finds.

use crate::documents::rules::RulesDocument;
use crate::domain::secrets::FAMILY;
use crate::outcome::Outcome;
use crate::ui::Ui;

pub(crate) fn run(ui: Ui) -> Outcome<RulesDocument> {
    let rules = (FAMILY.rules)();
    if !ui.json {
        let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for rule in &rules {
            ui.result(&format!("{:width$}  {}", rule.id, rule.what));
        }
    }
    Outcome::success(RulesDocument::from(rules.as_slice()))
}
