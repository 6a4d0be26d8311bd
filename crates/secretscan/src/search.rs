//! Searches large amounts of text in parallel: one thread reads, the others search, and memory is bounded.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use crate::{Collected, Detector, LocatedVerdict, Verdict, not_searched, rules, scan_text, scan_wide};

use super::feeder::Feeder;
use super::job::Job;

/// How many buffers wait for a searcher; each holds about a mebibyte.
const WAITING: usize = 4;

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

/// Searches everything that `read` passes to the feeder.
pub fn search<R>(detector: &Detector, read: impl FnOnce(&mut Feeder) -> R) -> SearchResult<R> {
    let searchers = std::thread::available_parallelism().map_or(1, |count| count.get().min(8));
    let (jobs, waiting) = sync_channel::<Job>(WAITING);
    let (free, buffers) = channel::<Vec<u8>>();
    // Dropped with the last searcher, so that the reader does not wait for ever.
    let waiting = Arc::new(Mutex::new(waiting));
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..searchers)
            .map(|_| {
                let (waiting, free) = (Arc::clone(&waiting), free.clone());
                scope.spawn(move || searcher(detector, &waiting, &free))
            })
            .collect();
        drop((free, waiting));
        let mut feeder = Feeder::new(jobs, buffers);
        let result = read(&mut feeder);
        feeder.finish();
        // A searcher that panicked has not searched everything, so its panic is passed on.
        let joined = handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| resume_unwind(panic)));
        let mut collected = Collected::default();
        joined.for_each(|found| collected.merge(found));
        for (origin, reason) in feeder.not_searched.drain(..) {
            collected.add(LocatedVerdict { origin, offset: 0, verdict: not_searched(&reason) });
        }
        for (origin, what) in feeder.named.drain(..) {
            let verdict = Verdict { rule: rules::SECRET_FILE, reason: format!("it is {what}") };
            collected.add(LocatedVerdict { origin, offset: 0, verdict });
        }
        SearchResult { result, found: collected.finish(), bytes: feeder.bytes }
    })
}

fn searcher(detector: &Detector, waiting: &Mutex<Receiver<Job>>, free: &Sender<Vec<u8>>) -> Collected {
    let mut found = Collected::default();
    loop {
        let job = match waiting.lock() {
            Ok(waiting) => waiting.recv(),
            Err(_) => break,
        };
        let Ok(Job { mut buffer, pieces }) = job else { break };
        for piece in &pieces {
            if let Some(text) = buffer.get(piece.text.clone()) {
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
        buffer.clear();
        // The reader may have finished already.
        let _nobody_needs_it = free.send(buffer);
    }
    found
}
