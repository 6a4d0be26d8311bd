//! A reading position in a text.

use std::ops::Range;

/// The most blanks and line ends between a name and its value.
pub(crate) const GAP: usize = 120;

/// Reads bytes one after the other, with limits.
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    place: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a [u8], place: usize) -> Self {
        Self { text, place }
    }

    pub(crate) fn place(&self) -> usize {
        self.place
    }

    pub(crate) fn back_to(&mut self, place: usize) {
        self.place = place;
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.byte_at(self.place)
    }

    pub(crate) fn byte_at(&self, place: usize) -> Option<u8> {
        self.text.get(place).copied()
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> Option<&'a [u8]> {
        self.text.get(range)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.place..).unwrap_or_default()
    }

    /// Steps over a word; returns whether it is there.
    pub(crate) fn eat(&mut self, word: &[u8]) -> bool {
        let stands = self.rest().starts_with(word);
        if stands {
            self.place += word.len();
        }
        stands
    }

    /// Steps over one of these bytes; returns whether one is there.
    pub(crate) fn eat_any(&mut self, bytes: &[u8]) -> bool {
        let stands = self.peek().is_some_and(|byte| bytes.contains(&byte));
        self.place += usize::from(stands);
        stands
    }

    /// Steps over at most `most` bytes of a kind; returns how many there were.
    pub(crate) fn take_while(&mut self, is_kind: impl Fn(u8) -> bool, most: usize) -> usize {
        let count = self.rest().iter().take(most).take_while(|byte| is_kind(**byte)).count();
        counted::count(count + 1);
        self.place += count;
        count
    }

    /// Steps over blanks on this line.
    pub(crate) fn blanks(&mut self, most: usize) -> usize {
        self.take_while(|byte| b" \t".contains(&byte), most)
    }

    /// Steps over blanks and line ends.
    pub(crate) fn space(&mut self, most: usize) -> usize {
        self.take_while(|byte| byte.is_ascii_whitespace(), most)
    }

    /// Whether a text in quotes begins here.
    pub(crate) fn at_quote(&self) -> bool {
        self.peek().is_some_and(|byte| b"\"'`".contains(&byte))
    }

    /// Steps over a quote, which may be escaped; returns whether one is there.
    pub(crate) fn quote_behind(&mut self) -> bool {
        let start = self.place;
        self.take_while(|byte| byte == b'\\', 4);
        let stands = self.eat_any(b"\"'`");
        if !stands {
            self.place = start;
        }
        stands
    }

    /// Steps over the brackets behind a name: `]`, `[]`, `[32]`.
    pub(crate) fn brackets(&mut self) {
        let start = self.place;
        self.eat(b"[");
        self.take_while(|byte| byte.is_ascii_digit(), 8);
        if !self.eat(b"]") {
            self.place = start;
        }
    }

    /// Reads the text in quotes that begins here; none if it does not end on the same line within `most` bytes. Quotes
    /// may be escaped, as in JSON inside a string, or tripled.
    pub(crate) fn quoted(&mut self, most: usize) -> Option<Range<usize>> {
        let start = self.place;
        let escapes = self.take_while(|byte| byte == b'\\', 4);
        let quote = self.peek().filter(|byte| b"\"'`".contains(byte));
        let Some(quote) = quote else {
            self.place = start;
            return None;
        };
        let marks = self.take_while(|byte| byte == quote, 3);
        if marks == 2 {
            // An empty text.
            let end = self.place - 1;
            return Some(end..end);
        }
        let first = self.place;
        let mut before = 0;
        for byte in self.rest().iter().take(most) {
            if *byte == quote && before <= escapes {
                let value = first..self.place - before;
                self.place += 1;
                return Some(value);
            }
            if b"\r\n".contains(byte) {
                break;
            }
            before = if *byte == b'\\' { before + 1 } else { 0 };
            self.place += 1;
        }
        self.place = start;
        None
    }

    /// Returns the word before the bracket that was just stepped over.
    pub(crate) fn word_before_bracket(&self) -> &'a [u8] {
        const LONGEST: usize = 40;
        let end = self.place.saturating_sub(1);
        let before = self.text.get(end.saturating_sub(LONGEST)..end).unwrap_or_default();
        let length = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        before.get(before.len() - length..).unwrap_or_default()
    }
}
