//! Counted work: how much is done for an input, in steps that do not depend on the machine.
//!
//! What could grow faster than its input counts what it looks at: bytes, lines, patterns tried. Tests read the counter and
//! double the input. A count is an addition in a variable of the thread and costs nothing beside the work itself.

use std::cell::Cell;

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// Counts steps.
#[inline]
pub fn count(steps: usize) {
    DONE.with(|done| done.set(done.get().wrapping_add(steps as u64)));
}

/// The steps that this thread takes to run a function.
pub fn of(run: impl FnOnce()) -> u64 {
    let before = DONE.with(Cell::get);
    run();
    DONE.with(Cell::get).wrapping_sub(before)
}
