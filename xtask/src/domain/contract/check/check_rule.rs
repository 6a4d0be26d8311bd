//! The form of a rule that `check` judges.

use super::subject::Subject;
use crate::domain::contract::rule::{RuleText, Verdict};

/// A rule that `check` judges.
#[derive(Clone, Copy)]
pub struct CheckRule {
    /// What people read about the rule.
    pub text: RuleText,
    /// Whether the rule applies to a component.
    pub(super) applies: fn(&Subject<'_>) -> bool,
    /// Judges a component to which the rule applies.
    pub(super) judge: fn(&Subject<'_>) -> Verdict,
}
