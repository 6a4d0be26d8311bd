//! Text of a Dockerfile with its positions in the file, even if the builder joined several lines to make it.

use std::ops::Range;

/// A text as the builder sees it, with continuation lines joined and comments removed, and its place in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// The text.
    pub text: String,
    /// The byte range in the file from the first to the last byte of the text, including what was left out in between.
    pub span: Range<usize>,
    /// The start of each part, in the text and in the file; none where the text was decoded and is not in the file.
    parts: Vec<(usize, usize)>,
}

impl Located {
    /// Makes a located text from a part of the file.
    pub(super) fn new(text: &str, offset: usize) -> Self {
        Self { text: text.to_owned(), span: offset..offset + text.len(), parts: vec![(0, offset)] }
    }

    /// Replaces the text by its decoded form, at the same place.
    pub(super) fn decoded(self, text: String) -> Self {
        if text == self.text { self } else { Self::decoded_from(text, self.span) }
    }

    /// Makes a located text that was decoded from a place.
    pub(super) fn decoded_from(text: String, span: Range<usize>) -> Self {
        Self { text, span, parts: Vec::new() }
    }

    /// Appends what follows on the next line.
    pub(super) fn push(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            self.parts.push((self.text.len(), offset));
            self.text.push_str(text);
            self.span.end = offset + text.len();
        }
    }

    /// Returns a part of the text with its own place.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default().to_owned();
        counted::count(text.len() + 1);
        if self.parts.is_empty() {
            return Self { text, span: self.span.clone(), parts: Vec::new() };
        }
        // Parts are sorted.
        let first = self.parts.partition_point(|(at, _)| *at <= range.start);
        let end = self.parts.partition_point(|(at, _)| *at < range.end).max(first);
        let inside = self.parts.get(first..end).unwrap_or_default();
        counted::count(inside.len());
        let later = inside.iter().map(|(at, offset)| (at - range.start, *offset));
        let parts = std::iter::once((0, self.offset_of_start(range.start))).chain(later).collect();
        Self { text, span: self.place(range), parts }
    }

    /// Returns the byte range in the file of a range of the text; the whole place if the text was decoded.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        if self.parts.is_empty() {
            return self.span.clone();
        }
        let start = self.offset_of_start(range.start);
        // The end of a range belongs to the part before it, not to the start of the next one.
        let before = self.parts.partition_point(|(at, _)| *at < range.end).checked_sub(1);
        let before = before.and_then(|before| self.parts.get(before));
        let end = before.map_or(start, |(at, offset)| offset + (range.end - at));
        start..end.max(start)
    }

    fn offset_of_start(&self, start: usize) -> usize {
        let part = self.parts.partition_point(|(at, _)| *at <= start).checked_sub(1);
        let part = part.and_then(|part| self.parts.get(part));
        part.map_or(self.span.start, |(at, offset)| offset + (start - at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_knows_its_place() {
        // `ab \` and a comment, then `cd`.
        let mut text = Located::new("ab ", 10);
        text.push("", 20);
        text.push("cd", 30);
        assert_eq!((text.text.as_str(), text.span.clone()), ("ab cd", 10..32));
        assert_eq!(text.place(1..2), 11..12);
        assert_eq!(text.place(1..3), 11..13);
        assert_eq!(text.place(1..4), 11..31);
        assert_eq!(text.place(3..5), 30..32);
        let slice = text.slice(1..4);
        assert_eq!((slice.text.as_str(), slice.span.clone()), ("b c", 11..31));
        assert_eq!(slice.slice(2..3), Located::new("c", 30));
        assert_eq!(text.slice(5..5).span, 32..32);
        assert_eq!(text.slice(3..3).span, 30..30);
        let decoded = text.clone().decoded("abcd".to_owned());
        assert_eq!(decoded.place(1..2), 10..32);
        assert_eq!(text.clone().decoded("ab cd".to_owned()), text);
    }
}
