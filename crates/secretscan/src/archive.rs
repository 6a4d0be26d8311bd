//! Image archives as streams: the documents are kept, and every file of every layer is handed on once.
//!
//! Both forms are read, that of `docker save` and OCI layouts, from a tar or from a folder. Which blob is which is known
//! only at the end, when the manifest has come by: until then a layer goes by its name in the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use super::feeder::{Feeder, Part};
use super::start::Begun;
use super::tail::Tail;
use super::tar_files::{each_file, holds_a_file, opened};
use super::unpack::unpacked;
use crate::{Origin, Packing, Reader};
use shown::shown_path;

/// The largest document that is kept: a configuration or a manifest, in bytes.
const DOCUMENT: u64 = 8 * 1024 * 1024;

/// How much of all documents is kept: an archive of something else may hold many.
const DOCUMENTS: usize = 64 * 1024 * 1024;

/// What an archive holds besides the files that were handed on.
#[derive(Debug, Default)]
pub struct Content {
    /// JSON documents by name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Layers that were read to their end, with the bytes of the files in each.
    pub layers: BTreeMap<String, u64>,
    /// Layers that were left out, as they are known already.
    pub skipped: BTreeSet<String>,
    /// Names that stand for another one.
    pub links: BTreeMap<String, String>,
    /// Layers that could not be read, and why.
    pub broken: BTreeMap<String, String>,
    /// Everything else that was read.
    pub files: BTreeSet<String>,
    /// Why an archive could not be read to its end.
    pub cut: Option<String>,
    /// How many bytes the documents have.
    kept: usize,
}

impl Content {
    /// Keeps a document for as long as there is room: what is needed and was not kept is missed later, with its name.
    fn keep(&mut self, name: &str, bytes: Vec<u8>) {
        let kept = self.kept.saturating_add(bytes.len());
        if kept <= DOCUMENTS {
            self.kept = kept;
            self.documents.insert(name.to_owned(), bytes);
        }
    }
}

/// Reads an archive; `known` says which layers need not be looked into.
pub fn read_tar(feeder: &mut Feeder, reader: impl Read, known: &dyn Fn(&str) -> bool) -> io::Result<Content> {
    let mut content = Content::default();
    let mut archive = opened(Box::new(reader));
    let read = entries(feeder, &mut content, &mut archive, known);
    let tail = archive.into_inner();
    read.map_err(|error| tail.reason(error))?;
    // Whoever writes goes on behind the end of the archive, and would fail if nobody read that.
    tail.finish()?;
    Ok(content)
}

/// Reads an archive as far as it is one; what follows is searched as it is.
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
            }
        } else if holds_a_file(kind) {
            blob(feeder, content, &name, &mut entry, known)?;
        }
    }
    Ok(())
}

/// Reads an OCI layout that lies in a folder. `open` opens a file, or says that there is none to read at a path.
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
            // Blobs may be links to files; a link to a folder may lead to one that is read already.
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

/// One file of the archive: a document, a layer in one of the forms that layers have, or a file like any other.
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
            let begun = Begun::of(other)?;
            // What a builder attests of a build is a document, too, and may hold all of its args.
            let is_document = is_document(begun.start());
            let mut whole = begun.whole();
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

/// What a stream turned out to be.
pub enum Stream<'a> {
    /// A tar, unpacked.
    Tar(Reader<'a>),
    /// Anything else, as it is.
    Other(Reader<'a>),
}

/// Looks at the beginning of a stream, packed or not.
pub fn stream<'a>(reader: impl Read + 'a, name: &str) -> io::Result<Stream<'a>> {
    // The largest block of bzip2, packed, and more than those of the others.
    const BLOCK: u64 = 1024 * 1024;
    let begun = Begun::of(Box::new(reader))?;
    let (packing, is_tar) = (begun.packing(name), begun.is_tar());
    let mut whole = begun.whole();
    let Packing::Stream(stream) = packing else {
        return Ok(if is_tar { Stream::Tar(whole) } else { Stream::Other(whole) });
    };
    let mut block = Vec::new();
    (&mut whole).take(BLOCK).read_to_end(&mut block)?;
    let begun = unpacked(stream, Box::new(block.as_slice())).and_then(Begun::of);
    let is_tar = begun.is_ok_and(|begun| begun.is_tar());
    let whole = Box::new(Cursor::new(block).chain(whole));
    Ok(if is_tar { Stream::Tar(unpacked(stream, whole)?) } else { Stream::Other(whole) })
}

/// Every file of a layer, whatever a later layer does to it.
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
    // What is no archive any more may still be a text.
    let (at, mut rest) = tail.resumed();
    feeder.text(&Origin::of_layer(name, "").into(), &mut rest, Part { at, wide: true }).and(Err(error))
}

fn is_document(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    start.starts_with(b"{") || start.starts_with(b"[")
}

pub fn cleaned(path: &Path) -> String {
    shown_path(path).trim_start_matches("./").trim_end_matches('/').to_owned()
}

/// Where a link leads, as a name in the archive.
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
