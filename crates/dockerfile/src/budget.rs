//! Limits on the work that one Dockerfile may cause: variables built from themselves double with every line.

use std::cell::Cell;

/// Limit on the text that variables add to one value, in bytes. The kernel accepts no environment variable of this
/// length.
const OF_ONE_VALUE: usize = 1024 * 1024;

/// Limit on the text that variables add to all values of a Dockerfile, in bytes.
const OF_ALL_VALUES: usize = 32 * 1024 * 1024;

/// Limit on the steps that the patterns of `${name#…}`, `${name%…}` and `${name/…/…}` take.
const STEPS: usize = 32 * 1024 * 1024;

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Budget {
    value: Cell<usize>,
    all: Cell<usize>,
    steps: Cell<usize>,
    is_spent: Cell<bool>,
}

impl Budget {
    /// Makes the budget of one Dockerfile.
    pub(super) fn new() -> Self {
        let (value, all) = (OF_ONE_VALUE.into(), OF_ALL_VALUES.into());
        Self { value, all, steps: STEPS.into(), is_spent: false.into() }
    }

    /// Starts another value, with a full budget of its own.
    pub(super) fn next_value(&self) {
        self.value.set(OF_ONE_VALUE);
    }

    /// Spends the bytes of a variable; returns whether the budget allows them.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.spend(&self.value, bytes) && self.spend(&self.all, bytes)
    }

    /// Spends the steps of a pattern; returns whether the budget allows them.
    pub(super) fn takes_steps(&self, steps: usize) -> bool {
        self.spend(&self.steps, steps)
    }

    /// Whether anything went beyond the limits.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    fn spend(&self, left: &Cell<usize>, what: usize) -> bool {
        match left.get().checked_sub(what) {
            Some(rest) => left.set(rest),
            None => self.is_spent.set(true),
        }
        !self.is_spent.get()
    }
}
