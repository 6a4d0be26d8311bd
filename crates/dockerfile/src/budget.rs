//! How much work one Dockerfile may ask for: variables that are put together from themselves double with every line.

use std::cell::Cell;

/// What variables may add to the text of one value, in bytes. No process can be given a variable of this length.
const OF_ONE_VALUE: usize = 1024 * 1024;

/// What variables may add to all values of a Dockerfile, in bytes.
const OF_ALL_VALUES: usize = 32 * 1024 * 1024;

/// How many steps the patterns of `${name#…}`, `${name%…}` and `${name/…/…}` may take.
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
    /// The budget of a Dockerfile.
    pub(super) fn new() -> Self {
        let (value, all) = (OF_ONE_VALUE.into(), OF_ALL_VALUES.into());
        Self { value, all, steps: STEPS.into(), is_spent: false.into() }
    }

    /// Begins another value.
    pub(super) fn next_value(&self) {
        self.value.set(OF_ONE_VALUE);
    }

    /// Whether so many bytes of a variable can be put in.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.spend(&self.value, bytes) && self.spend(&self.all, bytes)
    }

    /// Whether a pattern can take so many steps more.
    pub(super) fn takes_steps(&self, steps: usize) -> bool {
        self.spend(&self.steps, steps)
    }

    /// Whether something was asked for that is beyond the limits.
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
