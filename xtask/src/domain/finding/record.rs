//! The form of a finding, and the message that it becomes.

use std::borrow::Cow;

use super::rule::{Rule, Severity};
use super::site::{Naming, Site};
use crate::domain::problem::{Place, Problem, Snippet};

/// What is there, as a lower-case sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The whole sentence.
    Sentence(String),
    /// What stands before and after the words for the site.
    AroundSite(&'static str, String),
}

/// A rule that something breaks. No field holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// How bad the finding is.
    pub severity: Severity,
    /// Where it is.
    pub site: Site,
    /// What is there.
    pub what: What,
    /// What the contract wants instead, where one of its sections says so.
    pub wanted: Option<Cow<'static, str>>,
    /// Facts that help to understand the finding.
    pub notes: Vec<String>,
    /// The ways to mend it, each as something to type or to edit.
    pub remedies: Vec<String>,
    /// Why the rule applies, as a sentence fragment for programs.
    pub reason: Option<String>,
    /// The variable of the environment that the finding is about.
    pub variable: Option<String>,
    /// The source text at the site; none where the text may hold a secret.
    pub snippet: Option<Snippet>,
}

impl Finding {
    /// A finding with the severity of its rule and nothing but its site and what is there.
    pub fn new(rule: Rule, site: Site, what: What) -> Self {
        Self {
            rule,
            severity: rule.severity,
            site,
            what,
            wanted: None,
            notes: Vec::new(),
            remedies: Vec::new(),
            reason: None,
            variable: None,
            snippet: None,
        }
    }

    /// What is there, in one sentence.
    pub fn message(&self, naming: Naming) -> String {
        match &self.what {
            What::Sentence(text) => text.clone(),
            What::AroundSite(before, after) => format!("{before}{}{after}", self.site.words(naming)),
        }
    }

    /// The finding as people see it, with paths as they gave them.
    pub fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.message(Naming::AsGiven)).rule(self.rule.id);
        if let Some((file, position)) = self.site.file() {
            let (line, column) = (position.line.unwrap_or_default(), position.column.unwrap_or_default());
            let file = file.name(Naming::AsGiven).to_owned();
            problem = problem.at(Place { file, line, column, snippet: self.snippet.clone() });
        }
        if let Site::BuildArg { written: Some(written), .. } = &self.site {
            problem = problem.at(written.clone());
        }
        problem.notes.extend(self.notes.iter().cloned());
        problem.notes.extend(self.wanted.as_deref().map(str::to_owned));
        problem.hints.extend(self.remedies.iter().cloned());
        problem
    }

    /// Whether an exception can allow the finding. A whole layer that was not searched may hold anything.
    pub fn can_be_allowed(&self) -> bool {
        self.rule.never_allowed.is_none() && !self.site.is_whole_layer()
    }
}

/// Errors first, then warnings, each in order.
pub fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.severity == Severity::Warning);
    findings
}
