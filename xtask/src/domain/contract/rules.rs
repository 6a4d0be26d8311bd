//! The table of all rules of the contract.

use super::rule::{FAMILY_NAME, RuleText};
use super::{check, verify_rules};
use crate::domain::finding::{Family, Rule};

/// The family of rules about the container contract.
pub const FAMILY: Family = Family { name: FAMILY_NAME, listed_by: "cargo xtask contract rules", rules: all };

fn all() -> Vec<Rule> {
    all_texts().iter().map(RuleText::rule).collect()
}

/// Returns everything about all rules: those that `check` judges, then those that `verify` judges.
pub fn all_texts() -> Vec<RuleText> {
    check::RULES.iter().map(|rule| rule.text).chain(verify_rules::RULES.iter().copied()).collect()
}
