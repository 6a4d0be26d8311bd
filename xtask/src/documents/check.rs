//! The documents of `check` and of its `--explain`.

use serde::Serialize;

use super::findings::FindingDocument;
use super::milliseconds;
use crate::domain::contract::{Judgement, Verdict};
use crate::domain::finding::{Finding, Rule};
use crate::workflows::check::CheckReport;

/// The document of `check`.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum CheckDocument {
    /// The verdicts and findings.
    Checked {
        /// The names of the components.
        components: Vec<String>,
        /// The verdict of each rule on each component.
        judgements: Vec<JudgementDocument>,
        /// The findings that no exception allows.
        findings: Vec<FindingDocument>,
        /// The findings that an exception allows.
        allowed: Vec<AllowedDocument>,
        /// The duration in milliseconds.
        duration_ms: u64,
    },
    /// A rule and its page.
    Explained {
        /// The ID.
        rule: &'static str,
        /// What the rule finds.
        what: &'static str,
        /// The page in Markdown; none for rules that have no page of their own.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<String>,
        /// The page and its anchor.
        documentation: String,
    },
}

/// The verdict of a rule on a component.
#[derive(Serialize)]
pub(crate) struct JudgementDocument {
    component: String,
    rule: &'static str,
    verdict: &'static str,
    /// The measured figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
    /// Why nothing is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A finding that an exception allows.
#[derive(Serialize)]
pub(crate) struct AllowedDocument {
    #[serde(flatten)]
    finding: FindingDocument,
    /// The reason of the exception.
    allowed_because: String,
}

impl From<&Judgement> for JudgementDocument {
    fn from(judgement: &Judgement) -> Self {
        let (figure, reason) = match &judgement.verdict {
            Verdict::Held(figure) => (figure.clone(), None),
            Verdict::Broken(_) => (None, None),
            Verdict::NotDecided(reason) => (None, Some(reason.clone())),
        };
        let Judgement { component, rule, verdict } = judgement;
        Self { component: component.clone(), rule: rule.id, verdict: verdict.name(), figure, reason }
    }
}

impl From<&(Finding, String)> for AllowedDocument {
    fn from((finding, reason): &(Finding, String)) -> Self {
        Self { finding: finding.into(), allowed_because: reason.clone() }
    }
}

impl From<CheckReport> for CheckDocument {
    fn from(report: CheckReport) -> Self {
        let CheckReport { components, judged, time, .. } = report;
        Self::Checked {
            components,
            judgements: judged.judgements.iter().map(JudgementDocument::from).collect(),
            findings: judged.findings.iter().map(FindingDocument::from).collect(),
            allowed: judged.allowed.iter().map(AllowedDocument::from).collect(),
            duration_ms: milliseconds(time),
        }
    }
}

impl CheckDocument {
    /// Makes the document of a rule.
    pub(crate) fn explained(rule: &Rule, page: Option<String>) -> Self {
        Self::Explained { rule: rule.id, what: rule.what, page, documentation: rule.documentation() }
    }
}
