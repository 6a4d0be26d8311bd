//! The images of this machine's engine, with their config digests.

use std::collections::BTreeMap;

use super::export::exported;
use super::session::{LoadOptions, Session};
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::image::ImageReference;
use crate::domain::minikube::images::{ExpectedImage, WantedImage, unique_ids};
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::preflight;
use crate::domain::minikube::saved_image::saved_image;
use crate::domain::problem::Problem;
use crate::domain::text::total;
use crate::effects::docker::EngineError;
use crate::effects::minikube::export::{Export, ExportError};
use crate::effects::minikube::host;
use crate::error::CliError;

/// The engine's images for a load.
#[derive(Default)]
pub(super) struct EngineImages {
    /// The images that the engine has.
    pub(super) wanted: Vec<WantedImage>,
    /// A problem for each image that it lacks.
    pub(super) missing: Vec<Problem>,
}

/// Asks the engine for the images of these components.
pub(super) fn on_engine(
    project: &Project,
    options: &LoadOptions,
    named: &[(&Component, ImageReference)],
) -> Result<EngineImages, EngineError> {
    let mut found = EngineImages::default();
    let mut asked: Vec<(&Component, ImageReference)> = Vec::new();
    for (component, reference) in named {
        if !options.all {
            asked.push((component, reference.clone()));
            continue;
        }
        let all = host::references(&project.runner, &component.repository)?;
        if all.is_empty() {
            let repository = component.repository.to_string();
            found.missing.push(preflight::missing_image(&repository, component.name.as_str()));
        }
        asked.extend(all.into_iter().map(|reference| (*component, reference)));
    }
    let references: Vec<ImageReference> = asked.iter().map(|(_, reference)| reference.clone()).collect();
    let images = host::images(&project.runner, &references)?;
    for ((component, reference), image) in asked.into_iter().zip(images) {
        match image {
            Some(image) => found.wanted.push(WantedImage { component: component.name.to_string(), reference, image }),
            None => found.missing.push(preflight::missing_image(&reference.to_string(), component.name.as_str())),
        }
    }
    Ok(found)
}

/// The images with their config digests.
pub(super) struct IdentifiedImages {
    pub(super) images: Vec<ExpectedImage>,
    /// Config digests that were found in an export, by the engine's ID.
    pub(super) found: BTreeMap<String, String>,
    /// The export, if one was made.
    pub(super) export: Option<Result<Export, ExportError>>,
}

/// Determines the config digest of each image. A digest that neither the engine nor an earlier run knows is looked up
/// in an export, unless there is a problem already: a failed export must not hide it.
pub(super) fn identify(
    session: &Session<'_>,
    wanted: &[WantedImage],
    memory: &Memory,
    begun: Option<Result<Export, ExportError>>,
    is_refused: bool,
) -> Result<IdentifiedImages, CliError> {
    let unknown: Vec<&WantedImage> = wanted.iter().filter(|wanted| memory.config_of(&wanted.image).is_none()).collect();
    let ids = unique_ids(unknown.iter().copied());
    let (mut found, mut export) = (BTreeMap::new(), begun);
    if !ids.is_empty() && !is_refused {
        let bytes = total(unknown.iter().map(|wanted| wanted.image.least_bytes));
        let made = exported(session, export.take(), &ids, bytes)?;
        for id in ids {
            let image = saved_image(&made.documents, &id)?;
            found.insert(id, image.digest);
        }
        export = Some(Ok(made));
    }
    let digest =
        |wanted: &WantedImage| memory.config_of(&wanted.image).or_else(|| found.get(&wanted.image.id).cloned());
    let expected =
        |wanted: &WantedImage| ExpectedImage { digest: digest(wanted).unwrap_or_default(), wanted: wanted.clone() };
    let images = wanted.iter().map(expected).collect();
    Ok(IdentifiedImages { images, found, export })
}
