//! Image archives as streams: the documents are kept, and every file of every layer is handed on once.
//!
//! Both forms are read, that of `docker save` and OCI layouts, from a tar or from a folder. Which blob is which is known
//! only at the end, when the manifest has come by: until then a layer goes by its name in the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::feeder::Feeder;
use super::tail::Tail;
use super::zstd::Frames;
use crate::domain::secrets::Origin;

/// The largest document that is kept: a configuration or a manifest, in bytes.
const DOCUMENT: u64 = 8 * 1024 * 1024;

/// How much of all documents is kept: an archive of something else may hold many.
const DOCUMENTS: usize = 64 * 1024 * 1024;

/// What an archive holds besides the files that were handed on.
#[derive(Debug, Default)]
pub struct Content {
    /// JSON documents by name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Layers that were read to their end.
    pub layers: BTreeSet<String>,
    /// Layers that were left out, as they are known already.
    pub skipped: BTreeSet<String>,
    /// Names that stand for another one.
    pub links: BTreeMap<String, String>,
    /// Layers that could not be read, and why.
    pub broken: BTreeMap<String, String>,
    /// Everything else that was read.
    pub files: BTreeSet<String>,
    /// How many bytes the documents have.
    kept: usize,
}

impl Content {
    /// Keeps a document for as long as there is room: what is needed and was not kept is missed later, with its name.
    fn keep(&mut self, name: &str, bytes: Vec<u8>) {
        if self.kept + bytes.len() <= DOCUMENTS {
            self.kept += bytes.len();
            self.documents.insert(name.to_owned(), bytes);
        }
    }
}

/// Reads an archive; `known` says which layers need not be looked into.
pub fn read_tar(feeder: &mut Feeder, reader: impl Read, known: &dyn Fn(&str) -> bool) -> io::Result<Content> {
    let mut content = Content::default();
    let mut archive = opened(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = cleaned(&entry.path()?);
        let kind = entry.header().entry_type();
        if kind.is_symlink() || kind.is_hard_link() {
            if let Some(target) = entry.link_name()? {
                content.links.insert(name.clone(), linked(&name, &target, kind.is_hard_link()));
            }
        } else if holds_a_file(kind) {
            blob(feeder, &mut content, &name, &mut entry, known)?;
        }
    }
    // Whoever writes goes on behind the end of the archive, and would fail if nobody read that.
    archive.into_inner().finish()?;
    Ok(content)
}

/// An archive that is read to the end of its stream: what stands behind its own end is an archive, too, or an error.
fn opened<R: Read>(reader: R) -> tar::Archive<Tail<R>> {
    let mut archive = tar::Archive::new(Tail::new(reader));
    archive.set_ignore_zeros(true);
    archive
}

fn holds_a_file(kind: tar::EntryType) -> bool {
    matches!(kind, tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse)
}

/// Reads an OCI layout that lies in a folder.
pub fn read_folder(feeder: &mut Feeder, folder: &Path, known: &dyn Fn(&str) -> bool) -> io::Result<Content> {
    let mut content = Content::default();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&path)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = cleaned(path.strip_prefix(folder).unwrap_or(&path));
                blob(feeder, &mut content, &name, &mut BufReader::new(File::open(&path)?), known)?;
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
    let (start, mut whole) = peeked(reader)?;
    let packed = Packed::of(&start);
    let origin = Origin::of_layer("", name);
    if known(name) {
        content.skipped.insert(name.to_owned());
    } else if packed == Packed::Not && !is_tar(&start) {
        // What a builder attests of a build is a document, too, and may hold all of its args.
        if is_document(&start) {
            let mut bytes = Vec::new();
            (&mut whole).take(DOCUMENT).read_to_end(&mut bytes)?;
            feeder.file(origin, &mut Cursor::new(&bytes).chain(&mut whole))?;
            content.keep(name, bytes);
        } else {
            feeder.file(origin, &mut whole)?;
            content.files.insert(name.to_owned());
        }
    } else {
        let mut unpack = || {
            let mut inner = unpacked(packed, &mut whole);
            let (start, mut inner) = peeked(&mut inner)?;
            if is_tar(&start) {
                return layer(feeder, name, &mut inner).map(|()| true);
            }
            feeder.file(origin.clone(), &mut inner).map(|()| false)
        };
        let read = unpack();
        match read {
            Ok(true) => drop(content.layers.insert(name.to_owned())),
            Ok(false) => drop(content.files.insert(name.to_owned())),
            Err(error) => drop(content.broken.insert(name.to_owned(), error.to_string())),
        }
    }
    io::copy(&mut whole, &mut io::sink()).map(drop)
}

