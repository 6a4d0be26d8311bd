//! The gate of a pattern: what must stand behind its word, as runs of bytes. Most occurrences of a word fail it, which
//! is seen without the pattern's expression, so most expressions are never compiled.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The largest number of runs in a gate; more would hardly reject more.
const RUNS: usize = 48;

/// A set of bytes.
pub(crate) type Bytes = [bool; 256];

/// The result of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// The expression may match here.
    Maybe,
    /// The expression cannot match here, however the text goes on. Holds how many bytes were read.
    No(usize),
}

/// What must stand behind a word: the beginning of an expression, as far as it is a sequence of classes and letters.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    runs: Vec<Run>,
}

/// Bytes of one class.
#[derive(Debug)]
struct Run {
    bytes: Bytes,
    least: usize,
    most: usize,
}

impl Gate {
    /// Returns the gate at the beginning of an expression. It admits everything if the expression begins with
    /// alternatives or with an optional group.
    pub(crate) fn of(expression: &Hir) -> Self {
        let mut gate = Self::default();
        let _whole = gate.add(expression);
        gate
    }

    /// Adds an expression; none where the gate ends.
    fn add(&mut self, expression: &Hir) -> Option<()> {
        match expression.kind() {
            // A condition on the place can only reject more.
            HirKind::Empty | HirKind::Look(_) => Some(()),
            HirKind::Literal(letters) => letters.0.iter().try_for_each(|letter| {
                let mut bytes = [false; 256];
                allow(&mut bytes, *letter, *letter);
                self.push(Run { bytes, least: 1, most: 1 })
            }),
            // A letter of another kind can take several bytes.
            HirKind::Class(Class::Unicode(_)) | HirKind::Alternation(_) => None,
            HirKind::Class(class) => self.push(Run { bytes: bytes(class), least: 1, most: 1 }),
            HirKind::Repetition(repetition) => {
                let HirKind::Class(class @ Class::Bytes(_)) = repetition.sub.kind() else { return None };
                let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
                let most = repetition.max.map_or(usize::MAX, size);
                self.push(Run { bytes: bytes(class), least: size(repetition.min), most })
            }
            HirKind::Capture(capture) => self.add(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part)),
        }
    }

    /// Adds a run. Where a run before it could have any of several lengths and its last bytes could belong to the new
    /// one, it is not known where the new one begins, and the gate ends.
    fn push(&mut self, run: Run) -> Option<()> {
        let meets = |last: &Run| last.bytes.iter().zip(&run.bytes).any(|(first, second)| *first && *second);
        let is_open = self.runs.last().is_some_and(|last| last.least < last.most && meets(last));
        // An optional run may be missing, and then the one before it meets the one behind it.
        let is_doubtful = run.least == 0 && self.runs.last().is_some_and(|last| last.least < last.most);
        if is_open || is_doubtful || self.runs.len() == RUNS {
            return None;
        }
        self.runs.push(run);
        Some(())
    }

    /// Whether the expression may match at the beginning of this text. `is_cut` says that more text follows, which is
    /// not read.
    pub(crate) fn admits(&self, text: &[u8], is_cut: bool) -> Admission {
        let mut at: usize = 0;
        for (number, Run { bytes, least, most }) in self.runs.iter().enumerate() {
            // It does not matter where the last run ends.
            let most = if number + 1 == self.runs.len() { least } else { most };
            let rest = text.get(at..).unwrap_or_default();
            let rest = rest.get(..*most).unwrap_or(rest);
            let length = rest.iter().position(|byte| !holds(bytes, *byte)).unwrap_or(rest.len());
            at += length;
            if length < *least {
                return if is_cut && at == text.len() { Admission::Maybe } else { Admission::No(at + 1) };
            }
        }
        Admission::Maybe
    }
}

/// Whether a set holds a byte.
pub(crate) fn holds(bytes: &Bytes, byte: u8) -> bool {
    bytes.get(usize::from(byte)).copied().unwrap_or(true)
}

/// Adds a range to a set.
pub(crate) fn allow(bytes: &mut Bytes, first: u8, last: u8) {
    let range = bytes.get_mut(usize::from(first)..=usize::from(last));
    range.into_iter().flatten().for_each(|allowed| *allowed = true);
}

/// Returns the bytes of a class; all of them for a class of letters that take several bytes.
pub(crate) fn bytes(class: &Class) -> Bytes {
    let mut bytes = [false; 256];
    match class {
        Class::Bytes(class) => class.ranges().iter().for_each(|range| allow(&mut bytes, range.start(), range.end())),
        Class::Unicode(_) => bytes = [true; 256],
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extent::read;

    fn admits(expression: &str, text: &str) -> Admission {
        Gate::of(&read(expression).unwrap()).admits(text.as_bytes(), false)
    }

    #[test]
    fn a_gate_is_the_beginning_of_an_expression() {
        use Admission::{Maybe, No};
        for (expression, text, admission) in [
            ("([a-z]{3})", "abc", Maybe),
            ("([a-z]{3})", "ab", No(3)),
            ("([a-z]{3})", "ab1", No(3)),
            ("ab[0-9]+", "ab1", Maybe),
            ("ab[0-9]+", "ab", No(3)),
            ("[^:@]*:[^@]+@", "host:port@", Maybe),
            ("[^:@]*:[^@]+@", "host/path", No(10)),
            ("[^:@]*:[^@]+@", "host:@", No(6)),
            ("[a-z]{2,4}:", "abcde:", No(5)),
            // Where the first run ends is not known, so only its shortest form counts.
            ("[a-z]{2,4}[a-c]:", "ab!", Maybe),
            (r"\s?x", " x", Maybe),
            (r"\s?x", "x", Maybe),
            (r"\s?x", "  x", No(2)),
            ("[a-z]*[0-9]*[a-z]{3}", "abc", Maybe),
            ("(a|b)c", "zz", Maybe),
            ("(?:ab)?c", "zz", Maybe),
            (r"\bab", "ab", Maybe),
        ] {
            assert_eq!(admits(expression, text), admission, "{expression} on {text}");
        }
    }

    #[test]
    fn what_goes_on_behind_the_text_may_match() {
        let gate = Gate::of(&read("[^:@]*:[^@]+@").unwrap());
        assert_eq!(gate.admits(b"host", true), Admission::Maybe);
        assert_eq!(gate.admits(b"host:port", true), Admission::Maybe);
        assert_eq!(gate.admits(b"host@", true), Admission::No(5));
    }
}
