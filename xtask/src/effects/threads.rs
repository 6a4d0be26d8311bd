//! Joins threads, and distributes work among them.

use std::panic::resume_unwind;
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

/// Returns the result for each item, in order. Many items are distributed among the processors of the machine.
pub fn mapped<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = available_parallelism().map_or(1, usize::from);
    let threads = processors.min(items.len() / WORTH_A_THREAD);
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
    fn a_panic_of_a_thread_goes_on() {
        let items: Vec<usize> = (0..100).collect();
        let panic = catch_unwind(|| mapped(&items, |item| assert_ne!(*item, 77, "item 77"))).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("item 77"));
    }
}
