//! The images that are verified.

use super::options::VerifyOptions;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::contract::declared::Contract;
use crate::domain::contract::verify::Subject;
use crate::domain::events::Events;
use crate::domain::image::short_id;
use crate::domain::minikube::preflight::missing_image;
use crate::domain::tagging::TagRequest;
use crate::effects::docker::{self, ImageDetails};
use crate::error::{CliError, ErrorKind};
use crate::workflows::tag::state_and_tag;

/// An image that the engine has.
pub(super) struct FoundImage<'a> {
    /// The component.
    pub(super) component: &'a Component,
    /// Its contract; empty if it has none.
    pub(super) contract: Contract,
    /// The reference.
    pub(super) name: String,
    /// The path of taskflow.toml, for messages.
    pub(super) file: &'a str,
    /// What the engine says about it.
    pub(super) details: ImageDetails,
}

impl FoundImage<'_> {
    /// Returns what findings are about.
    pub(super) fn subject(&self) -> Subject<'_> {
        let component = self.component.name.as_str();
        Subject { component, reference: &self.name, file: self.file, contract: &self.contract }
    }

    /// Returns the reference and the ID, for messages.
    pub(super) fn title(&self) -> String {
        format!("{} ({})", self.name, short_id(&self.details.facts.id))
    }
}

/// Finds the images of components.
pub(super) fn images<'a>(
    project: &'a Project,
    options: &VerifyOptions,
    events: &dyn Events,
) -> Result<Vec<FoundImage<'a>>, CliError> {
    let components = project.select(&options.components)?;
    let tag = if let Some(tag) = &options.tag {
        tag.clone()
    } else {
        let (_, decision) = state_and_tag(project, TagRequest::default())?;
        decision.notes.iter().for_each(|note| events.note(note));
        decision.tag
    };
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for component in components {
        let name = component.reference(tag.clone()).to_string();
        match docker::image_details(&project.runner, &name)? {
            Some(details) => {
                let contract = component.contract.clone().unwrap_or_default();
                found.push(FoundImage { component, contract, name, file: &project.config.file, details });
            }
            None => missing.push(missing_image(&name, component.name.as_str())),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(CliError::all(ErrorKind::Environment, missing)) }
}
