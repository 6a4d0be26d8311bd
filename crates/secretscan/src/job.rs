//! The jobs that the reader passes to the searchers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use super::text::Origin;

/// A buffer with one or more texts in it.
pub(crate) struct Job {
    pub(crate) buffer: Vec<u8>,
    pub(crate) pieces: Vec<Piece>,
}

/// A text, or a part of one.
pub(crate) struct Piece {
    pub(crate) origin: Arc<Origin>,
    /// Its range in the buffer.
    pub(crate) text: std::ops::Range<usize>,
    /// The range that this job searches; the neighbouring jobs search the rest.
    pub(crate) own: std::ops::Range<usize>,
    /// Its position in the file.
    pub(crate) offset: u64,
    /// Whether it is also searched for texts in UTF-16.
    pub(crate) wide: bool,
}

/// The reader's end of the channel.
pub(crate) type Jobs = SyncSender<Job>;

/// Buffers that can be used again.
pub(crate) type Buffers = Receiver<Vec<u8>>;
