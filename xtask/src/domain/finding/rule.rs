//! Rules and families of rules.

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The finding makes the command fail.
    Error,
    /// The finding is reported, and the command goes on.
    Warning,
}

impl Severity {
    /// Returns the name in documents and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The rules about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name, such as `secrets`.
    pub name: &'static str,
    /// The command that lists the rules.
    pub listed_by: &'static str,
    /// Returns all rules of the family.
    pub rules: fn() -> Vec<Rule>,
}

/// A rule, independent of any finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable ID.
    pub id: &'static str,
    /// The name of the family.
    pub family: &'static str,
    /// The severity of its findings, unless a finding has another one.
    pub severity: Severity,
    /// What the rule finds, in one line.
    pub what: &'static str,
    /// Why taskflow.toml cannot allow findings of the rule; none if it can.
    pub never_allowed: Option<&'static str>,
    /// The page that explains the rule, relative to the repository.
    pub page: &'static str,
}

impl Rule {
    /// Returns the page and the anchor that explain the rule.
    pub fn documentation(&self) -> String {
        format!("{}#{}", self.page, self.id)
    }
}
