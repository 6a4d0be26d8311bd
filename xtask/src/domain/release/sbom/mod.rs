//! The SBOM of a component: a document of CycloneDX 1.6 with the packages of its image.
//!
//! The same image gives the same bytes: there is no serial number, the time is that of the commit, and the packages are
//! sorted.

mod document;
mod image_files;
mod license;
mod npm;
mod package;
mod python;
mod system;

use crate::domain::problem::Problem;

pub use document::SbomImage;
pub use image_files::{LayerContent, is_wanted};

/// The name of npm's lock file in a build context.
pub const LOCK_FILE: &str = "package-lock.json";

/// What the packages are read from.
#[derive(Clone, Copy, Debug)]
pub struct SbomSources<'a> {
    /// The path and the content of the package-lock.json in the component's build context, if there is one.
    pub lock: Option<(&'a str, &'a [u8])>,
    /// The layers of the image, from the lowest one.
    pub layers: &'a [LayerContent],
}

/// Returns the SBOM of an image. `seconds` is the time of the commit, in seconds since 1970.
///
/// # Errors
///
/// The lock file is not valid, or the content of a file is not in its layer.
pub fn sbom(image: &SbomImage<'_>, sources: &SbomSources<'_>, seconds: i64) -> Result<String, Problem> {
    let mut packages = image_files::packages(sources.layers)?;
    if let Some((path, lock)) = sources.lock {
        packages.extend(npm::packages(path, lock)?);
    }
    Ok(document::text(image, &package::joined(packages), seconds))
}

#[cfg(test)]
#[path = "sbom_tests.rs"]
mod tests;
