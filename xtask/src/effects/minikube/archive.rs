//! Writes the archive that is sent, from an export.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use process::signals::received;

use super::export::Export;
use crate::domain::image::ImageReference;
use crate::domain::minikube::packing::{self, WrittenArchive};
use crate::domain::minikube::saved_image::{SavedImage, config_name, layer_name, manifest};

/// Writes the archive of these images, without the layers that are left out.
///
/// # Errors
///
/// The export cannot be read or lacks a layer, the archive cannot be written, or a signal was received.
pub fn write(
    export: &Export,
    images: &[(&SavedImage, &ImageReference)],
    left_out: &BTreeSet<String>,
    path: &Path,
) -> io::Result<WrittenArchive> {
    let mut written = WrittenArchive::default();
    // The file gets a new modification time: the client takes a file with the same length and time for the same file.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let mut archive = tar::Builder::new(BufWriter::with_capacity(1024 * 1024, file));
    let mut layers = BTreeMap::new();
    for (diff_id, name) in images.iter().flat_map(|(image, _)| &image.layers) {
        let place = export.files.get(name).ok_or_else(|| io::Error::other(format!("`{name}` is not in the export")))?;
        written.exported.insert(diff_id.clone(), place.1);
        if !left_out.contains(diff_id) {
            layers.insert(diff_id, *place);
        }
    }
    let packed = packing::is_worth_packing(!left_out.is_empty(), layers.values().map(|(_, length)| *length));
    let path_of_export = export.path.as_ref().ok_or_else(|| io::Error::other("the export was not kept"))?;
    let mut source = File::open(path_of_export)?;
    for (diff_id, (start, length)) in layers {
        source.seek(SeekFrom::Start(start))?;
        let content = Interruptible((&mut source).take(length));
        let bytes = layer(&mut archive, &layer_name(diff_id), content, length, packed)?;
        written.layers.insert(diff_id.clone(), bytes);
    }
    let configs: BTreeMap<&str, &SavedImage> =
        images.iter().map(|(image, _)| (image.digest.as_str(), *image)).collect();
    for (digest, image) in configs {
        append(&mut archive, &config_name(digest), &*image.config, image.config.len())?;
    }
    let manifest = manifest(images);
    append(&mut archive, "manifest.json", &*manifest, manifest.len())?;
    archive.into_inner()?.flush()?;
    written.bytes = std::fs::metadata(path)?.len();
    Ok(written)
}

/// A reader that fails after a signal, when the archive is not needed any more.
struct Interruptible<R>(R);

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // `Interrupted` would make the reader try again.
        if received().is_some() { Err(io::Error::other("interrupted")) } else { self.0.read(buffer) }
    }
}

/// Copies a layer; compresses it if that is wanted and it is not compressed already.
fn layer(
    archive: &mut tar::Builder<impl Write>,
    name: &str,
    mut content: impl Read,
    length: u64,
    packed: bool,
) -> io::Result<u64> {
    let mut start = [0; 4];
    let mut filled = 0;
    while let Some(rest) = start.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match content.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    let start = start.get(..filled).unwrap_or_default();
    let mut content = start.chain(content);
    if !packed || packing::is_packed(start) {
        append(archive, name, content, length)?;
        return Ok(length);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(packing::LEVEL));
    io::copy(&mut content, &mut encoder)?;
    let bytes = encoder.finish()?;
    append(archive, name, &*bytes, bytes.len())?;
    Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

fn append(
    archive: &mut tar::Builder<impl Write>,
    name: &str,
    content: impl Read,
    length: impl TryInto<u64>,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length.try_into().unwrap_or_default());
    header.set_mode(0o644);
    archive.append_data(&mut header, name, content)
}
