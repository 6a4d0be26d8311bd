//! Searches large amounts of text in parallel: one thread reads, the others search, and memory is bounded.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use crate::{Collected, Detector, LocatedVerdict, Verdict, not_searched, rules, scan_text, scan_wide};

use super::feeder::{Ended, Feeder};
use super::job::Job;

/// How many buffers wait for a searcher; each holds about a mebibyte.
const WAITING: usize = 4;

/// Limit on the number of searchers.
const MOST_SEARCHERS: usize = 8;

/// The result of a search.
#[derive(Debug)]
pub struct SearchResult<R> {
    /// The result of the reader.
    pub result: R,
    /// The secrets that were found, and what could not be searched. A path may contain a secret: mask it before
    /// display.
    pub found: Vec<LocatedVerdict>,
    /// The number of bytes that were searched.
    pub bytes: u64,
}

/// Searches everything that `read` passes to the feeder. What fits into one buffer is searched on this thread: to start
/// others would take longer.
pub fn search<R>(detector: &Detector, read: impl FnOnce(&mut Feeder<'_>) -> R) -> SearchResult<R> {
    let (jobs, waiting) = sync_channel::<Job>(WAITING);
    let (free, buffers) = channel::<Vec<u8>>();
    // Dropped with the last searcher, so that the reader does not wait for ever.
    let waiting = Arc::new(Mutex::new(waiting));
    std::thread::scope(|scope| {
        let running = RefCell::new(Vec::new());
        let start = || {
            for _ in 0..processors().min(MOST_SEARCHERS) {
                let (waiting, free) = (Arc::clone(&waiting), free.clone());
                running.borrow_mut().push(scope.spawn(move || searcher(detector, &waiting, &free)));
            }
        };
        let mut feeder = Feeder::new(jobs, buffers, Box::new(start));
        let result = read(&mut feeder);
        let mut collected = Collected::default();
        if let Some(only) = feeder.finish() {
            searched(detector, &only, &mut collected);
        }
        let Ended { not_searched: unread, named, bytes } = feeder.ended();
        drop((free, waiting));
        // A searcher that panicked has not searched everything, so its panic is passed on.
        let running = running.into_inner().into_iter();
        let joined = running.map(|handle| handle.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.for_each(|found| collected.merge(found));
        for (origin, reason) in unread {
            collected.add(LocatedVerdict { origin, offset: 0, verdict: not_searched(&reason) });
        }
        for (origin, what) in named {
            let verdict = Verdict { rule: rules::SECRET_FILE, reason: format!("it is {what}") };
            collected.add(LocatedVerdict { origin, offset: 0, verdict });
        }
        SearchResult { result, found: collected.finish(), bytes }
    })
}

/// Returns the number of processors that this process may use. Asking the system reads several files.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn searcher(detector: &Detector, waiting: &Mutex<Receiver<Job>>, free: &Sender<Vec<u8>>) -> Collected {
    let mut found = Collected::default();
    loop {
        let job = match waiting.lock() {
            Ok(waiting) => waiting.recv(),
            Err(_) => break,
        };
        let Ok(mut job) = job else { break };
        searched(detector, &job, &mut found);
        let mut buffer = std::mem::take(&mut job.buffer);
        buffer.clear();
        // The reader may have finished already.
        let _nobody_needs_it = free.send(buffer);
    }
    found
}

/// Searches the texts of a job.
fn searched(detector: &Detector, Job { buffer, pieces }: &Job, found: &mut Collected) {
    for piece in pieces {
        let Some(text) = buffer.get(piece.text.clone()) else { continue };
        for one in scan_text(detector, &piece.origin, text, piece.own.clone(), piece.offset) {
            found.add(one);
        }
        if piece.wide {
            for one in scan_wide(detector, &piece.origin, text, piece.own.clone(), piece.offset) {
                found.add(one);
            }
        }
    }
}
