//! The beginning of a file, which says what it is, and the whole of it again.

use std::io::{self, Cursor, Read};

use crate::{Packing, Reader, START};

/// A tar without files is at least as long, in bytes.
const EMPTY_TAR: u64 = 1024;

/// A reader whose beginning was looked at.
pub(crate) struct Begun<'a> {
    /// How many zeros stand in front, in blocks as a tar has them; a disk without files begins like this, too.
    zeros: u64,
    /// What follows them.
    start: Vec<u8>,
    rest: Reader<'a>,
}

impl<'a> Begun<'a> {
    /// Looks at the beginning.
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

    /// What it is packed as; behind zeros only a tar goes on.
    pub(crate) fn packing(&self, name: &str) -> Packing {
        match Packing::of(&self.start, name) {
            packing if self.zeros == 0 || packing == Packing::Tar => packing,
            _ => Packing::Plain,
        }
    }

    /// Whether it is a tar, which may be nothing but its end.
    pub(crate) fn is_tar(&self) -> bool {
        let is_empty = self.start.is_empty() && self.zeros >= EMPTY_TAR && self.zeros.is_multiple_of(EMPTY_TAR / 2);
        is_empty || self.packing("") == Packing::Tar
    }

    /// The bytes that it begins with.
    pub(crate) fn start(&self) -> &[u8] {
        if self.zeros == 0 { &self.start } else { &[] }
    }

    /// All of it.
    pub(crate) fn whole(self) -> Reader<'a> {
        let start = Cursor::new(self.start).chain(self.rest);
        if self.zeros == 0 { Box::new(start) } else { Box::new(io::repeat(0).take(self.zeros).chain(start)) }
    }
}
