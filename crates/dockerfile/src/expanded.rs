//! The result of processing a word: its text, and the names of the variables in it.

use std::collections::HashSet;

/// A processed word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// All variables that the word refers to, each once, in order.
    pub(super) names: Vec<String>,
    /// Variables whose references stayed as they were written.
    pub(super) unknown: Vec<String>,
    /// Variables without a value and without a default; their references became empty.
    pub(super) unset: Vec<String>,
    /// Positions in `text` of blanks outside quotes.
    pub(super) blanks: Vec<usize>,
}

impl Expanded {
    /// Splits the text at blanks that no quote and no escape protects.
    pub(super) fn words(&self) -> Vec<&str> {
        let starts = std::iter::once(0).chain(self.blanks.iter().copied());
        let ends = self.blanks.iter().copied().chain([self.text.len()]);
        let parts = starts.zip(ends).filter_map(|(start, end)| self.text.get(start..end)).enumerate();
        let words = parts.map(|(at, part)| {
            // Every part but the first begins with its blank.
            let mut word = part.chars();
            word.by_ref().take(at.min(1)).for_each(drop);
            word.as_str()
        });
        words.filter(|word| !word.is_empty()).collect()
    }
}

/// A set of names that keeps their order.
#[derive(Default)]
pub(super) struct Names {
    pub(super) list: Vec<String>,
    known: HashSet<String>,
}

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        if self.known.insert(name.to_owned()) {
            self.list.push(name.to_owned());
        }
    }

    pub(super) fn truncate(&mut self, length: usize) {
        for name in self.list.drain(length.min(self.list.len())..) {
            self.known.remove(&name);
        }
    }
}
