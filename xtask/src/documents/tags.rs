//! The document of `tags`.

use serde::Serialize;

use crate::domain::image::ImageReference;
use crate::domain::tagging::TagDecision;
use crate::workflows::tag::TagReport;

/// The state of git and the tags that follow from it.
#[derive(Serialize)]
pub(crate) struct TagsDocument {
    dirty: bool,
    changes: Vec<String>,
    notes: Vec<String>,
    components: Vec<ComponentDocument>,
}

#[derive(Serialize)]
struct ComponentDocument {
    name: String,
    repository: String,
    tags: Vec<TagDocument>,
}

#[derive(Serialize)]
struct TagDocument {
    tag: String,
    reference: String,
    kind: &'static str,
    reason: String,
}

impl From<TagReport> for TagsDocument {
    fn from(report: TagReport) -> Self {
        let TagReport { decision, changes, components } = report;
        let component = |(name, reference): (String, ImageReference)| ComponentDocument {
            name,
            repository: reference.repository.to_string(),
            tags: vec![TagDocument::new(&reference, &decision)],
        };
        let components = components.into_iter().map(component).collect();
        Self { dirty: decision.dirty, changes, notes: decision.notes, components }
    }
}

impl TagDocument {
    fn new(reference: &ImageReference, decision: &TagDecision) -> Self {
        Self {
            tag: reference.tag.to_string(),
            reference: reference.to_string(),
            kind: decision.kind.name(),
            reason: decision.reason.clone(),
        }
    }
}
