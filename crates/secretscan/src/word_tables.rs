//! Tables that find words: they are made in microseconds, so a process that searches little text does not pay for an
//! automaton.
//!
//! A filter of bits says whether a word may begin with three bytes. Most places of a text fail it; at the others, the
//! words with the same first bytes are compared with the text.

use std::ops::Range;

use super::hit::Hit;

/// How many of a word's first bytes the filter knows.
const FIRST: usize = 3;

/// The number of bits of a slot: the filter has one bit for each slot.
const SLOT_BITS: u32 = 15;

/// The number of words in the filter.
const FILTER: usize = 1 << (SLOT_BITS - 6);

/// The number of buckets of words; neighbouring slots share one.
const BUCKETS: usize = 1 << (SLOT_BITS - 5);

/// All words, by their first bytes.
pub(crate) struct WordTables {
    /// For each slot, whether a word begins with bytes of it.
    filter: Box<[u64; FILTER]>,
    /// For each bucket, its words with their indices, the shortest first.
    buckets: Vec<Vec<(usize, Box<[u8]>)>>,
    /// Words that are shorter than what the filter knows, in the same order.
    short: Vec<(usize, Box<[u8]>)>,
}

impl WordTables {
    /// Makes the tables. An empty word is never found.
    pub(crate) fn new(words: &[Box<[u8]>]) -> Self {
        let mut made = Self { filter: Box::new([0; FILTER]), buckets: vec![Vec::new(); BUCKETS], short: Vec::new() };
        for (index, word) in words.iter().enumerate() {
            let entry = (index, word.clone());
            match **word {
                [first, second, third, ..] => {
                    let slot = made.mark([first, second, third]);
                    if let Some(bucket) = made.buckets.get_mut(bucket(slot)) {
                        bucket.push(entry);
                    }
                    continue;
                }
                [first, second] => (0..=u8::MAX).for_each(|third| {
                    made.mark([first, second, third]);
                }),
                [first] => (0..=u16::MAX).map(u16::to_le_bytes).for_each(|[second, third]| {
                    made.mark([first, second, third]);
                }),
                [] => continue,
            }
            made.short.push(entry);
        }
        for words in made.buckets.iter_mut().chain([&mut made.short]) {
            words.sort_by_key(|(index, word)| (word.len(), *index));
        }
        made
    }

    /// Sets the bit of these first bytes; returns their slot.
    fn mark(&mut self, [first, second, third]: [u8; FIRST]) -> usize {
        let slot = slot([first, second, third, 0]);
        if let Some(bits) = self.filter.get_mut(slot >> 6) {
            *bits |= 1 << (slot & 63);
        }
        slot
    }

    /// Returns every word that begins in this part of a text, including overlapping ones, by their places; a word may
    /// end behind the part.
    pub(crate) fn hits(&self, text: &[u8], own: Range<usize>) -> Vec<Hit> {
        let mut found = Vec::new();
        let rest = text.get(own.start..).unwrap_or_default();
        let windows = rest.array_windows::<4>().take(own.len());
        let read = windows.len();
        for (at, window) in windows.enumerate() {
            self.look(text, own.start + at, *window, &mut found);
        }
        // At the end of the text, there are fewer bytes than in a window.
        for at in own.start + read..own.end.min(text.len()) {
            let mut window = [0; 4];
            let bytes = text.get(at..).unwrap_or_default();
            window.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            self.look(text, at, window, &mut found);
        }
        found
    }

    #[inline]
    fn look(&self, text: &[u8], at: usize, window: [u8; 4], found: &mut Vec<Hit>) {
        let slot = slot(window);
        if self.filter.get(slot >> 6).is_some_and(|bits| bits >> (slot & 63) & 1 == 1) {
            self.compare(text, at, slot, found);
        }
    }

    /// Records the words that begin here. A function of its own, since its code would take registers from the loop that
    /// calls it.
    #[cold]
    #[inline(never)]
    fn compare(&self, text: &[u8], start: usize, slot: usize, found: &mut Vec<Hit>) {
        let rest = text.get(start..).unwrap_or_default();
        let bucket = self.buckets.get(bucket(slot)).map(Vec::as_slice).unwrap_or_default();
        // Short words are shorter than all others, so the order is kept.
        for (word, bytes) in self.short.iter().chain(bucket) {
            if rest.starts_with(bytes) {
                found.push(Hit { start, end: start + bytes.len(), word: *word });
            }
        }
    }
}

/// Returns the slot of the first three of these bytes.
#[inline]
fn slot(window: [u8; 4]) -> usize {
    // The highest bits of the product depend on all three bytes.
    let first = u32::from_le_bytes(window) << 8;
    (first.wrapping_mul(0x9E37_79B1) >> (u32::BITS - SLOT_BITS)) as usize
}

/// Returns the bucket of a slot.
fn bucket(slot: usize) -> usize {
    slot >> 5
}
