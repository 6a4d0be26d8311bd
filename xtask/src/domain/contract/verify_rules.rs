//! The rules that `verify` judges, in the order of the contract's validation checklist.

use super::rule::RuleText;

/// The rules.
pub const RULES: &[RuleText] = &[];