/// The beginning of a text, and the whole of it.
fn peeked<R: Read>(mut reader: R) -> io::Result<(Vec<u8>, impl Read + use<R>)> {
    let mut start = Vec::new();
    reader.by_ref().take(512).read_to_end(&mut start)?;
    Ok((start.clone(), Cursor::new(start).chain(reader)))
}

fn unpacked<'a>(packed: Packed, reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    match packed {
        Packed::Gzip => Box::new(MultiGzDecoder::new(reader)),
        Packed::Zstd => Box::new(Frames::new(reader)),
        Packed::Not => Box::new(reader),
    }
}

/// What a stream turned out to be, packed or not.
pub(super) enum Stream<'a> {
    /// A tar.
    Tar(Box<dyn Read + 'a>),
    /// Anything else, unpacked.
    Other(Box<dyn Read + 'a>),
    /// Packed in a way that we cannot unpack, as it is.
    Unknown(Box<dyn Read + 'a>),
}

/// Looks at the beginning of a stream.
pub(super) fn stream<'a>(reader: impl Read + 'a) -> io::Result<Stream<'a>> {
    const UNKNOWN: [&[u8]; 5] = [b"\xfd7zXZ\0", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\x04\x22\x4d\x18"];
    let (start, whole) = peeked(reader)?;
    if UNKNOWN.iter().any(|magic| start.starts_with(magic)) {
        return Ok(Stream::Unknown(Box::new(whole)));
    }
    let (start, inner) = peeked(unpacked(Packed::of(&start), whole))?;
    Ok(if is_tar(&start) { Stream::Tar(Box::new(inner)) } else { Stream::Other(Box::new(inner)) })
}

/// Every file of a layer, whatever a later layer does to it; of a link, where it leads.
fn layer(feeder: &mut Feeder, name: &str, reader: impl Read) -> io::Result<()> {
    let mut archive = opened(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        let origin = Origin::of_layer(name, &format!("/{path}"));
        if entry.header().entry_type().is_symlink() {
            let target = entry.link_name_bytes().unwrap_or_default().into_owned();
            feeder.file(origin, &mut target.as_slice())?;
            continue;
        }
        if !holds_a_file(entry.header().entry_type()) {
            continue;
        }
        feeder.file(origin, &mut entry)?;
    }
    archive.into_inner().finish()
}

/// How a layer is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packed {
    Gzip,
    Zstd,
    Not,
}

impl Packed {
    fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Not,
        }
    }
}

fn is_document(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    start.starts_with(b"{") || start.starts_with(b"[")
}

/// Whether a text begins as a tar does; one without files is nothing but zeros.
fn is_tar(start: &[u8]) -> bool {
    start.len() == 512
        && (start.get(257..262) == Some(b"ustar") || start.iter().all(|byte| *byte == 0) || is_old_tar(start))
}

/// The header of a tar from before there was a mark for it: its checksum holds.
fn is_old_tar(header: &[u8]) -> bool {
    let sum: u32 =
        header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    let field = header.get(148..156).unwrap_or_default();
    let digits: String = field.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_digit).collect();
    u32::from_str_radix(&digits, 8) == Ok(sum)
}

pub(in crate::effects) fn cleaned(path: &Path) -> String {
    path.to_string_lossy().trim_start_matches("./").trim_end_matches('/').to_owned()
}

/// Where a link leads, as a name in the archive.
pub(in crate::effects) fn linked(name: &str, target: &Path, from_root: bool) -> String {
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let path = if from_root { target.to_path_buf() } else { folder.join(target) };
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(parts.pop()),
            std::path::Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}
