//! Counts the work that is done for an input, in steps that do not depend on the machine.
//!
//! Code whose work could grow faster than its input counts what it reads: bytes, lines, patterns tried. Tests read the
//! counter for an input and for one of twice the size. A count is an addition to a thread-local variable, so its cost
//! is negligible.

use std::cell::Cell;

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// Adds steps to the counter of this thread.
#[inline]
pub fn count(steps: usize) {
    DONE.with(|done| done.set(done.get().wrapping_add(steps as u64)));
}

/// Runs a function and returns the number of steps that it counted on this thread.
pub fn of(run: impl FnOnce()) -> u64 {
    let before = DONE.with(Cell::get);
    run();
    DONE.with(Cell::get).wrapping_sub(before)
}
