//! Cuts what is read into pieces for the searchers.

use std::io::{self, Read};
use std::sync::Arc;

use super::job::{Buffers, Job, Jobs, Piece};
use crate::{OVERLAP, Origin, secret_file};

/// How much text a job holds, in bytes.
const JOB: usize = 1024 * 1024;

/// How many files a job holds at most: some are empty.
const PIECES: usize = 4096;

/// Which part of a file a text is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where it stands in the file, in bytes.
    pub(crate) at: u64,
    /// Whether it may hold text in UTF-16 that was not read as such.
    pub(crate) wide: bool,
}

impl Part {
    /// All of it.
    pub(crate) const WHOLE: Self = Self { at: 0, wide: true };
}

/// Takes files, one after the other.
pub struct Feeder {
    jobs: Option<Jobs>,
    buffers: Buffers,
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
    /// What could not be looked into, and why.
    pub(crate) unseen: Vec<(Arc<Origin>, String)>,
    /// Files whose names say that they hold secrets, and what they are.
    pub(crate) named: Vec<(Arc<Origin>, &'static str)>,
    /// How many bytes were searched.
    pub(crate) bytes: u64,
}

impl Feeder {
    pub(crate) fn new(jobs: Jobs, buffers: Buffers) -> Self {
        let (buffer, pieces) = (Vec::with_capacity(JOB + 4 * OVERLAP), Vec::new());
        Self { jobs: Some(jobs), buffers, buffer, pieces, unseen: Vec::new(), named: Vec::new(), bytes: 0 }
    }

    /// Notes what could not be read, and why; it is a finding of its own.
    pub fn unread(&mut self, origin: Origin, reason: String) {
        let origin = Arc::new(origin);
        self.judge_name(&origin);
        self.unseen.push((origin, reason));
    }

    /// Takes the name of something that is no file to read.
    pub fn name(&mut self, origin: Origin) {
        self.judge_name(&Arc::new(origin));
    }

    /// Judges the name of a file: of every one alone, in an archive, and in a layer.
    pub(crate) fn judge_name(&mut self, origin: &Arc<Origin>) {
        self.named.extend(secret_file(&origin.path).map(|what| (Arc::clone(origin), what)));
    }

    /// Takes a text as it is. Of one that cannot be read to its end, what was read is searched.
    pub(crate) fn text(&mut self, origin: &Arc<Origin>, content: &mut dyn Read, part: Part) -> io::Result<()> {
        // Where this text begins in the buffer, and how much of it an earlier job has had.
        let mut start = self.buffer.len();
        let Part { at: mut offset, wide } = part;
        let mut first = true;
        let read = loop {
            let had = self.buffer.len();
            let room = JOB.saturating_sub(had.saturating_sub(start)).max(1);
            let limit = u64::try_from(room).unwrap_or(u64::MAX);
            let read = (&mut *content).take(limit).read_to_end(&mut self.buffer);
            let taken = self.buffer.len().saturating_sub(had);
            self.bytes = self.bytes.saturating_add(u64::try_from(taken).unwrap_or_default());
            let length = self.buffer.len().saturating_sub(start);
            let own_start = if first { 0 } else { OVERLAP };
            if taken < room || read.is_err() {
                // A file without text still has a name.
                if first || length > own_start {
                    self.push(origin, start, own_start..length, Part { at: offset, wide });
                }
                break read;
            }
            // More may follow: what stands at the end is searched together with it.
            self.push(origin, start, own_start..length.saturating_sub(OVERLAP), Part { at: offset, wide });
            let tail = self.buffer.len().saturating_sub(2 * OVERLAP);
            let tail = self.buffer.get(tail..).map(<[u8]>::to_vec).unwrap_or_default();
            offset = offset.saturating_add(u64::try_from(length.saturating_sub(tail.len())).unwrap_or_default());
            self.send();
            self.buffer.extend_from_slice(&tail);
            start = 0;
            first = false;
        };
        if self.buffer.len() >= JOB || self.pieces.len() >= PIECES {
            self.send();
        }
        read.map(drop)
    }

    fn push(&mut self, origin: &Arc<Origin>, start: usize, own: std::ops::Range<usize>, part: Part) {
        let text = start..self.buffer.len();
        self.pieces.push(Piece { origin: Arc::clone(origin), text, own, offset: part.at, wide: part.wide });
    }

    fn send(&mut self) {
        let fresh = self.buffers.try_recv().unwrap_or_else(|_| Vec::with_capacity(JOB + 4 * OVERLAP));
        let job = Job { buffer: std::mem::replace(&mut self.buffer, fresh), pieces: std::mem::take(&mut self.pieces) };
        if let Some(jobs) = &self.jobs {
            // It can only fail when every searcher has died, which `search` notices by itself.
            let _nobody_searches = jobs.send(job);
        }
    }

    /// Hands over what is left; nothing can be taken any more.
    pub(crate) fn finish(&mut self) {
        self.send();
        self.jobs = None;
    }
}
