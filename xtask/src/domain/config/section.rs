//! Reads one table of TOML, and collects problems with their places. `structure` has reported missing, unknown and
//! mistyped keys, so the reader returns nothing for them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::domain::problem::{Place, Problem, SourceText};

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// The text of the file, and the problems found so far.
pub(super) struct Sink {
    /// The file's name for messages.
    pub(super) file: String,
    pub(super) source: SourceText,
    pub(super) problems: RefCell<Vec<Problem>>,
}

impl Sink {
    /// Returns the line of an offset in the file, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.source.line(offset)
    }

    pub(super) fn report(&self, span: Range<usize>, label: &str, problem: Problem) {
        let place = place(&self.file, &self.source, span, label);
        self.problems.borrow_mut().push(problem.at(place));
    }

    /// Reports a problem without showing its line.
    pub(super) fn report_quietly(&self, span: Range<usize>, problem: Problem) {
        let place = Place { snippet: None, ..place(&self.file, &self.source, span, "") };
        self.problems.borrow_mut().push(problem.at(place));
    }
}

/// Returns a place in the file. Its line is shown only up to the key or value, and only if nothing else stands before
/// it: any other text on the line may be a secret.
pub(super) fn place(file: &str, source: &SourceText, span: Range<usize>, label: &str) -> Place {
    let hidden = !stands_alone(&source.text, &span);
    // The bracket of a header is added so that the header is shown completely.
    let bracket = source.text.get(span.end..).is_some_and(|rest| rest.starts_with(']'));
    let end = span.end + usize::from(bracket);
    let place = Place::shown_to(file, source, span, end, label);
    if hidden { Place { snippet: None, ..place } } else { place }
}

/// Whether a span is a key, the plain value of a key, or a part of a table's header.
fn stands_alone(source: &str, span: &Range<usize>) -> bool {
    let start = source.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let before = source.get(start..span.start).unwrap_or_default().trim();
    let text = source.get(span.clone()).unwrap_or_default();
    let plain = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_. ".contains(letter));
    let header = before.strip_prefix('[').is_some_and(plain);
    let value = before.strip_suffix('=').is_some_and(plain);
    !text.contains(['{', '\n', '=']) && (before.is_empty() || header || value)
}

/// Returns the value of an integer; none if it is too large.
pub(super) fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A table of the file.
pub(super) struct Section<'a> {
    /// The place of the table.
    pub(super) span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    pub(super) fn new(span: Range<usize>, table: &'a DeTable<'a>) -> Self {
        Self { span, table }
    }

    fn get(&self, key: &str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        let value = self.table.get(key)?;
        Some((value.get_ref(), value.span()))
    }

    pub(super) fn string(&self, key: &str) -> Option<Located<String>> {
        let (value, span) = self.get(key)?;
        Some(Located { value: value.as_str()?.to_owned(), span })
    }

    pub(super) fn integer(&self, key: &str) -> Option<Located<i64>> {
        let (value, span) = self.get(key)?;
        Some(Located { value: integer(value.as_integer()?)?, span })
    }

    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key)?.0.as_bool()
    }

    /// Returns the place of a value.
    pub(super) fn span_of(&self, key: &str) -> Option<Range<usize>> {
        self.get(key).map(|(_, span)| span)
    }

    pub(super) fn strings(&self, key: &str) -> Vec<Located<String>> {
        let items = self.get(key).and_then(|(value, _)| value.as_array());
        let text = |item: &'a Spanned<DeValue<'a>>| {
            Some(Located { value: item.get_ref().as_str()?.to_owned(), span: item.span() })
        };
        items.into_iter().flat_map(|items| items.iter()).filter_map(text).collect()
    }

    /// Returns the tables of a list, `[[key]]`.
    pub(super) fn sections(&self, key: &str) -> Vec<Section<'a>> {
        let items = self.get(key).and_then(|(value, _)| value.as_array());
        let section = |item: &'a Spanned<DeValue<'a>>| Some(Section::new(item.span(), item.get_ref().as_table()?));
        items.into_iter().flat_map(|items| items.iter()).filter_map(section).collect()
    }

    /// Returns a day, which is a date of TOML or a string.
    pub(super) fn day(&self, key: &str) -> Option<Located<String>> {
        let (value, span) = self.get(key)?;
        let day = value.as_datetime().map(ToString::to_string);
        Some(Located { value: day.or_else(|| value.as_str().map(str::to_owned))?, span })
    }

    pub(super) fn section(&self, key: &str) -> Option<Section<'a>> {
        let (value, span) = self.get(key)?;
        Some(Section::new(span, value.as_table()?))
    }

    /// Returns every entry of this table as a table; its keys are names that the user chose.
    pub(super) fn named_sections(&self) -> Vec<(Located<String>, Section<'a>)> {
        let named = |(key, value): (&'a Spanned<Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
            let name = Located { value: key.get_ref().to_string(), span: key.span() };
            Some((name, Section::new(value.span(), value.get_ref().as_table()?)))
        };
        self.table.iter().filter_map(named).collect()
    }
}

/// Parses a value; reports an error at its place.
pub(super) fn checked<T, E: std::fmt::Display>(
    sink: &Sink,
    text: Located<String>,
    what: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    match parse(&text.value) {
        Ok(value) => Some(value),
        Err(error) => {
            sink.report(text.span, "", Problem::new(format!("invalid {what}: {error}")));
            None
        }
    }
}
