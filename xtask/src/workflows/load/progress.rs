//! Runs work in another thread, and shows the progress of its transfer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use crate::domain::minikube::events::{LoadEvents, TransferKind};
use crate::effects::clock::{Stopwatch, pause};
use crate::effects::threads::joined;

/// The interval at which progress is shown.
const TICK: Duration = Duration::from_millis(100);

/// The polling interval while waiting for the end of the work.
const POLL: Duration = Duration::from_millis(5);

/// Runs a function in another thread, and shows its progress.
pub(super) fn with_progress<R: Send>(
    events: &dyn LoadEvents,
    kind: TransferKind,
    bytes: &AtomicU64,
    work: impl FnOnce() -> R + Send,
) -> R {
    std::thread::scope(|scope| watched(events, kind, bytes, scope.spawn(work)))
}

/// Waits for a thread, and shows its progress.
pub(super) fn watched<R>(
    events: &dyn LoadEvents,
    kind: TransferKind,
    bytes: &AtomicU64,
    worker: ScopedJoinHandle<'_, R>,
) -> R {
    let mut progress = events.transfer(kind);
    let watch = Stopwatch::start();
    let mut shown = Stopwatch::start();
    while !worker.is_finished() {
        pause(POLL);
        if shown.elapsed() >= TICK {
            progress.advance(bytes.load(Ordering::SeqCst), watch.elapsed());
            shown = Stopwatch::start();
        }
    }
    drop(progress);
    joined(worker)
}
