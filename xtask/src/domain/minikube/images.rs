//! The images of a load: as this machine's engine has them, and as the nodes must list them.

use std::collections::BTreeSet;

use crate::domain::image::ImageReference;

/// An image of this machine's engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineImage {
    /// The engine's ID: of the config, or of the manifest, as its store has it.
    pub id: String,
    /// Its config digest, if the engine says it.
    pub config: Option<String>,
    /// The system and the architecture that it is made for: `linux/amd64`.
    pub platform: String,
    /// Bytes that it takes unpacked, at least.
    pub least_bytes: u64,
    /// The digests of its unpacked layers, the lowest first.
    pub layers: Vec<String>,
}

/// The bytes that an image of this size takes unpacked, at least: a store whose IDs are those of manifests counts what is
/// packed together with what is unpacked.
pub fn least_bytes(size: u64, has_manifest_ids: bool) -> u64 {
    if has_manifest_ids { size / 2 } else { size }
}

/// An image that the nodes are to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedImage {
    /// The component that it is of.
    pub component: String,
    /// Its name.
    pub reference: ImageReference,
    /// What the engine has under that name.
    pub image: EngineImage,
}

/// An image and the config digest that nodes must list for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedImage {
    /// The image on this machine.
    pub wanted: WantedImage,
    /// Its config digest.
    pub digest: String,
}

impl ExpectedImage {
    /// Its name.
    pub fn reference(&self) -> &ImageReference {
        &self.wanted.reference
    }
}

/// The engine's IDs of images, each once and in order.
pub fn unique_ids<'a>(images: impl IntoIterator<Item = &'a WantedImage>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    images.into_iter().map(|wanted| wanted.image.id.clone()).filter(|id| seen.insert(id.clone())).collect()
}

/// The name and the config digest of each image, as scripts and pods are compared with them.
pub fn names_and_digests<'a>(images: impl IntoIterator<Item = &'a ExpectedImage>) -> Vec<(ImageReference, String)> {
    images.into_iter().map(|image| (image.reference().clone(), image.digest.clone())).collect()
}
