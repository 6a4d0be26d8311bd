//! The rules of `secretscan` as a family in the table of rules.

use crate::domain::finding::{Family, Rule, Severity};
use secretscan::rules::{self, RuleFacts};

/// The family of rules about secrets.
pub const FAMILY: Family = Family { name: "secrets", listed_by: "cargo xtask secrets rules", rules: all };

const NEVER: &str = "declared names and the values of declared secrets are secrets in every place";

fn all() -> Vec<Rule> {
    rules::all().map(of).collect()
}

/// Returns the rule of a verdict.
pub(super) fn rule(id: &'static str) -> Rule {
    of(rules::find(id).unwrap_or(RuleFacts { id, what: "secret", can_be_allowed: false }))
}

fn of(RuleFacts { id, what, can_be_allowed }: RuleFacts) -> Rule {
    let never_allowed = (!can_be_allowed).then_some(NEVER);
    Rule { id, family: FAMILY.name, severity: Severity::Error, what, never_allowed, page: "docs/secrets.md" }
}
