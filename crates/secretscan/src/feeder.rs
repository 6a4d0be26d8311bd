//! Splits what is read into jobs for the searchers.

use std::io::{self, Read};
use std::sync::Arc;

use super::job::{Buffers, Job, Jobs, Piece};
use crate::{OVERLAP, Origin, secret_file};

/// The amount of text in a job, in bytes.
const JOB: usize = 1024 * 1024;

/// Limit on the number of files in a job: some are empty.
const PIECES: usize = 4096;

/// A part of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its position in the file, in bytes.
    pub(crate) at: u64,
    /// Whether it may hold text in UTF-16 that was not decoded.
    pub(crate) wide: bool,
}

impl Part {
    /// The whole file.
    pub(crate) const WHOLE: Self = Self { at: 0, wide: true };
}

/// Takes files, one after the other, and passes them to the searchers.
pub struct Feeder<'a> {
    jobs: Option<Jobs>,
    buffers: Buffers,
    /// Starts the searchers, which the second job needs; none once they have started.
    start: Option<Box<dyn FnOnce() + 'a>>,
    /// The first job.
    first: Option<Job>,
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
    /// What could not be searched, with the reasons.
    pub(crate) not_searched: Vec<(Arc<Origin>, String)>,
    /// Files whose names say that they hold secrets, with what they are.
    pub(crate) named: Vec<(Arc<Origin>, &'static str)>,
    /// The number of bytes that were searched.
    pub(crate) bytes: u64,
}

/// What is left of a feeder.
pub(crate) struct Ended {
    /// What could not be searched, with the reasons.
    pub(crate) not_searched: Vec<(Arc<Origin>, String)>,
    /// Files whose names say that they hold secrets, with what they are.
    pub(crate) named: Vec<(Arc<Origin>, &'static str)>,
    /// The number of bytes that were searched.
    pub(crate) bytes: u64,
}

impl<'a> Feeder<'a> {
    pub(crate) fn new(jobs: Jobs, buffers: Buffers, start: Box<dyn FnOnce() + 'a>) -> Self {
        Self {
            jobs: Some(jobs),
            buffers,
            start: Some(start),
            first: None,
            buffer: Vec::with_capacity(JOB + 4 * OVERLAP),
            pieces: Vec::new(),
            not_searched: Vec::new(),
            named: Vec::new(),
            bytes: 0,
        }
    }

    /// Records that something could not be read, and why. It becomes a finding.
    pub fn unread(&mut self, origin: Origin, reason: String) {
        let origin = Arc::new(origin);
        self.judge_name(&origin);
        self.not_searched.push((origin, reason));
    }

    /// Judges the name of an entry that is not read as a file.
    pub fn name(&mut self, origin: Origin) {
        self.judge_name(&Arc::new(origin));
    }

    /// Judges the name of a file, be it a single file, a file in an archive, or a file in a layer.
    pub(crate) fn judge_name(&mut self, origin: &Arc<Origin>) {
        self.named.extend(secret_file(&origin.path).map(|what| (Arc::clone(origin), what)));
    }

    /// Takes a text unchanged. If reading fails, the part before the failure is searched.
    pub(crate) fn text(&mut self, origin: &Arc<Origin>, content: &mut dyn Read, part: Part) -> io::Result<()> {
        // The start of this text in the buffer, and how much of it an earlier job has searched.
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
                // A file without text still has a name to judge.
                if first || length > own_start {
                    self.push(origin, start, own_start..length, Part { at: offset, wide });
                }
                break read;
            }
            // More text may follow: the end of this part is searched together with it.
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
        self.pass_on(job);
    }

    fn pass_on(&mut self, job: Job) {
        let Some(start) = self.start.take() else { return self.queue(job) };
        match self.first.take() {
            None => (self.first, self.start) = (Some(job), Some(start)),
            Some(first) => {
                start();
                self.queue(first);
                self.queue(job);
            }
        }
    }

    fn queue(&mut self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // This fails only if every searcher has panicked, which `search` reports.
            let _nobody_searches = jobs.send(job);
        }
    }

    /// Passes on the last job; nothing can be added afterwards. Returns the job if it is the only one: no searcher has
    /// started.
    pub(crate) fn finish(&mut self) -> Option<Job> {
        let job = Job { buffer: std::mem::take(&mut self.buffer), pieces: std::mem::take(&mut self.pieces) };
        self.pass_on(job);
        self.jobs = None;
        self.first.take()
    }

    /// Returns what is left.
    pub(crate) fn ended(self) -> Ended {
        Ended { not_searched: self.not_searched, named: self.named, bytes: self.bytes }
    }
}
