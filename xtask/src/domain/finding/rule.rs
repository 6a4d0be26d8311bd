//! A rule, and the family of rules that it belongs to.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The finding ends the command.
    Error,
    /// The finding is reported and ends nothing.
    Warning,
}

impl Severity {
    /// The name in documents and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Rules about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name of the family, such as `secrets`.
    pub name: &'static str,
    /// The command that lists the rules of the family.
    pub listed_by: &'static str,
    /// All rules of the family.
    pub rules: fn() -> Vec<Rule>,
}

/// What is known of a rule without any finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name of the rule.
    pub id: &'static str,
    /// The name of the family.
    pub family: &'static str,
    /// How bad a finding of the rule is, unless the finding says otherwise.
    pub severity: Severity,
    /// What the rule finds, in one line.
    pub what: &'static str,
    /// Why taskflow.toml cannot allow a finding of the rule; none where it can.
    pub never_allowed: Option<&'static str>,
    /// The page that explains the rule, relative to the repository.
    pub page: &'static str,
}

impl Rule {
    /// The place in the documents that explains the rule.
    pub fn documentation(&self) -> String {
        format!("{}#{}", self.page, self.id)
    }
}
