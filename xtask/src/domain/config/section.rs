//! A reader of one TOML table that collects every problem and reports the keys nobody asked for.

use std::cell::RefCell;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::domain::problem::{Place, Problem, SourceText};
use crate::domain::text::{nearest, ticked_list};

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
}

impl Sink {
    /// The same without the text of the line.
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

/// A key as it may be shown: one in quotes may be anything.
fn shown_key(key: &str) -> &str {
    let plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if plain { key } else { "<not shown>" }
}

/// What to write where a required key is missing.
fn remedy(section: &str, key: &str) -> Option<&'static str> {
    match (section.split('.').next().unwrap_or_default(), key) {
        ("", "schema") => Some("add the line `schema = 1` above the first table of the file"),
        ("", "project") => Some("add `[project]` with `name = \"taskflow\"`"),
        ("", "component") => Some("add one: `[component.frontend]` with `context = \"frontend\"`"),
        ("project", "name") => Some("add the first half of each repository, as in `name = \"taskflow\"`"),
        ("component", "context") => Some("add the folder that is built, as in `context = \"frontend\"`"),
        _ => None,
    }
}

/// One table.
pub(super) struct Section<'a> {
    sink: &'a Sink,
    /// The dotted path, for messages; empty for the file itself.
    path: String,
    /// Where the table stands.
    pub(super) span: Range<usize>,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
    /// Whether values here may be secrets, so that no line is shown.
    quiet: bool,
}

impl<'a> Section<'a> {
    pub(super) fn new(sink: &'a Sink, path: String, span: Range<usize>, table: &'a DeTable<'a>) -> Self {
        let quiet = path == "secrets" || ["build-args", "build-secrets"].map(Some).contains(&path.split('.').nth(2));
        Self { sink, path, span, table, known: Vec::new(), quiet }
    }

    fn report(&self, span: Range<usize>, label: &str, problem: Problem) {
        if self.quiet {
            self.sink.report_quietly(span, problem);
        } else {
            self.sink.report(span, label, problem);
        }
    }

    fn full_name(&self, key: &str) -> String {
        let key = shown_key(key);
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&mut self, key: &'static str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        self.known.push(key);
        self.entry(key)
    }

    fn entry(&self, key: &str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), value.span()))
    }

    fn mistyped(&self, key: &str, expected: &str, found: &DeValue<'_>, span: Range<usize>) {
        let found = found.type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let message = format!("`{}` must be {expected}, not {article} {found}", self.full_name(key));
        self.report(span, &format!("expected {expected}"), Problem::new(message));
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<Located<String>> {
        let (value, span) = self.get(key)?;
        if let DeValue::String(text) = value {
            return Some(Located { value: text.to_string(), span });
        }
        self.mistyped(key, "a string", value, span);
        None
    }

    pub(super) fn required_string(&mut self, key: &'static str) -> Option<Located<String>> {
        self.require(key);
        self.string(key)
    }

    fn require(&self, key: &str) {
        if self.entry(key).is_some() {
            return;
        }
        let problem = Problem::new(self.missing(key));
        let problem = match remedy(&self.path, key) {
            Some(remedy) => problem.hint(remedy),
            None => problem,
        };
        self.report(self.span.clone(), &format!("needs `{key}`"), problem);
    }

    fn missing(&self, key: &str) -> String {
        format!("`{}` is missing", self.full_name(key))
    }

    pub(super) fn required_integer(&mut self, key: &'static str) -> Option<Located<i64>> {
        self.require(key);
        let (value, span) = self.get(key)?;
        if let DeValue::Integer(number) = value
            && let Ok(value) = i64::from_str_radix(number.as_str(), number.radix())
        {
            return Some(Located { value, span });
        }
        if let DeValue::Integer(_) = value {
            self.report(span, "", Problem::new(format!("`{}` is too large", self.full_name(key))));
        } else {
            self.mistyped(key, "an integer", value, span);
        }
        None
    }

    pub(super) fn strings(&mut self, key: &'static str) -> Vec<Located<String>> {
        let Some((value, span)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.mistyped(key, "a list of strings", value, span);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            if let DeValue::String(text) = item.get_ref() {
                found.push(Located { value: text.to_string(), span: item.span() });
            } else {
                self.mistyped(key, "a list of strings", item.get_ref(), item.span());
            }
        }
        found
    }

    /// A list of tables, `[[key]]`.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some((value, span)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.mistyped(key, "a list of tables", value, span);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.as_section(key, item.get_ref(), item.span())).collect()
    }

    /// A day, as TOML writes one or in quotes.
    pub(super) fn required_day(&mut self, key: &'static str) -> Option<Located<String>> {
        self.require(key);
        let (value, span) = self.get(key)?;
        match value {
            DeValue::String(text) => Some(Located { value: text.to_string(), span }),
            DeValue::Datetime(day) => Some(Located { value: day.to_string(), span }),
            other => {
                self.mistyped(key, "a day, such as 2027-01-31", other, span);
                None
            }
        }
    }

    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let (value, span) = self.get(key)?;
        self.as_section(key, value, span)
    }

    pub(super) fn required_section(&mut self, key: &'static str) -> Option<Section<'a>> {
        self.require(key);
        self.section(key)
    }

    /// Every entry of this table as a table of its own; the keys are names that people choose.
    pub(super) fn named_sections(&self) -> Vec<(Located<String>, Section<'a>)> {
        self.table
            .iter()
            .filter_map(|(key, value)| {
                let name = Located { value: key.get_ref().to_string(), span: key.span() };
                let section = self.as_section(key.get_ref(), value.get_ref(), value.span())?;
                Some((name, section))
            })
            .collect()
    }

    fn as_section(&self, key: &str, value: &'a DeValue<'a>, span: Range<usize>) -> Option<Section<'a>> {
        if let DeValue::Table(table) = value {
            return Some(Section::new(self.sink, self.full_name(key), span, table));
        }
        self.mistyped(key, "a table", value, span);
        None
    }

    /// Reports every key that was not asked for, with the nearest one that is known.
    pub(super) fn finish(self) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let mut problem = Problem::new(format!("unknown key `{}`", self.full_name(name)));
            problem = match nearest(name, &self.known) {
                Some(near) => {
                    // A required key that was misspelt is not missing as well.
                    let missing = self.missing(near);
                    self.sink.problems.borrow_mut().retain(|problem| problem.message != missing);
                    problem.hint(format!("did you mean `{near}`?"))
                }
                None => problem.note(format!("known here: {}", ticked_list(&self.known))),
            };
            self.report(key.span(), "not known here", problem);
        }
    }
}
