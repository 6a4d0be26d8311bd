//! Files, folders, and standard input as what is searched.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::archive::{self, Content, Stream};
use super::feeder::Feeder;
use crate::domain::secrets::Origin;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An OCI layout.
    Layout,
    /// Any other folder.
    Folder,
    /// A file.
    File,
    /// A pipe, or whatever else can be read once.
    Stream,
}

/// Looks at a path.
pub fn form(path: &Path) -> io::Result<Form> {
    let facts = fs::metadata(path)?;
    let layout = || path.join("index.json").is_file() && path.join("blobs").is_dir();
    Ok(match facts.is_dir() {
        true if layout() => Form::Layout,
        true => Form::Folder,
        false if facts.is_file() => Form::File,
        false => Form::Stream,
    })
}

/// Reads an OCI layout.
pub fn read_layout(feeder: &mut Feeder, path: &Path) -> io::Result<Content> {
    archive::read_folder(feeder, path, &|_| false)
}

/// Reads a file as an archive, packed or not; none where it is something else, which was not read then.
pub fn read_file_archive(feeder: &mut Feeder, path: &Path, shown: &str) -> io::Result<Option<Content>> {
    match archive::stream(BufReader::new(File::open(path)?), shown)? {
        Stream::Tar(reader) => Ok(Some(archive::read_some(feeder, reader))),
        Stream::Other(_) => Ok(None),
    }
}

/// Reads a stream to its end: an archive, packed or not, or a text.
pub fn read_stream(feeder: &mut Feeder, reader: impl Read, shown: &str) -> io::Result<Option<Content>> {
    match archive::stream(reader, shown)? {
        Stream::Tar(reader) => Ok(Some(archive::read_some(feeder, reader))),
        Stream::Other(mut reader) => feeder.file(Origin::of_file(shown), &mut reader).map(|()| None),
    }
}

/// A path, to be read once.
pub fn opened(path: &Path) -> io::Result<impl Read + use<>> {
    File::open(path).map(BufReader::new)
}

/// Standard input, to be read once.
pub fn standard_input() -> impl Read {
    BufReader::with_capacity(64 * 1024, io::stdin().lock())
}

/// Reads a file, or every file below a folder; paths are shown behind `shown`. Returns those that were read,
/// as they are shown and where they lie.
pub fn read_files(feeder: &mut Feeder, path: &Path, shown: &str) -> BTreeMap<String, PathBuf> {
    let files = if path.is_dir() { below(feeder, path) } else { vec![path.to_path_buf()] };
    let mut read = BTreeMap::new();
    for file in files {
        let inner = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
        let name = match (shown, inner.as_str()) {
            (shown, "") => shown.to_owned(),
            ("." | "./", inner) => inner.to_owned(),
            (shown, inner) => format!("{}/{inner}", shown.trim_end_matches('/')),
        };
        if read_file(feeder, &file, Origin::of_file(&name)) {
            read.insert(name, file);
        }
    }
    read
}

/// Reads one file; whether that was possible. What was not is said.
pub fn read_file(feeder: &mut Feeder, path: &Path, origin: Origin) -> bool {
    let read = File::open(path).and_then(|content| feeder.file(origin.clone(), &mut BufReader::new(content)));
    if let Err(error) = &read {
        feeder.unseen.push((origin.into(), error.to_string()));
    }
    read.is_ok()
}

/// All files below a folder, in order. Links are not followed; what git keeps for itself is left out.
fn below(feeder: &mut Feeder, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.unwrap_or_else(|error| {
            feeder.unseen.push((Origin::of_file(&folder.to_string_lossy()).into(), error.to_string()));
            Vec::new()
        });
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// The line of an offset in a file, from 1; none where the file cannot be read again, or holds something else than text.
pub fn line_of(path: &Path, offset: u64) -> Option<usize> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(offset).read_to_end(&mut text).ok()?;
    let lines = text.split(|byte| *byte == b'\n').count();
    (!text.contains(&0)).then_some(lines)
}
