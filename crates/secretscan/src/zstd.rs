//! Decodes Zstandard as it occurs in practice: several frames in sequence, some of them skippable.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::Reader;

/// Decodes all frames to the end of a stream.
pub(crate) struct Frames<'a> {
    source: BufReader<Reader<'a>>,
    decoder: FrameDecoder,
    within: bool,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(source: Reader<'a>) -> Self {
        Self { source: BufReader::new(source), decoder: FrameDecoder::new(), within: false }
    }

    /// Goes to the next frame; returns whether there is one.
    fn next(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.source).take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        Ok(false)
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.within {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let one = BlockDecodingStrategy::UptoBlocks(1);
                    let decoded = self.decoder.decode_blocks(&mut self.source, one);
                    decoded.map_err(|error| io::Error::other(error.to_string()))?;
                }
                let taken = self.decoder.read(buffer)?;
                if taken > 0 || buffer.is_empty() {
                    return Ok(taken);
                }
            }
            self.within = self.next()?;
            if !self.within {
                return Ok(0);
            }
        }
    }
}
