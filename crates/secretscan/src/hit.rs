//! A word that the first pass finds.

/// A word that occurs in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// Its start.
    pub(crate) start: usize,
    /// Its end.
    pub(crate) end: usize,
    /// The index of the word.
    pub(crate) word: usize,
}
