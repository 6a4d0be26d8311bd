//! Reads the names of the files in layers, and the content of some, from an export of the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use process::Runner;
use secretscan::archive::{cleaned, linked};
use serde::{Deserialize, Serialize};

use crate::domain::contract::verify::shipped::{FileStamp, ShippedFile};
use crate::domain::docker_argv;
use crate::domain::image_archive::images;
use crate::domain::release::sbom::LayerContent;
use crate::domain::text::last_words;
use crate::effects::tool::ToolError;

/// The size of the largest document in an export that is kept, and of the largest /etc/passwd, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The files of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFiles {
    /// The files and links, in order.
    pub files: Vec<ShippedFile>,
    /// The text of /etc/passwd, if it is in the layer.
    pub passwd: Option<String>,
}

/// Reads the files of the layers of an image, by the digest of the layer.
///
/// # Errors
///
/// The client gives no export, or the export has no such image.
pub fn files(runner: &Runner, id: &str, layers: &[String]) -> Result<BTreeMap<String, LayerFiles>, ToolError> {
    export(runner, id, layers, &of_layer)
}

/// Reads what the layers of an image add, replace, and remove, from the lowest one; with the content of the files that
/// `wanted` accepts.
///
/// # Errors
///
/// The client gives no export, the export has no such image, or a layer cannot be read.
pub fn contents(
    runner: &Runner,
    id: &str,
    layers: &[String],
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<LayerContent>, ToolError> {
    let by_digest = export(runner, id, layers, &|layer| content_of_layer(layer, wanted))?;
    in_order(layers, &by_digest).map_err(|words| ToolError::refused(&docker_argv::save(&[id.to_owned()]), words))
}

/// Returns the content of all layers, from the lowest one. An image may contain the same layer twice.
fn in_order(layers: &[String], by_digest: &BTreeMap<String, LayerContent>) -> Result<Vec<LayerContent>, String> {
    let content = |digest: &String| by_digest.get(digest).cloned().ok_or_else(|| format!("cannot read layer {digest}"));
    layers.iter().map(content).collect()
}

/// What is made from each layer.
type OfLayer<'a, T> = &'a dyn Fn(&mut dyn Read) -> io::Result<T>;

/// Reads the layers of an image; returns what `of_layer` makes of each, by the digest of the layer. Layers that it cannot
/// read are left out.
fn export<T>(
    runner: &Runner,
    id: &str,
    layers: &[String],
    of_layer: OfLayer<'_, T>,
) -> Result<BTreeMap<String, T>, ToolError> {
    let call = docker_argv::save(&[id.to_owned()]);
    let (read, code, said) = runner.stream(&call, None, |mut pipe| {
        let content = content(&mut pipe, of_layer);
        // The client would fail with a broken pipe if the rest were not read.
        let _rest = io::copy(&mut pipe, &mut io::sink());
        content
    })?;
    if code != Some(0) {
        return Err(ToolError::refused(&call, last_words(&said)));
    }
    let Content { documents, mut by_name, links } =
        read.map_err(|error| ToolError::refused(&call, error.to_string()))?;
    let found = images(&documents).map_err(|error| ToolError::refused(&call, error.to_string()))?;
    let image = found.into_iter().find(|image| image.diff_ids == layers);
    let image = image.ok_or_else(|| ToolError::refused(&call, "the archive holds another image"))?;
    let mut by_digest = BTreeMap::new();
    for (name, digest) in image.layers.iter().zip(&image.diff_ids) {
        let name = links.get(name).unwrap_or(name);
        // An image may contain the same layer twice.
        if let Some(layer) = by_name.remove(name) {
            by_digest.insert(digest.clone(), layer);
        }
    }
    Ok(by_digest)
}

/// The content of an export.
#[derive(Debug)]
struct Content<T> {
    documents: BTreeMap<String, Vec<u8>>,
    by_name: BTreeMap<String, T>,
    links: BTreeMap<String, String>,
}

fn content<T>(pipe: &mut dyn Read, of_layer: OfLayer<'_, T>) -> io::Result<Content<T>> {
    let mut content = Content { documents: BTreeMap::new(), by_name: BTreeMap::new(), links: BTreeMap::new() };
    let mut archive = tar::Archive::new(pipe);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = cleaned(&entry.path()?);
        let kind = entry.header().entry_type();
        if kind.is_symlink() || kind.is_hard_link() {
            if let Some(target) = entry.link_name()? {
                content.links.insert(name.clone(), linked(&name, &target, kind.is_hard_link()));
            }
            continue;
        }
        if !kind.is_file() {
            continue;
        }
        let mut start = [0; 4];
        let count = read_start(&mut entry, &mut start)?;
        let start = start.get(..count).unwrap_or_default();
        if start.first().is_some_and(|first| b"{[".contains(first)) && entry.size() <= LARGEST {
            let mut bytes = start.to_vec();
            entry.read_to_end(&mut bytes)?;
            content.documents.insert(name, bytes);
            continue;
        }
        let mut layer = start.chain(&mut entry);
        let is_packed = start.starts_with(&[0x1f, 0x8b]);
        // What is neither a layer nor packed in a known way has no files.
        let layer = if is_packed { of_layer(&mut GzDecoder::new(layer)) } else { of_layer(&mut layer) };
        if let Ok(layer) = layer {
            content.by_name.insert(name, layer);
        }
    }
    Ok(content)
}

