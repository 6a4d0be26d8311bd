//! An expression in two forms: one is made quickly and reads slowly, the other is made slowly and reads quickly.
//!
//! Most processes try an expression at few places, and would spend more time on making the second form than on reading.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use regex_automata::meta::{Builder, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

/// How many bytes the first form reads before the second one is made.
const SLOWLY: u64 = 16 * 1024;

/// A match: ranges of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The start and end of the match.
    pub(crate) whole: (usize, usize),
    /// The start and end of the first group that took part in the match; those of the match if none did.
    pub(crate) secret: (usize, usize),
}

/// The forms of an expression over bytes, which are made from the parsed expression when they are first needed.
pub(crate) struct Expression {
    /// Whether matches begin at the start of the text.
    is_anchored: bool,
    slow: OnceLock<Option<Regex>>,
    fast: OnceLock<Option<Regex>>,
    /// How many bytes were read.
    read: AtomicU64,
}

impl Expression {
    /// Makes an expression. `is_anchored` says that matches begin at the start of a text.
    pub(crate) fn new(is_anchored: bool) -> Self {
        Self { is_anchored, slow: OnceLock::new(), fast: OnceLock::new(), read: AtomicU64::new(0) }
    }

    /// Returns the match at the start of a text.
    pub(crate) fn at_start(&self, hir: &Hir, text: &[u8]) -> Option<Found> {
        let regex = self.form(hir, text.len())?;
        let mut captures = regex.create_captures();
        regex.search_captures(&Input::new(text).anchored(Anchored::Yes), &mut captures);
        found(&captures)
    }

    /// Returns the first match that contains a position of a text, of those that do not overlap.
    pub(crate) fn around(&self, hir: &Hir, text: &[u8], place: usize) -> Option<Found> {
        let matches = self.form(hir, text.len())?.captures_iter(text);
        let mut matches = matches.filter_map(|captures| found(&captures)).take_while(|found| found.whole.0 <= place);
        matches.find(|found| place < found.whole.1)
    }

    /// Whether a form was made.
    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.slow.get().is_some() || self.fast.get().is_some()
    }

    /// Returns the form for a text of this length.
    fn form(&self, hir: &Hir, length: usize) -> Option<&Regex> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let before = self.read.fetch_add(length, Ordering::Relaxed);
        if before < SLOWLY {
            self.slow.get_or_init(|| self.compile(hir, false)).as_ref()
        } else {
            self.fast.get_or_init(|| self.compile(hir, true)).as_ref()
        }
    }

    fn compile(&self, hir: &Hir, fast: bool) -> Option<Regex> {
        counted::count(1);
        let config = Regex::config().utf8_empty(false).auto_prefilter(fast && !self.is_anchored).hybrid(fast);
        Builder::new().configure(config).build_from_hir(hir).ok()
    }
}

fn found(captures: &Captures) -> Option<Found> {
    let whole = captures.get_group(0)?;
    let secret = captures.iter().skip(1).flatten().next().unwrap_or(whole);
    Some(Found { whole: (whole.start, whole.end), secret: (secret.start, secret.end) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extent::read;

    #[test]
    fn both_forms_find_the_same() {
        let texts: [&[u8]; 6] = [b"key=abc", b" key=\xff1 key=b", b"KEY=1,key=2", b"key", b"", b"xkey=abc\nkey=d"];
        for (regex, is_anchored) in [(r"key=([a-z]+)|key=([^\s,]+)", true), (r"(?i)\bkey=(?:([0-9])|[a-z]+)", false)] {
            let hir = read(regex).unwrap();
            for text in texts {
                for place in 0..text.len() {
                    let forms = [0, SLOWLY].map(|read| {
                        let expression = Expression::new(is_anchored);
                        expression.read.store(read, Ordering::Relaxed);
                        let found = (expression.at_start(&hir, text), expression.around(&hir, text, place));
                        assert_eq!(expression.fast.get().is_some(), read > 0);
                        found
                    });
                    assert_eq!(forms[0], forms[1], "{regex} {place}");
                }
            }
        }
    }

    #[test]
    fn the_first_group_of_the_match_around_a_place_is_the_secret() {
        let hir = read("a=(b+)|c=(d+)|e=f").unwrap();
        let around = |place| Expression::new(false).around(&hir, b"a=bb c=d a=b e=f", place);
        assert_eq!(around(1), Some(Found { whole: (0, 4), secret: (2, 4) }));
        assert_eq!(around(5), Some(Found { whole: (5, 8), secret: (7, 8) }));
        assert_eq!(around(8), None);
        assert_eq!(around(14), Some(Found { whole: (13, 16), secret: (13, 16) }));
    }

    #[test]
    fn the_second_form_is_made_once_much_was_read() {
        let (hir, expression) = (read("a+").unwrap(), Expression::new(true));
        let forms = counted::of(|| (0..10).for_each(|_| assert!(expression.at_start(&hir, b"aa").is_some())));
        assert_eq!(forms, 1);
        let text = vec![b'a'; 64 * 1024];
        let forms = counted::of(|| (0..10).for_each(|_| assert!(expression.at_start(&hir, &text).is_some())));
        assert_eq!(forms, 1);
        assert!(expression.fast.get().is_some());
    }
}
