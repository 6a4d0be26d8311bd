//! Reads the images of this machine's engine, with the facts that a load needs.

use process::Runner;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::docker_argv;
use crate::domain::image::{ImageReference, Repository};
use crate::domain::minikube::images::{EngineImage, least_bytes};
use crate::domain::minikube::listing::is_named;
use crate::effects::docker::{EngineError, QUESTION, answered, has_containerd_store, inspected};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    id: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    size: u64,
    #[serde(default, rename = "RootFS")]
    root_fs: Value,
    #[serde(default)]
    descriptor: Value,
}

/// Returns the engine's image for each reference; none if it has none.
///
/// # Errors
///
/// The client or the engine gives no answer, or an answer that cannot be parsed.
pub fn images(runner: &Runner, references: &[ImageReference]) -> Result<Vec<Option<EngineImage>>, EngineError> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = references.iter().map(ToString::to_string).collect();
    let images: Vec<Image> = inspected(runner, &names)?;
    // This is asked only if an engine reports no descriptors: if IDs are digests of manifests, the engine need not know
    // the digest of the config.
    let manifest_ids = if images.is_empty() { false } else { ids_are_of_manifests(runner, &images)? };
    let under = |reference: &ImageReference| {
        let carries = |image: &&Image| image.repo_tags.iter().flatten().any(|name| is_named(name, reference));
        images.iter().find(carries).map(|image| host_image(image, manifest_ids))
    };
    Ok(references.iter().map(under).collect())
}

/// Returns all references in a repository that the engine has.
///
/// # Errors
///
/// The client or the engine gives no answer.
pub fn references(runner: &Runner, repository: &Repository) -> Result<Vec<ImageReference>, EngineError> {
    let question = docker_argv::list_repository(&repository.to_string());
    let answer = answered(&question, runner.capture(&question, QUESTION)?)?;
    let mut tags: Vec<&str> = answer.stdout.lines().map(str::trim).collect();
    tags.sort_unstable();
    let reference = |tag: &str| Some(ImageReference { repository: repository.clone(), tag: tag.parse().ok()? });
    Ok(tags.into_iter().filter_map(reference).collect())
}

fn ids_are_of_manifests(runner: &Runner, images: &[Image]) -> Result<bool, EngineError> {
    // Engines with the classic store never report a descriptor; others may not report one either, so they are asked.
    if images.iter().any(|image| image.descriptor.is_object()) {
        return Ok(true);
    }
    has_containerd_store(runner)
}

fn host_image(image: &Image, manifest_ids: bool) -> EngineImage {
    let annotated = image.descriptor.pointer("/annotations/config.digest").and_then(Value::as_str);
    let config = if manifest_ids { annotated.map(str::to_owned) } else { Some(image.id.clone()) };
    let layers = image.root_fs.get("Layers").and_then(Value::as_array);
    EngineImage {
        id: image.id.clone(),
        config,
        platform: format!("{}/{}", image.os, image.architecture),
        least_bytes: least_bytes(image.size, manifest_ids),
        layers: layers.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}