fn read_start(reader: &mut dyn Read, start: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = start.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn of_layer(reader: &mut dyn Read) -> io::Result<LayerFiles> {
    let mut layer = LayerFiles::default();
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path: &Path = &entry.path()?;
        let path = cleaned(path);
        if entry.header().entry_type().is_dir() {
            continue;
        }
        if path == "etc/passwd" && entry.size() <= LARGEST {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            layer.passwd = Some(shown::replaced(&bytes).into_owned());
        }
        let stamp = FileStamp { bytes: entry.size(), seconds: entry.header().mtime().unwrap_or_default() };
        layer.files.push(ShippedFile { path, stamp });
    }
    Ok(layer)
}

fn content_of_layer(reader: &mut dyn Read, wanted: &dyn Fn(&str) -> bool) -> io::Result<LayerContent> {
    let mut layer = LayerContent::default();
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = cleaned(&entry.path()?);
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            continue;
        }
        if wanted(&path) {
            let target = entry.link_name()?.filter(|_| kind.is_hard_link());
            if let Some(target) = target {
                layer.links.insert(path.clone(), linked(&path, &target, true));
            } else if kind.is_file() {
                if entry.size() > LARGEST {
                    return Err(io::Error::new(io::ErrorKind::FileTooLarge, path));
                }
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                layer.kept.insert(path.clone(), bytes);
            }
        }
        layer.paths.push(path);
    }
    Ok(layer)
}

/// Returns the sizes and times of files of a build context, by path; those that are gone are left out. Only folders
/// that `wanted` accepts are entered, and only files that it accepts are asked for.
pub fn stamps(context: &Path, wanted: &BTreeSet<String>) -> BTreeMap<String, FileStamp> {
    use std::os::unix::fs::MetadataExt;
    let stamp = |path: &String| {
        let facts = std::fs::symlink_metadata(context.join(path)).ok()?;
        let seconds = u64::try_from(facts.mtime()).unwrap_or_default();
        Some((path.clone(), FileStamp { bytes: facts.len(), seconds }))
    };
    wanted.iter().filter_map(stamp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        builder_of(files).into_inner().unwrap()
    }

    fn builder_of(files: &[(&str, &[u8])]) -> tar::Builder<Vec<u8>> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mtime(7);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, *content).unwrap();
        }
        builder
    }

    #[test]
    fn layers_are_read_packed_and_unpacked() {
        let layer = tar_of(&[("app/a.txt", b"abc"), ("etc/passwd", b"root:x:0:0\n")]);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut packed, &layer).unwrap();
        let packed = packed.finish().unwrap();
        let export = tar_of(&[("a/layer.tar", &layer), ("blobs/sha256/b", &packed), ("manifest.json", b"[]")]);
        let content = content(&mut &*export, &of_layer).unwrap();
        let file = |path: &str, bytes| ShippedFile { path: path.to_owned(), stamp: FileStamp { bytes, seconds: 7 } };
        let expected = LayerFiles {
            files: vec![file("app/a.txt", 3), file("etc/passwd", 11)],
            passwd: Some("root:x:0:0\n".to_owned()),
        };
        assert_eq!(content.by_name["a/layer.tar"], expected);
        assert_eq!(content.by_name["blobs/sha256/b"], expected);
        assert_eq!(content.documents["manifest.json"], b"[]");
    }

    #[test]
    fn the_content_of_wanted_files_is_kept() {
        let mut builder = builder_of(&[("app/a/METADATA", b"Name: a"), ("app/other", b"x")]);
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        for (path, kind) in [("app/.wh.gone", tar::EntryType::Regular), ("app/folder", tar::EntryType::Directory)] {
            header.set_entry_type(kind);
            builder.append_data(&mut header, path, &b""[..]).unwrap();
        }
        for (path, kind) in [("app/b/METADATA", tar::EntryType::Link), ("app/c/METADATA", tar::EntryType::Symlink)] {
            header.set_entry_type(kind);
            builder.append_link(&mut header, path, "app/a/METADATA").unwrap();
        }
        let layer = builder.into_inner().unwrap();
        let content = content_of_layer(&mut &*layer, &|path| path.ends_with("/METADATA")).unwrap();
        let paths = ["app/a/METADATA", "app/other", "app/.wh.gone", "app/b/METADATA", "app/c/METADATA"];
        assert_eq!(content.paths, paths);
        assert_eq!(content.kept, BTreeMap::from([("app/a/METADATA".to_owned(), b"Name: a".to_vec())]));
        let link = ("app/b/METADATA".to_owned(), "app/a/METADATA".to_owned());
        assert_eq!(content.links, BTreeMap::from([link]));
    }

    #[test]
    fn all_layers_are_needed() {
        let layers = ["sha256:1", "sha256:2", "sha256:1"].map(str::to_owned);
        let layer = LayerContent { paths: vec!["a".to_owned()], ..LayerContent::default() };
        let mut known = BTreeMap::from([("sha256:1".to_owned(), layer.clone())]);
        snapbox::assert_data_eq!(in_order(&layers, &known).unwrap_err(), snapbox::str!["cannot read layer sha256:2"]);
        known.insert("sha256:2".to_owned(), LayerContent::default());
        assert_eq!(in_order(&layers, &known), Ok(vec![layer.clone(), LayerContent::default(), layer]));
    }
}
