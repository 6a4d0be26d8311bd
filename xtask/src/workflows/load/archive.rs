//! Writes the archive that is sent from an export: for a load, and for `minikube-archive`, which a dry run prints.

use std::collections::BTreeSet;
use std::path::Path;

use process::signals;
use shown::shown_path;

use super::export::unkept;
use super::interruption::interrupted;
use crate::domain::image::ImageReference;
use crate::domain::minikube::packing::WrittenArchive;
use crate::domain::minikube::plan::ArchivedImage;
use crate::domain::minikube::saved_image::{SavedError, SavedImage, saved_image};
use crate::domain::problem::Problem;
use crate::effects::minikube::archive::write;
use crate::effects::minikube::export::{Export, open};
use crate::error::{CliError, ErrorKind};

/// Returns the images of an archive as the export contains them, in their order.
pub(super) fn saved_images(export: &Export, images: &[ArchivedImage]) -> Result<Vec<SavedImage>, SavedError> {
    images.iter().map(|image| saved_image(&export.documents, &image.id)).collect()
}

/// Writes an archive without the layers that are left out.
pub(super) fn write_archive(
    export: &Export,
    images: &[(&SavedImage, &ImageReference)],
    without: &BTreeSet<String>,
    archive: &Path,
) -> Result<WrittenArchive, CliError> {
    write(export, images, without, archive).map_err(|error| match signals::received() {
        Some(signal) => interrupted(signal),
        None => unkept(&format!("cannot write `{}`: {error}", shown_path(archive)), &error),
    })
}

/// Writes an archive from the file of an export.
///
/// # Errors
///
/// `ErrorKind::Environment` if the export cannot be read or lacks the images, or if the archive cannot be written.
pub(crate) fn archive_from_file(
    export: &Path,
    archive: &Path,
    images: &[ArchivedImage],
    without: &BTreeSet<String>,
) -> Result<(), CliError> {
    let unfit = |reason: String| {
        let problem = Problem::new(format!("`{}` is no export of these images", shown_path(export))).cause(reason);
        let save = images.iter().map(|image| image.id.as_str()).collect::<Vec<_>>().join(" ");
        let hint = format!("write it with `docker save {save} > {}`", process::shell_quoted(export));
        CliError::new(ErrorKind::Environment, problem.hint(hint))
    };
    let content = open(export).map_err(|error| unfit(error.to_string()))?;
    let saved = saved_images(&content, images).map_err(|error| unfit(error.to_string()))?;
    let named: Vec<_> = saved.iter().zip(images.iter().map(|image| &image.reference)).collect();
    write_archive(&content, &named, without, archive)?;
    Ok(())
}
