//! Reads image archives as streams: keeps their documents, and passes on every file of every layer once.
//!
//! Supports the formats of `docker save` and OCI layouts, from a tar or a folder. Which blob is a layer of which image
//! is known only at the end, from the manifest; until then a layer is identified by its name in the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use super::feeder::{Feeder, Part};
use super::start::Peeked;
use super::tail::Tail;
use super::tar_files::{each_file, holds_a_file, opened};
use super::unpack::unpacked;
use crate::{Origin, Packing, Reader};
use shown::shown_path;

/// Size limit of a document that is kept (a configuration or a manifest), in bytes.
const DOCUMENT: u64 = 8 * 1024 * 1024;

/// Size limit of all documents together, in bytes. An archive that is no image may contain many.
const DOCUMENTS: usize = 64 * 1024 * 1024;

/// The contents of an archive besides the files that were passed on.
#[derive(Debug, Default)]
pub struct Content {
    /// JSON documents by their name in the archive.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Layers that were read to their end, with the total size of their files in bytes.
    pub layers: BTreeMap<String, u64>,
    /// Layers that were skipped because the caller knows them already.
    pub skipped: BTreeSet<String>,
    /// Links: names with the names that they point to.
    pub links: BTreeMap<String, String>,
    /// Layers that could not be read, with the reason.
    pub broken: BTreeMap<String, String>,
    /// Names of all other files that were read.
    pub files: BTreeSet<String>,
    /// The reason why the archive could not be read to its end; none if it was.
    pub cut: Option<String>,
    /// The total size of the documents so far, in bytes.
    kept: usize,
}

impl Content {
    /// Keeps a document as long as the limit allows. If a needed document was dropped, the caller notices that its name
    /// is missing.
    fn keep(&mut self, name: &str, bytes: Vec<u8>) {
        let kept = self.kept.saturating_add(bytes.len());
        if kept <= DOCUMENTS {
            self.kept = kept;
            self.documents.insert(name.to_owned(), bytes);
        }
    }
}

/// Reads an archive; `known` returns whether a layer with this name can be skipped.
///
/// # Errors
///
/// An error of the reader, and an archive that is damaged or cut off.
pub fn read_tar(feeder: &mut Feeder, reader: impl Read, known: &dyn Fn(&str) -> bool) -> io::Result<Content> {
    let mut content = Content::default();
    let mut archive = opened(Box::new(reader));
    let read = entries(feeder, &mut content, &mut archive, known);
    let tail = archive.into_inner();
    read.map_err(|error| tail.reason(error))?;
    // The writer continues behind the end of the archive, and would fail with a broken pipe if that were not read.
    tail.finish()?;
    Ok(content)
}

/// Reads an archive as far as it is valid; searches the rest as a plain file.
pub fn read_some(feeder: &mut Feeder, reader: impl Read) -> Content {
    let mut content = Content::default();
    let mut archive = opened(Box::new(reader));
    let read = entries(feeder, &mut content, &mut archive, &|_| false);
    let tail = archive.into_inner();
    let ended = match read {
        Ok(()) => tail.finish(),
        Err(error) => {
            let error = tail.reason(error);
            let (at, mut rest) = tail.resumed();
            feeder.text(&Origin::of_file("").into(), &mut rest, Part { at, wide: true }).and(Err(error))
        }
    };
    content.cut = ended.err().map(|error| error.to_string());
    content
}

fn entries(
    feeder: &mut Feeder,
    content: &mut Content,
    archive: &mut tar::Archive<Tail<'_>>,
    known: &dyn Fn(&str) -> bool,
) -> io::Result<()> {
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = cleaned(&entry.path()?);
        let kind = entry.header().entry_type();
        if kind.is_symlink() || kind.is_hard_link() {
            if let Some(target) = entry.link_name()? {
                content.links.insert(name.clone(), linked(&name, &target, kind.is_hard_link()));
                feeder.file(Origin::of_layer("", &name), &mut io::empty())?;
            }
        } else if holds_a_file(kind) {
            blob(feeder, content, &name, &mut entry, known)?;
        }
    }
    Ok(())
}

/// Reads an OCI layout in a folder. `open` opens a file; it returns none if there is nothing to read at a path.
///
/// # Errors
///
/// An error of the system while listing the folder or reading a file.
#[expect(clippy::disallowed_methods, reason = "an OCI layout may be a folder; the caller opens its files")]
pub fn read_folder(
    feeder: &mut Feeder,
    folder: &Path,
    open: &dyn Fn(&Path) -> io::Result<Option<File>>,
) -> io::Result<Content> {
    let mut content = Content::default();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&path)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            // Blobs may be links to files. Links to folders are not followed, since they may lead in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(path);
                continue;
            }
            if let Some(file) = open(&path)? {
                let name = cleaned(path.strip_prefix(folder).unwrap_or(&path));
                blob(feeder, &mut content, &name, &mut BufReader::new(file), &|_| false)?;
            }
        }
    }
    Ok(content)
}

