//! A reader of one TOML table, and the list of problems with their places. `structure` has reported what is missing,
//! unknown or of another kind, so that the reader gives nothing for it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::domain::problem::{Place, Problem, SourceText};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// The text and the problems found in it so far.
pub(super) struct Sink {
    /// The file's name for messages.
    pub(super) file: String,
    pub(super) source: SourceText,
    pub(super) problems: RefCell<Vec<Problem>>,
}

impl Sink {
    pub(super) fn report(&self, span: Range<usize>, label: &str, problem: Problem) {
        let place = place(&self.file, &self.source, span, label);
        self.problems.borrow_mut().push(problem.at(place));
    }

    /// Reports a problem without the text of its line.
    pub(super) fn report_quietly(&self, span: Range<usize>, problem: Problem) {
        let place = Place { snippet: None, ..place(&self.file, &self.source, span, "") };
        self.problems.borrow_mut().push(problem.at(place));
    }
}

/// A place in the file. Its line is shown up to the key or value that is meant, and only where nothing else stands
/// before it: whatever else a line holds may be a secret that somebody put there by mistake.
pub(super) fn place(file: &str, source: &SourceText, span: Range<usize>, label: &str) -> Place {
    let hidden = !stands_alone(&source.text, &span);
    // The bracket of a header says nothing, but would be missed.
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

/// The number that an integer is; none where it is too large.
pub(super) fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// One table.
pub(super) struct Section<'a> {
    /// Where the table stands.
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

    pub(super) fn strings(&self, key: &str) -> Vec<Located<String>> {
        let items = self.get(key).and_then(|(value, _)| value.as_array());
        let text = |item: &'a Spanned<DeValue<'a>>| {
            Some(Located { value: item.get_ref().as_str()?.to_owned(), span: item.span() })
        };
        items.into_iter().flat_map(|items| items.iter()).filter_map(text).collect()
    }

    /// A list of tables, `[[key]]`.
    pub(super) fn sections(&self, key: &str) -> Vec<Section<'a>> {
        let items = self.get(key).and_then(|(value, _)| value.as_array());
        let section = |item: &'a Spanned<DeValue<'a>>| Some(Section::new(item.span(), item.get_ref().as_table()?));
        items.into_iter().flat_map(|items| items.iter()).filter_map(section).collect()
    }

    /// A day, as TOML writes one or in quotes.
    pub(super) fn day(&self, key: &str) -> Option<Located<String>> {
        let (value, span) = self.get(key)?;
        let day = value.as_datetime().map(ToString::to_string);
        Some(Located { value: day.or_else(|| value.as_str().map(str::to_owned))?, span })
    }

    pub(super) fn section(&self, key: &str) -> Option<Section<'a>> {
        let (value, span) = self.get(key)?;
        Some(Section::new(span, value.as_table()?))
    }

    /// Every entry of this table as a table of its own; the keys are names that people choose.
    pub(super) fn named_sections(&self) -> Vec<(Located<String>, Section<'a>)> {
        let named = |(key, value): (&'a Spanned<Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
            let name = Located { value: key.get_ref().to_string(), span: key.span() };
            Some((name, Section::new(value.span(), value.get_ref().as_table()?)))
        };
        self.table.iter().filter_map(named).collect()
    }
}
