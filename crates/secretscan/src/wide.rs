//! Finds text in UTF-16 anywhere in a file: every other byte of it is zero. Windows' tools write it with and without a
//! byte order mark, and registries and programs contain pieces of it.

use std::ops::Range;
use std::sync::Arc;

use super::judge::Detector;
use super::text::{LocatedVerdict, Origin, in_text};

/// Runs with fewer letters hold no secret.
const SHORTEST: usize = 8;

/// How many bytes are tested at once: four letters, which every run of `SHORTEST` letters contains.
const STEP: usize = 8;

/// How many bytes are skipped at once if no step has letters.
const BLOCK: usize = 64;

/// The zeros of a step whose first byte is a letter, as `zeros` returns them.
const FIRST: u64 = 0x8000_8000_8000_8000;

/// The zeros of a step whose second byte is a letter, as `zeros` returns them.
const SECOND: u64 = 0x0080_0080_0080_0080;

/// The letters of a text without the zeros between them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Narrow {
    letters: Vec<u8>,
    /// The start of each run: in `letters`, and in the text.
    runs: Vec<(usize, usize)>,
}

/// Searches the texts in UTF-16 in these bytes, in either byte order.
pub fn scan_wide(
    detector: &Detector,
    origin: &Arc<Origin>,
    text: &[u8],
    own: Range<usize>,
    offset: u64,
) -> Vec<LocatedVerdict> {
    let Some(narrow) = Narrow::of(text) else { return Vec::new() };
    let own = narrow.place(own.start)..narrow.place(own.end);
    let found = in_text(detector, &origin.path, &narrow.letters, own);
    let at = |(place, verdict)| LocatedVerdict::at(origin, offset, narrow.place_in_text(place), verdict);
    found.into_iter().map(at).collect()
}

impl Narrow {
    /// Collects the runs of a text, each on a line of its own; none if there are none.
    fn of(text: &[u8]) -> Option<Self> {
        let mut narrow = Self::default();
        let mut behind = 0;
        let (blocks, rest) = text.as_chunks();
        for (number, block) in blocks.iter().enumerate().filter(|(_, block)| may_have_letters(block)) {
            behind = narrow.block(text, number.saturating_mul(BLOCK), block, behind);
        }
        narrow.block(text, text.len().saturating_sub(rest.len()), rest, behind);
        (!narrow.runs.is_empty()).then_some(narrow)
    }

    /// Collects the runs with a letter in this block, which begins at `begin`, from `limit` on; returns the end of the
    /// last one.
    fn block(&mut self, text: &[u8], begin: usize, block: &[u8], mut limit: usize) -> usize {
        let (steps, _) = block.as_chunks();
        for (index, step) in steps.iter().enumerate().filter(|(_, step)| has_letters(**step)) {
            let letter = usize::from(zeros(*step) == SECOND);
            let place = begin.saturating_add(index.saturating_mul(STEP)).saturating_add(letter);
            if place >= limit {
                limit = self.run(text, place, limit);
            }
        }
        limit
    }

    /// Collects the run around a letter, from `limit` on; returns its end.
    #[inline(never)]
    fn run(&mut self, text: &[u8], place: usize, limit: usize) -> usize {
        let is_zero = |at: usize| text.get(at) == Some(&0);
        let is_letter = |at: usize| text.get(at).is_some_and(|byte| is_letter(*byte));
        if !is_letter(place) {
            return place.saturating_add(1);
        }
        let (mut start, mut last) = (place, place);
        while let Some(before) = start.checked_sub(2)
            && before >= limit
            && is_letter(before)
            && is_zero(start.saturating_sub(1))
        {
            start = before;
        }
        while is_zero(last.saturating_add(1)) && is_letter(last.saturating_add(2)) {
            last = last.saturating_add(2);
        }
        let end = last.saturating_add(1);
        let letters = text.get(start..end).unwrap_or_default().iter().step_by(2);
        if letters.len() >= SHORTEST {
            if !self.letters.is_empty() {
                self.letters.push(b'\n');
            }
            self.runs.push((self.letters.len(), start));
            self.letters.extend(letters);
        }
        end
    }

    /// Returns the first letter at or behind a position of the text.
    fn place(&self, in_text: usize) -> usize {
        let next = self.runs.partition_point(|(_, start)| *start <= in_text);
        let end = self.runs.get(next).map_or(self.letters.len(), |(letters, _)| *letters);
        let run = next.checked_sub(1).and_then(|run| self.runs.get(run));
        run.map_or(end, |(letters, start)| letters.saturating_add(in_text.saturating_sub(*start).div_ceil(2)).min(end))
    }

    /// Returns the position of a letter in the text.
    fn place_in_text(&self, letter: usize) -> usize {
        let run = self.runs.partition_point(|(start, _)| *start <= letter).checked_sub(1);
        run.and_then(|run| self.runs.get(run))
            .map_or(0, |(letters, start)| start.saturating_add(letter.saturating_sub(*letters).saturating_mul(2)))
    }
}

/// Whether a step of a block has four letters. The loop has no branch and a fixed length, since it runs on all data.
fn may_have_letters(block: &[u8; BLOCK]) -> bool {
    let (steps, _) = block.as_chunks();
    steps.iter().fold(false, |any, step| any | has_letters(*step))
}

/// Whether exactly every other byte of a step is zero.
fn has_letters(step: [u8; STEP]) -> bool {
    (zeros(step) == FIRST) | (zeros(step) == SECOND)
}

/// Returns the highest bit of each byte of a step that is zero.
fn zeros(step: [u8; STEP]) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let step = u64::from_le_bytes(step);
    !((step & LOW).wrapping_add(LOW) | step | LOW)
}

/// Whether a byte is a character of texts.
fn is_letter(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0xa0..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wide(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    proptest! {
        #[test]
        fn every_letter_is_where_it_was(
            text in "[ -~]{8,60}", before in proptest::collection::vec(any::<u8>(), 0..40),
            behind in proptest::collection::vec(1..9_u8, 0..40), big in any::<bool>(),
        ) {
            // The bytes before could belong to the text.
            let before = [before.as_slice(), &[1, 1]].concat();
            let whole = [before.as_slice(), &wide(&text, big), &[1, 1], &behind].concat();
            let narrow = Narrow::of(&whole).unwrap();
            let found = narrow.letters.windows(text.len()).position(|window| window == text.as_bytes());
            let place = found.expect("the text is found");
            let start = before.len() + usize::from(big);
            prop_assert_eq!(narrow.place_in_text(place), start);
            prop_assert_eq!(narrow.place(start), place);
            for letter in 0..narrow.letters.len() {
                if narrow.letters[letter] != b'\n' {
                    prop_assert_eq!(narrow.place(narrow.place_in_text(letter)), letter);
                }
            }
        }

        #[test]
        fn any_bytes_have_letters_or_none(bytes in proptest::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..300)) {
            if let Some(narrow) = Narrow::of(&bytes) {
                for place in 0..=bytes.len() {
                    prop_assert!(narrow.place(place) <= narrow.letters.len());
                }
            }
        }
    }

    #[test]
    fn text_of_one_byte_a_letter_has_none() {
        for text in [
            &b"plain text of one byte a letter, and a zero\0\0\0\0"[..],
            &[0; 100],
            b"a\0b\0c\0d\0e",
            &[1, 0].repeat(50),
        ] {
            assert_eq!(Narrow::of(text), None);
        }
    }
}
