//! How far the matches of a pattern can reach: how long they can be, and which bytes can stand in them.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// What an expression can match at most.
pub(crate) struct Extent {
    /// The length of the longest match in bytes; none where there is no limit.
    longest: Option<usize>,
    /// For each byte, whether it can stand in a match.
    bytes: [bool; 256],
}

impl Extent {
    /// That of an expression over bytes; one that cannot be read has no limits.
    pub(crate) fn of(regex: &str) -> Self {
        let Some(hir) = read(regex) else { return Self { longest: None, bytes: [true; 256] } };
        let mut extent = Self { longest: hir.properties().maximum_len(), bytes: [false; 256] };
        extent.add(&hir);
        extent
    }

    /// Whether a match can reach through all of these bytes and one more.
    pub(crate) fn passes(&self, bytes: &[u8]) -> bool {
        self.longest.is_none_or(|longest| longest > bytes.len())
            && bytes.iter().all(|byte| self.bytes.get(usize::from(*byte)).copied().unwrap_or(true))
    }

    fn add(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => literal.0.iter().for_each(|byte| self.allow(*byte, *byte)),
            HirKind::Class(Class::Bytes(class)) => {
                class.ranges().iter().for_each(|range| self.allow(range.start(), range.end()));
            }
            HirKind::Class(Class::Unicode(_)) => self.allow(0, u8::MAX),
            HirKind::Repetition(repetition) => self.add(&repetition.sub),
            HirKind::Capture(capture) => self.add(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| self.add(part)),
        }
    }

    fn allow(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            if let Some(allowed) = self.bytes.get_mut(usize::from(byte)) {
                *allowed = true;
            }
        }
    }
}

fn read(regex: &str) -> Option<Hir> {
    ParserBuilder::new().unicode(false).utf8(false).build().parse(regex).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns;

    #[test]
    fn a_match_ends_at_its_length_and_at_bytes_that_it_cannot_hold() {
        let short = Extent::of("[a-z]{4}(?:-[0-9]{2})?");
        assert!(short.passes(b"abcd-1"));
        assert!(!short.passes(b"abcd-12"), "no longer match");
        assert!(!short.passes(b"abC"));
        let long = Extent::of(r#"a(?i:b)[^\s"']*"#);
        assert!(long.passes(&[b'x'; 5000]) && long.passes(b"AbB\xff"));
        assert!(!long.passes(b"ab c") && !long.passes(b"ab\n"));
        assert!(Extent::of("(").passes(b"anything"));
    }

    #[test]
    fn the_expression_of_each_pattern_is_read() {
        for pattern in patterns() {
            assert!(read(pattern.regex).is_some(), "{}", pattern.id);
        }
    }
}
