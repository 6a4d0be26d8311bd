//! Archives inside of what is searched: gzip and zip, one level deep, within limits. What lies beyond them is said.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::feeder::Feeder;
use crate::domain::secrets::{Origin, utf16};

/// Archives up to this size are kept in memory, so that one that is damaged can still be searched as it is.
const KEPT: u64 = 64 * 1024 * 1024;

/// The most that may come out of one archive, in bytes.
const UNPACKED: u64 = 1024 * 1024 * 1024;

/// How many bytes tell what a file is.
const MAGIC: u64 = 256;

/// What a file is packed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packed {
    Gzip,
    Zip,
    /// Text of Windows' editors.
    Utf16,
    Not,
}

impl Packed {
    fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [b'P', b'K', 3, 4, ..] => Self::Zip,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Utf16,
            // A program in front of a zip, which Python runs.
            [b'#', b'!', ..] if start.windows(4).any(|window| window == b"PK\x03\x04") => Self::Zip,
            _ => Self::Not,
        }
    }
}

/// Takes a file and what it holds.
pub(super) fn file(feeder: &mut Feeder, origin: &Arc<Origin>, content: &mut dyn Read) -> io::Result<()> {
    let mut start = Vec::new();
    (&mut *content).take(MAGIC).read_to_end(&mut start)?;
    let packed = Packed::of(&start);
    let mut whole = Cursor::new(start).chain(content);
    if packed == Packed::Not {
        return feeder.text(origin, &mut whole);
    }
    let mut kept = Vec::new();
    (&mut whole).take(KEPT + 1).read_to_end(&mut kept)?;
    let small = kept.len() as u64 <= KEPT;
    let mut rest = Cursor::new(&kept).chain(&mut whole);
    let unpacked = match packed {
        Packed::Gzip => gzip(feeder, origin, &mut rest),
        Packed::Utf16 if small => {
            let text = utf16(&kept).unwrap_or_default();
            // It may be something else after all.
            feeder.text(origin, &mut text.as_bytes()).and_then(|()| feeder.text(origin, &mut kept.as_slice()))
        }
        Packed::Utf16 => Err(io::Error::other("it is a text in UTF-16 of more than 64 MiB")),
        _ if small => zip(feeder, origin, &kept),
        _ => zip_stream(feeder, origin, &mut rest),
    };
    // The reader must have been read to its end, whatever the unpacker has made of it.
    io::copy(&mut rest, &mut io::sink())?;
    if let Err(error) = unpacked {
        feeder.unseen.push((Arc::clone(origin), error.to_string()));
        if small {
            feeder.text(origin, &mut Cursor::new(&kept))?;
        }
    }
    Ok(())
}

fn gzip(feeder: &mut Feeder, origin: &Arc<Origin>, packed: &mut dyn Read) -> io::Result<()> {
    let inner = Arc::new(origin.inside(""));
    let mut limited = Limited { inner: MultiGzDecoder::new(packed), left: UNPACKED };
    feeder.text(&inner, &mut limited)
}

/// Every file that the directory of a zip names.
fn zip(feeder: &mut Feeder, origin: &Arc<Origin>, packed: &[u8]) -> io::Result<()> {
    let mut left = UNPACKED;
    let mut archive = zip::ZipArchive::new(Cursor::new(packed)).map_err(io::Error::other)?;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(io::Error::other)?;
        left = zip_entry(feeder, origin, entry, left)?;
    }
    Ok(())
}

/// The files of a zip that is too large to be kept, as they come by; the directory stands at its end.
fn zip_stream(feeder: &mut Feeder, origin: &Arc<Origin>, packed: &mut dyn Read) -> io::Result<()> {
    let mut packed = packed;
    let mut left = UNPACKED;
    loop {
        let entry = zip::read::read_zipfile_from_stream(&mut packed).map_err(io::Error::other)?;
        let Some(entry) = entry else { return Ok(()) };
        left = zip_entry(feeder, origin, entry, left)?;
    }
}

/// One file of a zip, to its end; how much more may come out of the zip.
fn zip_entry<R: Read + ?Sized>(
    feeder: &mut Feeder,
    origin: &Arc<Origin>,
    entry: zip::read::ZipFile<'_, R>,
    left: u64,
) -> io::Result<u64> {
    let size = entry.size();
    let inner = Arc::new(origin.inside(entry.name().unwrap_or_default().as_ref()));
    let mut limited = Limited { inner: entry, left };
    feeder.text(&inner, &mut limited)?;
    if left - limited.left == size { Ok(limited.left) } else { Err(io::Error::other("a file in it ends early")) }
}

/// A reader that fails when too much comes out of it.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.inner.read(buffer)?;
        let bytes = taken as u64;
        self.left = self.left.checked_sub(bytes).ok_or_else(|| io::Error::other("it holds more than a gibibyte"))?;
        Ok(taken)
    }
}