/// Reads one file of the archive: a document, a layer in any of its formats, or any other file.
fn blob(
    feeder: &mut Feeder,
    content: &mut Content,
    name: &str,
    reader: &mut dyn Read,
    known: &dyn Fn(&str) -> bool,
) -> io::Result<()> {
    let origin = Origin::of_layer("", name);
    if known(name) {
        content.skipped.insert(name.to_owned());
        return io::copy(reader, &mut io::sink()).map(drop);
    }
    let read = match stream(&mut *reader, name)? {
        Stream::Tar(tar) => {
            feeder.name(origin);
            layer(feeder, name, tar).map(Some)
        }
        Stream::Other(other) => {
            let peeked = Peeked::of(other)?;
            // Attestations of a build are documents, too, and may contain all of its args.
            let is_document = is_document(peeked.start());
            let mut whole = peeked.whole();
            let mut bytes = Vec::new();
            if is_document {
                (&mut whole).take(DOCUMENT).read_to_end(&mut bytes)?;
            }
            feeder.file(origin, &mut Cursor::new(&bytes).chain(&mut whole))?;
            if is_document {
                content.keep(name, bytes);
                return Ok(());
            }
            Ok(None)
        }
    };
    match read {
        Ok(Some(bytes)) => drop(content.layers.insert(name.to_owned(), bytes)),
        Ok(None) => drop(content.files.insert(name.to_owned())),
        Err(error) => drop(content.broken.insert(name.to_owned(), error.to_string())),
    }
    io::copy(reader, &mut io::sink()).map(drop)
}

/// A stream after a look at its first bytes.
pub enum Stream<'a> {
    /// A tar, unpacked.
    Tar(Reader<'a>),
    /// Anything else, unchanged.
    Other(Reader<'a>),
}

/// Determines whether a stream is a tar, packed or not.
///
/// # Errors
///
/// An error of the reader, and a packed tar that cannot be unpacked.
pub fn stream<'a>(reader: impl Read + 'a, name: &str) -> io::Result<Stream<'a>> {
    // Covers the largest block of bzip2, packed, and those of the other formats.
    const BLOCK: u64 = 1024 * 1024;
    let peeked = Peeked::of(Box::new(reader))?;
    let (packing, is_tar) = (peeked.packing(name), peeked.is_tar());
    let mut whole = peeked.whole();
    let Packing::Stream(stream) = packing else {
        return Ok(if is_tar { Stream::Tar(whole) } else { Stream::Other(whole) });
    };
    let mut block = Vec::new();
    (&mut whole).take(BLOCK).read_to_end(&mut block)?;
    let peeked = unpacked(stream, Box::new(block.as_slice())).and_then(Peeked::of);
    let is_tar = peeked.is_ok_and(|peeked| peeked.is_tar());
    let whole = Box::new(Cursor::new(block).chain(whole));
    Ok(if is_tar { Stream::Tar(unpacked(stream, whole)?) } else { Stream::Other(whole) })
}

/// Passes on every file of a layer, including those that a later layer removes or replaces.
fn layer(feeder: &mut Feeder, name: &str, reader: Reader<'_>) -> io::Result<u64> {
    let mut archive = opened(reader);
    let mut file =
        |path: &str, content: &mut dyn Read| feeder.file(Origin::of_layer(name, &format!("/{path}")), content);
    let read = each_file(&mut archive, &mut file);
    let tail = archive.into_inner();
    let error = match read {
        Ok(bytes) => return tail.finish().map(|()| bytes),
        Err(error) => tail.reason(error),
    };
    // From the point where the archive is damaged, the rest may still be text.
    let (at, mut rest) = tail.resumed();
    feeder.text(&Origin::of_layer(name, "").into(), &mut rest, Part { at, wide: true }).and(Err(error))
}

fn is_document(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    start.starts_with(b"{") || start.starts_with(b"[")
}

/// Returns a path in an archive as a name, without a leading `./` and a trailing `/`.
pub fn cleaned(path: &Path) -> String {
    shown_path(path).trim_start_matches("./").trim_end_matches('/').to_owned()
}

/// Returns the target of a link as a name in the archive. `from_root` is set for hard links, whose targets are relative
/// to the archive's root.
pub fn linked(name: &str, target: &Path, from_root: bool) -> String {
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let path = if from_root { target.to_path_buf() } else { folder.join(target) };
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(parts.pop()),
            std::path::Component::Normal(part) => parts.push(shown_path(part)),
            _ => {}
        }
    }
    parts.join("/")
}
