//! Reads files, folders, and standard input for the search.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use process::signals;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::effects::context::entries;
use crate::effects::fs::{FileError, open_file, open_listed};
use secretscan::Feeder;
use secretscan::Origin;
use secretscan::archive::{self, Content, Stream};
use shown::shown_path;

/// The interval at which a wait for input checks for signals.
const POLL_INTERVAL: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An OCI layout: a folder with images.
    Layout,
    /// Any other folder.
    Folder,
    /// A file.
    File,
    /// A pipe, or something else that can be read once.
    Stream,
}

/// Returns what is at a path.
///
/// # Errors
///
/// The path does not exist, or cannot be read.
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
///
/// # Errors
///
/// A file of the layout cannot be read.
pub fn read_layout(feeder: &mut Feeder, path: &Path) -> io::Result<Content> {
    archive::read_folder(feeder, path, &|file| match open_file(file) {
        Ok(file) => Ok(Some(file)),
        Err(FileError::Io(error)) => Err(error),
        Err(FileError::Gone | FileError::NotAFile(_)) => Ok(None),
    })
}

/// Reads a file as an archive, packed or not; none if it is not an archive, and then nothing was read.
///
/// # Errors
///
/// The file cannot be read, or the archive is damaged.
pub fn read_file_archive(feeder: &mut Feeder, path: &Path, shown: &str) -> io::Result<Option<Content>> {
    let file = open_file(path).map_err(io::Error::other)?;
    match archive::stream(BufReader::new(file), shown)? {
        Stream::Tar(reader) => Ok(Some(archive::read_some(feeder, reader))),
        Stream::Other(_) => Ok(None),
    }
}

/// Reads a stream to its end: an archive, packed or not, or a text. Returns the contents of an archive.
///
/// # Errors
///
/// The stream cannot be read, or the archive is damaged.
pub fn read_stream(feeder: &mut Feeder, reader: impl Read, shown: &str) -> io::Result<Option<Content>> {
    match archive::stream(reader, shown)? {
        Stream::Tar(reader) => Ok(Some(archive::read_some(feeder, reader))),
        Stream::Other(mut reader) => feeder.file(Origin::of_file(shown), &mut reader).map(|()| None),
    }
}

/// Opens a pipe or a device for reading once. Waits for the writer of a pipe.
///
/// # Errors
///
/// It cannot be opened.
pub fn opened(path: &Path) -> io::Result<impl Read + use<>> {
    let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(nonblocking).open(path).map(interruptible)
}

/// Opens standard input for reading once.
///
/// # Errors
///
/// Standard input cannot be used.
pub fn standard_input() -> io::Result<impl Read> {
    io::stdin().as_fd().try_clone_to_owned().map(|input| interruptible(File::from(input)))
}

/// A reader that waits for data until a signal is received.
struct Interruptible(File);

fn interruptible(file: File) -> impl Read {
    BufReader::with_capacity(64 * 1024, Interruptible(file))
}

impl Read for Interruptible {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if signals::received().is_some() {
                return Err(io::Error::other("interrupted"));
            }
            let mut waiting = [PollFd::new(&self.0, PollFlags::IN)];
            match poll(&mut waiting, Some(&POLL_INTERVAL)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => match self.0.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                },
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Reads a file, or every file below a folder; messages show paths with the prefix `shown`. Returns the files that were
/// read: their paths for display, and their real paths.
pub fn read_files(feeder: &mut Feeder, path: &Path, shown: &str) -> BTreeMap<String, PathBuf> {
    let name = |inner: &Path| match (shown, shown_path(inner)) {
        (shown, inner) if inner.is_empty() => shown.to_owned(),
        ("." | "./", inner) => inner,
        (shown, inner) => format!("{}/{inner}", shown.trim_end_matches('/')),
    };
    let mut read = BTreeMap::new();
    if !path.is_dir() {
        let was_read = read_opened(feeder, open_file(path), Origin::of_file(shown));
        read.extend(was_read.then(|| (shown.to_owned(), path.to_path_buf())));
        return read;
    }
    for inner in below(feeder, path, &name) {
        let (file, name) = (path.join(&inner), name(&inner));
        if read_listed(feeder, &file, Origin::of_file(&name)) {
            read.insert(name, file);
        }
    }
    read
}

/// Reads a file that a walk has found; returns whether it was read. A file that has disappeared is left out.
pub fn read_listed(feeder: &mut Feeder, path: &Path, origin: Origin) -> bool {
    match open_listed(path) {
        Err(FileError::Gone) => false,
        Err(FileError::NotAFile(_)) => {
            feeder.name(origin);
            false
        }
        opened => read_opened(feeder, opened, origin),
    }
}

fn read_opened(feeder: &mut Feeder, opened: Result<File, FileError>, origin: Origin) -> bool {
    let read = opened.and_then(|content| Ok(feeder.file(origin.clone(), &mut BufReader::new(content))?));
    if let Err(error) = &read {
        feeder.unread(origin, error.to_string());
    }
    read.is_ok()
}

/// Returns all files below a folder, relative to it and in order. Does not follow links, and skips git's own folder.
fn below(feeder: &mut Feeder, root: &Path, name: &dyn Fn(&Path) -> String) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        let entries = entries(&root.join(&folder)).unwrap_or_else(|error| {
            feeder.unread(Origin::of_file(&name(&folder)), error.to_string());
            Vec::new()
        });
        for entry in entries {
            let inner = folder.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => waiting.push(inner),
                Ok(kind) if kind.is_file() => files.push(inner),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// Returns the line, from 1, of an offset in a file; none if the file cannot be read again, or is not text.
pub fn line_of(path: &Path, offset: u64) -> Option<usize> {
    let mut text = Vec::new();
    open_listed(path).ok()?.take(offset).read_to_end(&mut text).ok()?;
    let lines = text.split(|byte| *byte == b'\n').count();
    (!text.contains(&0)).then_some(lines)
}
