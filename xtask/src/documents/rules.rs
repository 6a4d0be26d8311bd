//! The document of `secrets rules`.

use serde::Serialize;

use crate::domain::finding::Rule;

/// All rules of a family.
#[derive(Serialize)]
pub(crate) struct RulesDocument {
    rules: Vec<RuleDocument>,
}

#[derive(Serialize)]
struct RuleDocument {
    id: &'static str,
    what: &'static str,
    can_be_allowed: bool,
    documentation: String,
}

impl From<&[Rule]> for RulesDocument {
    fn from(rules: &[Rule]) -> Self {
        let document = |rule: &Rule| RuleDocument {
            id: rule.id,
            what: rule.what,
            can_be_allowed: rule.never_allowed.is_none(),
            documentation: rule.documentation(),
        };
        Self { rules: rules.iter().map(document).collect() }
    }
}
