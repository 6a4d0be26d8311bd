//! Threads that end before their scope does.

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

/// The result of a thread; its panic continues here.
pub fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}
