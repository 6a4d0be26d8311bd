//! Unpacks one packed file, as a reader. Data behind the end of a packed file is kept for the search.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use brotli_decompressor::Decompressor;
use bzip2::read::MultiBzDecoder;
use flate2::bufread::GzDecoder;
use flate2::read::ZlibDecoder;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::{LzipReader, LzmaReader, XzReader};

use super::zstd::Frames;
use crate::{Reader, Stream};

/// Memory limit of a file of the LZMA family, in KiB: what the strongest common setting needs.
const MEMORY: u32 = 80 * 1024;

/// How much Brotli reads at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Returns a reader of the unpacked data.
pub(crate) fn unpacked(stream: Stream, packed: Reader<'_>) -> io::Result<Reader<'_>> {
    Ok(match stream {
        Stream::Gzip => Box::new(OnlyGzip(Gzip::new(packed))),
        Stream::Zlib => Box::new(ZlibDecoder::new(packed)),
        Stream::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
        Stream::Xz => Box::new(XzReader::new_mem_limit(packed, true, MEMORY)),
        Stream::Lzma => Box::new(LzmaReader::new_mem_limit(packed, MEMORY, None)?),
        Stream::Lzip => Box::new(lzip(packed)?),
        Stream::Zstd => Box::new(Frames::new(packed)),
        Stream::Lz4 => Box::new(Lz4(FrameDecoder::new(BufReader::new(packed)))),
        Stream::Brotli => Box::new(Decompressor::new(packed, CHUNK)),
    })
}

/// Opens lzip. The decoder allocates as much memory as the first header says, up to half a gibibyte, so the header is
/// checked first.
fn lzip(mut packed: Reader<'_>) -> io::Result<LzipReader<Reader<'_>>> {
    const LARGEST: u8 = 26;
    let mut header = [0; 6];
    packed.read_exact(&mut header)?;
    if header[5] & 0x1f > LARGEST {
        return Err(io::Error::other("it needs more than 64 MiB of memory to be unpacked"));
    }
    Ok(LzipReader::new(Box::new(Cursor::new(header).chain(packed))))
}

/// Gzip members, one after the other. Packers append zeros, and other programs append arbitrary data: such data ends
/// the last member and is not an error.
pub(crate) struct Gzip<'a> {
    file: Option<GzDecoder<BufReader<Reader<'a>>>>,
    rest: Option<BufReader<Reader<'a>>>,
}

/// Gzip with nothing but zeros behind its end.
struct OnlyGzip<'a>(Gzip<'a>);

impl Read for OnlyGzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.0.read(buffer)?;
        let Some(rest) = self.0.rest.as_mut().filter(|_| taken == 0 && !buffer.is_empty()) else { return Ok(taken) };
        loop {
            let more = rest.fill_buf()?;
            if more.iter().any(|byte| *byte != 0) {
                return Err(io::Error::other("other data follows its end"));
            }
            match more.len() {
                0 => return Ok(0),
                length => rest.consume(length),
            }
        }
    }
}

impl<'a> Gzip<'a> {
    pub(crate) fn new(packed: Reader<'a>) -> Self {
        Self { file: Some(GzDecoder::new(BufReader::new(packed))), rest: None }
    }

    /// Returns what stands behind the last member.
    pub(crate) fn into_rest(self) -> Option<BufReader<Reader<'a>>> {
        self.rest
    }
}

impl Read for Gzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(file) = &mut self.file {
            let taken = file.read(buffer)?;
            if taken > 0 || buffer.is_empty() {
                return Ok(taken);
            }
            let Some(mut rest) = self.file.take().map(GzDecoder::into_inner) else { break };
            if rest.fill_buf()?.first() == Some(&0x1f) {
                self.file = Some(GzDecoder::new(rest));
            } else {
                self.rest = Some(rest);
            }
        }
        Ok(0)
    }
}

/// All frames of LZ4 in sequence.
struct Lz4<'a>(FrameDecoder<BufReader<Reader<'a>>>);

impl Read for Lz4<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let taken = self.0.read(buffer)?;
            if taken > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(taken);
            }
        }
    }
}

/// The bytes of a zip, from either source. The reader of zips is large and compiled once for each type.
pub(crate) enum Zip<'a> {
    /// In memory, including its directory.
    Kept(Cursor<&'a [u8]>),
    /// As a stream, one file after the other.
    Coming(Reader<'a>),
}

impl Read for Zip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Kept(bytes) => bytes.read(buffer),
            Self::Coming(reader) => reader.read(buffer),
        }
    }
}

impl Seek for Zip<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Kept(bytes) => bytes.seek(to),
            Self::Coming(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}

/// A reader that fails once it and all readers with the same limit have returned more than the limit.
pub(crate) struct Limited<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
    taken: u64,
}

impl<'a, R> Limited<'a, R> {
    pub(crate) fn new(inner: R, left: &'a Cell<u64>) -> Self {
        Self { inner, left, taken: 0 }
    }

    /// Returns how many bytes it has returned.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Fails if the limit is reached.
    pub(crate) fn check(&self) -> io::Result<()> {
        if self.left.get() == 0 { Err(too_much()) } else { Ok(()) }
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.inner.read(buffer)?;
        let bytes = u64::try_from(taken).unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_add(bytes);
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or_default());
        left.map(|_| taken).ok_or_else(too_much)
    }
}

fn too_much() -> io::Error {
    io::Error::other("it holds more than a gibibyte")
}
