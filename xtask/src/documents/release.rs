//! The JSON document of `release`: the plan or the result.

use serde::Serialize;
use shown::shown_path;

use super::milliseconds;
use crate::domain::release::changelog::{AcceptedLine, ContractLine};
use crate::domain::release::journal::{Entry, Journal, JournalImage, Reach};
use crate::domain::release::preflight::Line;
use crate::workflows::release::ReleaseReport;

/// The document of `release`.
#[derive(Serialize)]
pub(crate) struct ReleaseDocument {
    version: String,
    outcome: &'static str,
    preflight: Vec<PreflightDocument>,
    plan: Vec<String>,
    release: Option<MadeDocument>,
    record: Option<String>,
    duration_ms: u64,
}

#[derive(Serialize)]
struct PreflightDocument {
    name: &'static str,
    state: &'static str,
    text: String,
    repairs: Vec<String>,
}

/// What was made.
#[derive(Serialize)]
struct MadeDocument {
    previous: Option<String>,
    branch: String,
    git_tag: String,
    before: String,
    commit: Option<String>,
    tag_object: Option<String>,
    candidate_tag: Option<String>,
    images: Vec<JournalImage>,
    remote: Option<String>,
    registry: Option<String>,
    reach: Reach,
    contract: Vec<ContractLine>,
    accepted: Vec<AcceptedLine>,
    steps: Vec<Entry>,
}

impl From<&ReleaseReport> for ReleaseDocument {
    fn from(report: &ReleaseReport) -> Self {
        let line = |line: &Line| PreflightDocument {
            name: line.name,
            state: line.state.name(),
            text: line.text.clone(),
            repairs: line.repairs.clone(),
        };
        Self {
            version: report.version.to_string(),
            outcome: report.end.name(),
            preflight: report.preflight.iter().map(line).collect(),
            plan: report.plan.clone(),
            release: report.journal.as_ref().map(MadeDocument::from),
            record: report.folder.as_ref().map(shown_path),
            duration_ms: milliseconds(report.time),
        }
    }
}

impl From<&Journal> for MadeDocument {
    fn from(journal: &Journal) -> Self {
        Self {
            previous: journal.previous.clone(),
            branch: journal.branch.clone(),
            git_tag: journal.git_tag.clone(),
            before: journal.before.clone(),
            commit: journal.commit.clone(),
            tag_object: journal.tag_object.clone(),
            candidate_tag: journal.candidate_tag(),
            images: journal.images.clone(),
            remote: journal.remote.clone(),
            registry: journal.registry.clone(),
            reach: journal.reach,
            contract: journal.contract.clone(),
            accepted: journal.accepted.clone(),
            steps: journal.steps().to_vec(),
        }
    }
}
