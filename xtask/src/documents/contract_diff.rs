//! The documents of `contract diff` and `contract changes`.

use serde::Serialize;

use super::findings::FindingDocument;
use crate::domain::contract::change::rows::ROWS;
use crate::domain::contract::change::{ChangeRow, Needs};
use crate::workflows::contract_diff::{ContractDiff, FoundChange};

/// The document of `contract diff`.
#[derive(Serialize)]
pub(crate) struct ContractDiffDocument {
    /// The release that is compared with.
    release: Option<ReleaseDocument>,
    changes: Vec<ChangeDocument>,
    /// The step that all changes need together, or `refused`; none if there is nothing to compare with.
    required_step: Option<&'static str>,
    /// The smallest versions that would do.
    sufficient: Vec<String>,
    images: Vec<ImageDocument>,
    /// The differences between the contract and the images.
    findings: Vec<FindingDocument>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct ReleaseDocument {
    version: String,
    tag: String,
    commit: String,
}

#[derive(Serialize)]
struct ChangeDocument {
    id: &'static str,
    step: &'static str,
    component: String,
    before: String,
    after: String,
    source: &'static str,
    what: &'static str,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    fingerprint: String,
    can_be_accepted: bool,
    accepted: Vec<AcceptedDocument>,
}

#[derive(Serialize)]
struct AcceptedDocument {
    version: String,
    reason: String,
}

#[derive(Serialize)]
struct ImageDocument {
    component: String,
    reference: String,
    id: String,
}

impl From<&FoundChange> for ChangeDocument {
    fn from(found: &FoundChange) -> Self {
        let (change, row) = (&found.change, found.change.row);
        let accepted = found.accepted.iter();
        Self {
            id: row.id,
            step: found.needs.name(),
            component: change.component.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
            source: row.source.name(),
            what: row.what,
            why: row.why,
            warning: row.warning,
            fingerprint: change.fingerprint(),
            can_be_accepted: row.can_be_accepted,
            accepted: accepted
                .map(|entry| AcceptedDocument { version: entry.version.to_string(), reason: entry.reason.clone() })
                .collect(),
        }
    }
}

impl From<&ContractDiff> for ContractDiffDocument {
    fn from(diff: &ContractDiff) -> Self {
        Self {
            release: diff.release.as_ref().map(|release| ReleaseDocument {
                version: release.version.to_string(),
                tag: release.tag.clone(),
                commit: release.commit.clone(),
            }),
            changes: diff.changes.iter().map(ChangeDocument::from).collect(),
            required_step: diff.needs.map(Needs::name),
            sufficient: diff.sufficient.iter().map(ToString::to_string).collect(),
            images: diff
                .images
                .iter()
                .map(|image| ImageDocument {
                    component: image.component.clone(),
                    reference: image.reference.clone(),
                    id: image.id.clone(),
                })
                .collect(),
            findings: diff.differences.iter().map(FindingDocument::from).collect(),
            notes: diff.notes.clone(),
        }
    }
}

/// The document of `contract changes`.
#[derive(Serialize)]
pub(crate) struct ChangesDocument {
    changes: Vec<RowDocument>,
}

#[derive(Serialize)]
struct RowDocument {
    id: &'static str,
    step: &'static str,
    what: &'static str,
    why: &'static str,
    source: &'static str,
    found_in: &'static str,
    can_be_accepted: bool,
}

impl ChangesDocument {
    /// Makes the document of the whole table.
    pub(crate) fn table() -> Self {
        let row = |row: &ChangeRow| RowDocument {
            id: row.id,
            step: row.needs.name(),
            what: row.what,
            why: row.why,
            source: row.source.name(),
            found_in: row.found_in.words(),
            can_be_accepted: row.can_be_accepted,
        };
        Self { changes: ROWS.iter().map(row).collect() }
    }
}
