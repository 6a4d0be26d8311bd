//! Reads the first bytes of a file without losing them.

use std::io::{self, Cursor, Read};

use crate::{Packing, Reader, START};

/// The size of an empty tar, in bytes.
const EMPTY_TAR: u64 = 1024;

/// A reader whose first bytes have been read.
pub(crate) struct Peeked<'a> {
    /// How many zeros stand in front, in tar blocks; a disk image without files begins with zeros, too.
    zeros: u64,
    /// The bytes behind the zeros.
    start: Vec<u8>,
    rest: Reader<'a>,
}

impl<'a> Peeked<'a> {
    /// Reads the first bytes.
    pub(crate) fn of(mut rest: Reader<'a>) -> io::Result<Self> {
        let limit = u64::try_from(START).unwrap_or(u64::MAX);
        let (mut zeros, mut start) = (0_u64, Vec::new());
        loop {
            rest.by_ref().take(limit).read_to_end(&mut start)?;
            if start.is_empty() || start.iter().any(|byte| *byte != 0) {
                return Ok(Self { zeros, start, rest });
            }
            zeros = zeros.saturating_add(u64::try_from(start.len()).unwrap_or(u64::MAX));
            start.clear();
        }
    }

    /// Returns the format of the file. Behind zeros, only a tar is considered.
    pub(crate) fn packing(&self, name: &str) -> Packing {
        match Packing::of(&self.start, name) {
            packing if self.zeros == 0 || packing == Packing::Tar => packing,
            _ => Packing::Plain,
        }
    }

    /// Whether the file is a tar, perhaps an empty one.
    pub(crate) fn is_tar(&self) -> bool {
        let is_empty = self.start.is_empty() && self.zeros >= EMPTY_TAR && self.zeros.is_multiple_of(EMPTY_TAR / 2);
        is_empty || self.packing("") == Packing::Tar
    }

    /// Returns the first bytes.
    pub(crate) fn start(&self) -> &[u8] {
        if self.zeros == 0 { &self.start } else { &[] }
    }

    /// Returns a reader of the whole file.
    pub(crate) fn whole(self) -> Reader<'a> {
        let start = Cursor::new(self.start).chain(self.rest);
        if self.zeros == 0 { Box::new(start) } else { Box::new(io::repeat(0).take(self.zeros).chain(start)) }
    }
}
