//! Whether an archive was read to its own end, or only to the end of what there is of it.

use std::io::{self, Read};

/// The unit of a tar, in bytes.
const BLOCK: usize = 512;

/// A reader that knows how what it read has ended.
pub(super) struct Tail<R> {
    inner: R,
    /// How many of the last bytes were zeros, as far as it matters.
    zeros: usize,
}

impl<R> Tail<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, zeros: 0 }
    }
}

impl<R: Read> Tail<R> {
    /// Reads whatever is left. An archive ends with a block of zeros, or somebody has cut it off.
    pub(super) fn finish(mut self) -> io::Result<()> {
        io::copy(&mut self, &mut io::sink())?;
        if self.zeros < BLOCK { Err(io::Error::other("it ends without the mark of an archive's end")) } else { Ok(()) }
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.inner.read(buffer)?;
        let last = buffer.get(taken.saturating_sub(BLOCK)..taken).unwrap_or_default();
        let zeros = last.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if zeros == taken { (self.zeros + zeros).min(BLOCK) } else { zeros };
        Ok(taken)
    }
}
