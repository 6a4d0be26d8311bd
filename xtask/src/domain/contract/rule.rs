//! The form of the contract's rules, and their family.

use crate::domain::finding::{Finding, Rule, Severity};

/// The name of the family of rules.
pub(super) const FAMILY_NAME: &str = "contract";

/// Everything that people can read about a rule. Its page in docs/contract/ is made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The stable ID. IDs never change: they are in exceptions, reports, and histories.
    pub id: &'static str,
    /// The severity of its findings.
    pub severity: Severity,
    /// What the rule finds, in one line: lower case, without a full stop.
    pub what: &'static str,
    /// The section of the container contract, and its words if they are short.
    pub section: &'static str,
    /// When the rule applies.
    pub scope: Scope,
    /// The command that judges the rule.
    pub command: JudgedBy,
    /// Why the rule exists, in sentences.
    pub why: &'static str,
    /// An example that holds the rule.
    pub good: &'static str,
    /// An example that breaks the rule.
    pub bad: &'static str,
    /// How to mend a finding, in sentences.
    pub remedy: &'static str,
    /// The page of the rule, relative to the repository.
    pub page: &'static str,
}

/// When a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To every component.
    General,
    /// To every component; without a contract its findings are warnings.
    Advised,
    /// To components whose contract declares these keys.
    Declared(&'static str),
}

/// The command that judges a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedBy {
    /// `check`: files, without an engine.
    Check,
    /// `verify`: the built image and running containers.
    Verify,
}

impl RuleText {
    /// Returns the rule as findings name it.
    pub fn rule(&self) -> Rule {
        let RuleText { id, severity, what, page, .. } = *self;
        Rule { id, family: FAMILY_NAME, severity, what, never_allowed: None, page }
    }
}

/// The answer to the question whether something keeps a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The rule is kept; with the measured figure if there is one.
    Held(Option<String>),
    /// The rule is broken.
    Broken(Vec<Finding>),
    /// Nothing can be said, for this reason.
    NotDecided(String),
}

/// The verdict on one component by one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The name of the component.
    pub component: String,
    /// The rule.
    pub rule: RuleText,
    /// The verdict.
    pub verdict: Verdict,
}

impl Verdict {
    /// Returns the name in documents and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Broken(_) => "broken",
            Self::NotDecided(_) => "not-decided",
        }
    }

    /// Makes the verdict from the findings: none means that the rule is held.
    pub fn of(findings: Vec<Finding>) -> Self {
        if findings.is_empty() { Self::Held(None) } else { Self::Broken(findings) }
    }
}
