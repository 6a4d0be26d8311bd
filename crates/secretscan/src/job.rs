//! What the reader hands to the searchers.

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
    /// Where it stands in the buffer.
    pub(crate) text: std::ops::Range<usize>,
    /// Which part of it is searched; the rest is seen by its neighbours.
    pub(crate) own: std::ops::Range<usize>,
    /// Where it stands in its file.
    pub(crate) offset: u64,
    /// Whether texts in UTF-16 are looked for in it.
    pub(crate) wide: bool,
}

/// The reader's end of the pipes.
pub(crate) type Jobs = SyncSender<Job>;

/// Buffers that can be used again.
pub(crate) type Buffers = Receiver<Vec<u8>>;
