//! Joins threads, and distributes work among them.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread::{JoinHandle, ScopedJoinHandle, available_parallelism, scope};

/// The least number of items that is worth a thread.
const WORTH_A_THREAD: usize = 16;

/// Returns the result of a thread; if it has panicked, the panic continues here.
pub fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Returns the result of a thread that has ended; if it has panicked, the panic continues here.
pub fn ended<T>(handle: JoinHandle<T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Does two pieces of work at the same time, the first one on this thread.
pub fn both<T, R: Send>(first: impl FnOnce() -> T, second: impl FnOnce() -> R + Send) -> (T, R) {
    scope(|scope| {
        let second = scope.spawn(second);
        (first(), joined(second))
    })
}

/// Returns the number of processors that this process may use. Asking the system reads several files.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

/// Returns the result for each item, in order. Many items are distributed among the processors of the machine.
pub fn mapped<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let worth = items.len() / WORTH_A_THREAD;
    let threads = if worth < 2 { 1 } else { processors().min(worth) };
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(threads));
        let running: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        running.into_iter().flat_map(joined).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items_however_many_there_are() {
        for many in [0, 1, 15, 16, 31, 32, 33, 500, 501] {
            let items: Vec<usize> = (0..many).collect();
            assert_eq!(mapped(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn both_pieces_of_work_are_done_and_a_panic_of_either_goes_on() {
        assert_eq!(both(|| 1, || "a"), (1, "a"));
        for panics in [0, 1] {
            let panic = catch_unwind(|| both(|| assert_ne!(panics, 0, "first"), || assert_ne!(panics, 1, "second")));
            assert!(panic.is_err());
        }
    }

    #[test]
    fn a_panic_of_a_thread_goes_on() {
        let items: Vec<usize> = (0..100).collect();
        let panic = catch_unwind(|| mapped(&items, |item| assert_ne!(*item, 77, "item 77"))).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("item 77"));
    }
}
