//! `tags`: the tags that the state of git gives now, or would give another branch, and why.

use std::os::unix::ffi::OsStrExt;

use serde::Serialize;

use crate::cli::TagsArgs;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::events::Events;
use crate::domain::image::ImageReference;
use crate::domain::problem::Problem;
use crate::domain::tagging::{TagDecision, TagRequest};
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::tag::state_and_tag;

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct TagsResult {
    dirty: bool,
    changes: Vec<String>,
    notes: Vec<String>,
    components: Vec<ComponentTags>,
}

#[derive(Serialize)]
struct ComponentTags {
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

pub(super) fn run(ui: Ui, project: &Project, args: &TagsArgs) -> Result<Outcome<TagsResult>, CliError> {
    let components =
        project.config.select(&args.components).map_err(|problem| CliError::new(ErrorKind::Usage, problem))?;
    let branch = match &args.branch {
        Some(name) if name.is_empty() => {
            return Err(CliError::new(ErrorKind::Usage, Problem::new("`--branch` needs the name of a branch")));
        }
        Some(name) => Some((name.as_bytes().to_vec(), "--branch")),
        None => None,
    };
    let (state, decision) = state_and_tag(project, TagRequest { branch, ..TagRequest::default() })?;
    decision.notes.iter().for_each(|note| ui.note(note));
    let documents: Vec<ComponentTags> =
        components.into_iter().map(|component| component_tags(component, &decision)).collect();
    if !ui.json {
        show(ui, &documents);
    }
    let (dirty, changes, notes) = (decision.dirty, state.changes, decision.notes);
    Ok(Outcome::success(TagsResult { dirty, changes, notes, components: documents }))
}

fn component_tags(component: &Component, decision: &TagDecision) -> ComponentTags {
    let reference = ImageReference { repository: component.repository.clone(), tag: decision.tag.clone() };
    ComponentTags {
        name: component.name.to_string(),
        repository: component.repository.to_string(),
        tags: vec![TagDocument {
            tag: decision.tag.to_string(),
            reference: reference.to_string(),
            kind: decision.kind.name(),
            reason: decision.reason.clone(),
        }],
    }
}

/// One line for each tag: the reference, then why.
fn show(ui: Ui, components: &[ComponentTags]) {
    let tags = || components.iter().flat_map(|component| &component.tags);
    let width = tags().map(|tag| tag.reference.len()).max().unwrap_or_default();
    tags().for_each(|tag| ui.result(&format!("{:width$}  {}", tag.reference, tag.reason)));
}
