//! What is wrong, as data: a message, the place it points at, the facts and the remedies.
//!
//! Problems are made in the domain and by commands and rendered by `ui::diagnostic`. They never hold the value of a
//! build arg, an environment variable or a token.

use std::ops::Range;
use std::sync::Arc;

/// One thing that is wrong, and what to do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// Lower-case sentence fragment without a final full stop.
    pub message: String,
    /// The rule that is broken, where there is one.
    pub rule: Option<&'static str>,
    /// Where it is, if there is a place.
    pub place: Option<Box<Place>>,
    /// Underlying causes, outermost first; none repeats the message above it.
    pub causes: Vec<String>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// Something to type or to edit.
    pub hints: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path as it is shown, relative to the repository root where possible.
    pub file: String,
    /// First line, from 1; 0 when only the file is known.
    pub line: usize,
    /// First column in characters, from 1; 0 when only the line is known.
    pub column: usize,
    /// The source text around it, when we have it.
    pub snippet: Option<Snippet>,
}

/// A part of a source text with a label on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The lines that are shown.
    pub source: Arc<str>,
    /// The number of the first one, from 1.
    pub first_line: usize,
    /// Byte range inside `source`.
    pub span: Range<usize>,
    /// What is said beside the marked text; may be empty.
    pub label: String,
}

impl Problem {
    /// A problem with a message only.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// The same problem with the rule that is broken.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The same problem at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The same problem with one more cause.
    #[must_use]
    pub fn cause(mut self, text: impl Into<String>) -> Self {
        self.causes.push(text.into());
        self
    }

    /// The same problem with one more fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// The same problem with one more remedy.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }
}

impl Place {
    /// The place of a byte range in a text, whose lines are shown.
    pub fn in_source(file: &str, source: &SourceText, span: Range<usize>, label: impl Into<String>) -> Self {
        let rest = source.text.get(span.end..).unwrap_or_default();
        let end = span.end + rest.find('\n').unwrap_or(rest.len());
        Self::shown_to(file, source, span, end, label)
    }

    /// The place of a byte range in a text, which is shown up to `end`.
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

    /// A file, or a folder, as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Self::line(file, 0)
    }

    /// A line of a file whose text we do not show.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line, column: 0, snippet: None }
    }
}

/// A text that problems point into.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// The text.
    pub text: Arc<str>,
    lines: Lines,
}

impl SourceText {
    /// A text with its lines.
    pub fn new(text: &str) -> Self {
        Self { text: Arc::from(text), lines: Lines::new(text) }
    }
}

/// Where the lines of a text begin, for many questions about one text.
#[derive(Clone, Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// The lines of a text.
    pub fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// Where a line begins, by its number from 1.
    pub fn start(&self, line: usize) -> usize {
        line.checked_sub(2).and_then(|index| self.0.get(index)).copied().unwrap_or_default()
    }

    /// The line, from 1, of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset.
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
