//! The images of a load: as this machine's engine has them, and as the nodes must list them.

use std::collections::BTreeSet;

use crate::domain::image::ImageReference;

/// An image of this machine's engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineImage {
    /// The engine's ID of the image: the digest of its config or of its manifest, depending on the engine's store.
    pub id: String,
    /// Its config digest, if the engine prints it.
    pub config: Option<String>,
    /// The platform that it is built for: `linux/amd64`.
    pub platform: String,
    /// A lower bound of its unpacked size, in bytes.
    pub least_bytes: u64,
    /// The digests of its unpacked layers, the lowest first.
    pub layers: Vec<String>,
}

/// Returns a lower bound of an image's unpacked size, in bytes. A store whose IDs are digests of manifests counts
/// compressed and unpacked layers together.
pub fn least_bytes(size: u64, has_manifest_ids: bool) -> u64 {
    if has_manifest_ids { size / 2 } else { size }
}

/// An image that the nodes must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedImage {
    /// The component that the image belongs to.
    pub component: String,
    /// The reference of the image.
    pub reference: ImageReference,
    /// The engine's image with that reference.
    pub image: EngineImage,
}

/// An image, with the config digest that nodes must list for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedImage {
    /// The image on this machine.
    pub wanted: WantedImage,
    /// Its config digest.
    pub digest: String,
}

impl ExpectedImage {
    /// Returns the reference of the image.
    pub fn reference(&self) -> &ImageReference {
        &self.wanted.reference
    }
}

/// Returns the engine's IDs of images, each once, in order.
pub fn unique_ids<'a>(images: impl IntoIterator<Item = &'a WantedImage>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    images.into_iter().map(|wanted| wanted.image.id.clone()).filter(|id| seen.insert(id.clone())).collect()
}

/// Returns the reference and the config digest of each image, for comparison with scripts and pods.
pub fn names_and_digests<'a>(images: impl IntoIterator<Item = &'a ExpectedImage>) -> Vec<(ImageReference, String)> {
    images.into_iter().map(|image| (image.reference().clone(), image.digest.clone())).collect()
}
