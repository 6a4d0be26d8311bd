//! The structure of a finding, and its message.

use std::borrow::Cow;

use super::rule::{Rule, Severity};
use super::site::{Naming, Site};
use crate::domain::problem::{Place, Problem, Snippet};

/// What was found, as a lower-case sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A complete sentence.
    Sentence(String),
    /// The texts before and after the description of the site.
    AroundSite(&'static str, String),
}

/// A place that breaks a rule. No field contains the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// The severity.
    pub severity: Severity,
    /// The site: where it is.
    pub site: Site,
    /// What was found.
    pub what: What,
    /// What the contract requires, if one of its sections says so.
    pub wanted: Option<Cow<'static, str>>,
    /// Facts that help to understand the finding.
    pub notes: Vec<String>,
    /// The remedies, each as something to type or to edit.
    pub remedies: Vec<String>,
    /// Why the rule applies, as a sentence fragment for programs.
    pub reason: Option<String>,
    /// The environment variable that the finding is about.
    pub variable: Option<String>,
    /// The source text at the site; none if the text may contain a secret.
    pub snippet: Option<Snippet>,
}

impl Finding {
    /// Makes a finding with the severity of its rule, and nothing but its site and what was found.
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

    /// Returns what was found, in one sentence.
    pub fn message(&self, naming: Naming) -> String {
        match &self.what {
            What::Sentence(text) => text.clone(),
            What::AroundSite(before, after) => format!("{before}{}{after}", self.site.words(naming)),
        }
    }

    /// Returns the finding as a problem for people, with paths as the user gave them.
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

    /// Replaces secrets in the texts with what `shown` returns. The source text is left out where one of `secrets` is in
    /// the same line.
    pub fn hide_secrets(&mut self, shown: &dyn Fn(&str) -> String, secrets: &[Self]) {
        if let What::Sentence(text) = &mut self.what {
            *text = shown(text);
        }
        self.remedies.iter_mut().for_each(|remedy| *remedy = shown(remedy));
        let line_of = |finding: &Self| finding.site.file().map(|(file, at)| (file.clone(), at.line));
        if secrets.iter().any(|secret| line_of(secret) == line_of(self)) {
            self.snippet = None;
        }
    }

    /// Whether an exception can allow the finding. A whole layer that was not searched may contain anything, so it
    /// cannot be allowed.
    pub fn can_be_allowed(&self) -> bool {
        self.rule.never_allowed.is_none() && !self.site.is_whole_layer()
    }
}

/// Sorts errors before warnings, and keeps the order within both.
pub fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.severity == Severity::Warning);
    findings
}
