//! The table of all rules of the contract.

use super::rule::RuleText;
use super::verify_rules;

/// Returns everything about all rules: those that `check` judges, then those that `verify` judges.
pub fn all_texts() -> Vec<RuleText> {
    verify_rules::RULES.to_vec()
}
