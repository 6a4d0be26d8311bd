//! Problems as values: a message, a place, facts and remedies.
//!
//! Problems are made in the domain and by commands, and rendered by `ui::diagnostic`. They never contain the value of a
//! build arg, an environment variable or a token.

use std::ops::Range;
use std::sync::Arc;

/// A problem with its remedies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The message: a lower-case sentence fragment without a final full stop.
    pub message: String,
    /// The rule that is broken, if there is one.
    pub rule: Option<&'static str>,
    /// The place, if there is one.
    pub place: Option<Box<Place>>,
    /// The causes, outermost first; none repeats the message above it.
    pub causes: Vec<String>,
    /// Facts that help to understand the problem.
    pub notes: Vec<String>,
    /// Remedies: something to type or to edit.
    pub hints: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path for display, relative to the repository's root where possible.
    pub file: String,
    /// The first line, from 1; 0 if only the file is known.
    pub line: usize,
    /// The first column in characters, from 1; 0 if only the line is known.
    pub column: usize,
    /// The source text around the place, if it may be shown.
    pub snippet: Option<Snippet>,
}

/// A part of a source text, with a marked range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The lines to show.
    pub source: Arc<str>,
    /// The number of the first line, from 1.
    pub first_line: usize,
    /// The marked byte range in `source`.
    pub span: Range<usize>,
    /// The text beside the marked range; may be empty.
    pub label: String,
}

impl Problem {
    /// Makes a problem with only a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Sets the rule that is broken.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Adds a cause.
    #[must_use]
    pub fn cause(mut self, text: impl Into<String>) -> Self {
        self.causes.push(text.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }
}

impl Place {
    /// Makes the place of a byte range in a text, and shows its lines.
    pub fn in_source(file: &str, source: &SourceText, span: Range<usize>, label: impl Into<String>) -> Self {
        let rest = source.text.get(span.end..).unwrap_or_default();
        let end = span.end + rest.find('\n').unwrap_or(rest.len());
        Self::shown_to(file, source, span, end, label)
    }

    /// Makes the place of a byte range in a text, and shows the text up to `end`.
    pub fn shown_to(file: &str, source: &SourceText, span: Range<usize>, end: usize, label: impl Into<String>) -> Self {
        let line = source.lines.line(span.start);
        let start = source.lines.start(line);
        let shown = source.text.get(start..end).unwrap_or_default();
        counted::count(shown.len() + 1);
        let (_, column) = line_and_column(shown, span.start.saturating_sub(start));
        let span = span.start.saturating_sub(start)..span.end.saturating_sub(start);
        let snippet = Snippet { source: Arc::from(shown), first_line: line, span, label: label.into() };
        Self { file: file.to_owned(), line, column, snippet: Some(snippet) }
    }

    /// Makes the place of a whole file or folder.
    pub fn file(file: impl Into<String>) -> Self {
        Self::line(file, 0)
    }

    /// Makes the place of a line whose text is not shown.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line, column: 0, snippet: None }
    }
}

/// A text that problems refer to, with the positions of its lines.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// The text.
    pub text: Arc<str>,
    lines: Lines,
}

impl SourceText {
    /// Makes a source text.
    pub fn new(text: &str) -> Self {
        Self { text: Arc::from(text), lines: Lines::new(text) }
    }

    /// Returns the line, from 1, of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// Returns the offset of a line's start, by its number from 1.
    pub fn start_of(&self, line: usize) -> usize {
        self.lines.start(line)
    }
}

/// The positions of a text's lines, for repeated lookups.
#[derive(Clone, Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// Returns the offset of a line's start, by its number from 1.
    pub fn start(&self, line: usize) -> usize {
        line.checked_sub(2).and_then(|index| self.0.get(index)).copied().unwrap_or_default()
    }

    /// Returns the line, from 1, of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}

/// Returns line and column of a byte offset, both from 1, the column in characters.
pub fn line_and_column(source: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = source.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
/// Returns a problem as text for the snapshots of unit tests, without the lines of its place.
pub(crate) fn in_words(problem: &Problem) -> String {
    let place = problem.place.as_ref().map(|place| match (place.line, place.column) {
        (0, _) => format!(" --> {}", place.file),
        (line, 0) => format!(" --> {}:{line}", place.file),
        (line, column) => format!(" --> {}:{line}:{column}", place.file),
    });
    let causes = problem.causes.iter().map(|cause| format!("caused by: {cause}"));
    let notes = problem.notes.iter().map(|note| format!("note: {note}"));
    let hints = problem.hints.iter().map(|hint| format!("hint: {hint}"));
    let lines = std::iter::once(problem.message.clone()).chain(place).chain(causes).chain(notes).chain(hints);
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        assert_eq!(line_and_column("abc", 0), (1, 1));
        assert_eq!(line_and_column("a\nbc", 3), (2, 2));
        assert_eq!(line_and_column("é = 1", 2), (1, 2));
        assert_eq!(line_and_column("é", 1), (1, 1), "an offset inside a character is that character's place");
        assert_eq!(line_and_column("a\n", 99), (2, 1));
        for offset in 0..7 {
            assert_eq!(Lines::new("\na\n\nb").line(offset), line_and_column("\na\n\nb", offset).0, "{offset}");
        }
    }
}
