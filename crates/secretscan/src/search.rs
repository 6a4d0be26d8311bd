//! Looking for secrets in much text at once: one thread reads, the others search, and memory stays bounded.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use crate::{Collected, Detector, Found, Verdict, rules, scan_text, scan_wide, unseen};

use super::feeder::Feeder;
use super::job::Job;

/// How many buffers wait for a searcher; one holds about a mebibyte.
const WAITING: usize = 4;

/// What a search came to.
#[derive(Debug)]
pub struct Searched<R> {
    /// What the reader returned.
    pub result: R,
    /// What was found; what could not be searched is among it. A path may hold a secret and is not to be shown as it is.
    pub found: Vec<Found>,
    /// How many bytes were searched.
    pub bytes: u64,
}

/// Searches everything that `read` hands to the feeder.
pub fn search<R>(detector: &Detector, read: impl FnOnce(&mut Feeder) -> R) -> Searched<R> {
    let searchers = std::thread::available_parallelism().map_or(1, |count| count.get().min(8));
    let (jobs, waiting) = sync_channel::<Job>(WAITING);
    let (free, buffers) = channel::<Vec<u8>>();
    // It goes with the last searcher: a reader that nobody listens to must not wait for ever.
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
        // A search that ended early has not seen everything: its panic is ours.
        let joined = handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| resume_unwind(panic)));
        let mut collected = Collected::default();
        joined.for_each(|found| collected.merge(found));
        for (origin, reason) in feeder.unseen.drain(..) {
            collected.add(Found { origin, offset: 0, verdict: unseen(&reason) });
        }
        for (origin, what) in feeder.named.drain(..) {
            let verdict = Verdict { rule: rules::SECRET_FILE, reason: format!("it is {what}") };
            collected.add(Found { origin, offset: 0, verdict });
        }
        Searched { result, found: collected.finish(), bytes: feeder.bytes }
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
        // The reader may be done already.
        let _nobody_needs_it = free.send(buffer);
    }
    found
}
