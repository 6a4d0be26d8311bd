//! `secrets rules`: lists every rule with what it finds.

use crate::documents::rules::RulesDocument;
use crate::domain::secrets::FAMILY;
use crate::outcome::Outcome;
use crate::ui::Ui;

pub(crate) fn run(ui: Ui) -> Outcome<RulesDocument> {
    let rules = (FAMILY.rules)();
    if !ui.json {
        ui.rules(&rules);
    }
    Outcome::success(RulesDocument::from(rules.as_slice()))
}
