//! Joins scoped threads.

use std::panic::resume_unwind;
use std::thread::{JoinHandle, ScopedJoinHandle};

/// Returns the result of a thread; if it has panicked, the panic continues here.
pub fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Returns the result of a thread that has ended; if it has panicked, the panic continues here.
pub fn ended<T>(handle: JoinHandle<T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}
