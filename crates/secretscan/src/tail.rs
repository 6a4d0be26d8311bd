//! Records how a stream ends: whether an archive was read to its own end, and the last bytes of a file.

use std::io::{self, Cursor, Read};

use crate::Reader;

/// The block size of a tar, in bytes.
const BLOCK: usize = 512;

/// A reader that records how its data ends.
pub(crate) struct Tail<'a> {
    inner: Reader<'a>,
    /// The last bytes that were read, at most a block.
    last: Vec<u8>,
    /// How many bytes were read.
    length: u64,
    /// How reading ended; none before the end.
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    OfData,
    Failure,
}

impl<'a> Tail<'a> {
    pub(crate) fn new(inner: Reader<'a>) -> Self {
        Self { inner, last: Vec::new(), length: 0, end: None }
    }

    /// Reads the rest. An archive that does not end with a block of zeros was cut off.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        io::copy(&mut self, &mut io::sink())?;
        let has_end = self.last.len() == BLOCK && self.last.iter().all(|byte| *byte == 0);
        if has_end { Ok(()) } else { Err(io::Error::other("it ends without the mark of an archive's end")) }
    }

    /// Returns the last bytes that were read.
    pub(crate) fn last<const LENGTH: usize>(&self) -> Option<&[u8; LENGTH]> {
        self.last.last_chunk()
    }

    /// Returns how many bytes were read.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Returns why reading an archive failed. The message of the archive's reader is not used, since it may contain
    /// data of the archive.
    pub(crate) fn reason(&self, error: io::Error) -> io::Error {
        match self.end {
            Some(End::Failure) => error,
            Some(End::OfData) => io::Error::other("it ends in the middle of a file"),
            None => io::Error::other("it goes on as something that is no archive"),
        }
    }

    /// Returns the rest of a damaged archive from its last block on, and the position of that block.
    pub(crate) fn resumed(self) -> (u64, impl Read) {
        // At the end, at most a part of a block was not searched.
        let part = usize::try_from(self.length).map_or(0, |length| length % BLOCK);
        let not_searched = if self.end.is_none() { BLOCK } else { part };
        let last = self.last.get(self.last.len().saturating_sub(not_searched)..).unwrap_or_default().to_vec();
        let at = self.length.saturating_sub(u64::try_from(last.len()).unwrap_or_default());
        (at.max(1), Cursor::new(last).chain(self.inner))
    }
}

impl Read for Tail<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        match &read {
            Ok(0) if !buffer.is_empty() => self.end = Some(End::OfData),
            Err(error) if error.kind() != io::ErrorKind::Interrupted => self.end = Some(End::Failure),
            _ => {}
        }
        let taken = read?;
        let piece = buffer.get(..taken).unwrap_or_default();
        let new = piece.get(taken.saturating_sub(BLOCK)..).unwrap_or_default();
        let old = self.last.len().saturating_add(new.len()).saturating_sub(BLOCK);
        self.last.drain(..old);
        self.last.extend_from_slice(new);
        self.length = self.length.saturating_add(u64::try_from(taken).unwrap_or_default());
        Ok(taken)
    }
}
