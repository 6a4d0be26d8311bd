//! Checks the structure of a document against the table of keys: unknown keys, missing keys, and the kinds of values.
//! `parse` checks the values themselves.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::key::{Key, Kind, Presence, Table};
use super::section::{Sink, integer};
use crate::domain::problem::Problem;
use crate::domain::text::{nearest, ticked_all};

/// Checks the structure of the whole document.
pub(super) fn check(sink: &Sink, document: &DeTable<'_>, keys: &Table) {
    // The file itself has no header, so a missing key is reported at its beginning.
    Part { sink, path: None, hidden: keys.hidden }.table(document, 0..0, keys);
}

/// A table of the document, with how its problems are reported.
#[derive(Clone, Copy)]
struct Part<'a> {
    sink: &'a Sink,
    /// The path for messages; none for the top of the file.
    path: Option<&'a Path<'a>>,
    /// Whether values here may be secrets, so that no line is shown.
    hidden: bool,
}

/// The path of a key. Most keys are right, and need no text of it.
struct Path<'a> {
    /// The path of the table that has the key; none for the top of the file.
    table: Option<&'a Path<'a>>,
    key: &'a str,
}

impl Path<'_> {
    /// Returns the dotted path. A quoted key may contain anything, so only plain keys are shown.
    fn shown(&self) -> String {
        let plain = self.key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        let key = if plain { self.key } else { "<not shown>" };
        self.table.map_or_else(|| key.to_owned(), |table| format!("{}.{key}", table.shown()))
    }
}

impl Part<'_> {
    fn report(&self, span: Range<usize>, label: &str, problem: Problem) {
        if self.hidden {
            self.sink.report_quietly(span, problem);
        } else {
            self.sink.report(span, label, problem);
        }
    }

    /// Returns the dotted path of a key.
    fn full_name(&self, key: &str) -> String {
        Path { table: self.path, key }.shown()
    }

    /// Checks a table and everything below it.
    fn table(&self, table: &DeTable<'_>, span: Range<usize>, keys: &Table) {
        let known = || keys.keys.iter().map(|key| key.name).collect::<Vec<&str>>();
        let mut meant = Vec::new();
        for (name, value) in table {
            let written = name.get_ref().as_ref();
            match keys.key(written) {
                Some(key) => self.value(key, value.get_ref(), value.span()),
                None => meant.extend(self.unknown(written, name.span(), &known())),
            }
        }
        for key in keys.keys {
            // If a required key is misspelt, only the unknown key is reported.
            if let Presence::Required(hint) = key.presence
                && !meant.contains(&key.name)
                && !table.contains_key(key.name)
            {
                let problem = Problem::new(format!("`{}` is missing", self.full_name(key.name))).hint(hint);
                self.report(span.clone(), &format!("needs `{}`", key.name), problem);
            }
        }
    }

    /// Reports an unknown key; returns the known key that was probably meant.
    fn unknown<'k>(&self, key: &str, span: Range<usize>, known: &[&'k str]) -> Option<&'k str> {
        let near = nearest(key, known);
        let problem = Problem::new(format!("unknown key `{}`", self.full_name(key)));
        let problem = match near {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.note(format!("known here: {}", ticked_all(known))),
        };
        self.report(span, "not known here", problem);
        near
    }

    /// Checks a value against the kind of its key, and everything below it.
    fn value(&self, key: &Key, value: &DeValue<'_>, span: Range<usize>) {
        let path = Path { table: self.path, key: key.name };
        match (key.kind, value) {
            (Kind::Text(_), DeValue::String(_))
            | (Kind::Boolean, DeValue::Boolean(_))
            | (Kind::Day, DeValue::String(_) | DeValue::Datetime(_)) => {}
            (Kind::Integer(..), DeValue::Integer(number)) => {
                if integer(number).is_none() {
                    self.report(span, "", Problem::new(format!("`{}` is too large", path.shown())));
                }
            }
            (Kind::Texts(_), DeValue::Array(items)) => {
                for item in items.iter().filter(|item| !item.get_ref().is_str()) {
                    self.mistyped(&path, key.kind, item.get_ref(), item.span());
                }
            }
            (Kind::Table(keys), DeValue::Table(table)) => {
                Part { path: Some(&path), hidden: keys.hidden, ..*self }.table(table, span, keys);
            }
            (Kind::Tables(keys), DeValue::Array(items)) => {
                for item in items {
                    if let DeValue::Table(table) = item.get_ref() {
                        Part { path: Some(&path), hidden: keys.hidden, ..*self }.table(table, item.span(), keys);
                    } else {
                        self.mistyped(&path, Kind::Table(keys), item.get_ref(), item.span());
                    }
                }
            }
            (Kind::Named(named), DeValue::Table(tables)) => {
                if let (Presence::Required(hint), true) = (key.presence, tables.is_empty()) {
                    self.report(span, "", Problem::new(format!("no {} is declared", named.what)).hint(hint));
                }
                let part = Part { path: Some(&path), hidden: named.table.hidden, ..*self };
                for (name, value) in tables {
                    let path = Path { table: part.path, key: name.get_ref() };
                    if let DeValue::Table(table) = value.get_ref() {
                        Part { path: Some(&path), ..part }.table(table, value.span(), &named.table);
                    } else {
                        part.mistyped(&path, key.kind, value.get_ref(), value.span());
                    }
                }
            }
            (kind, value) => self.mistyped(&path, kind, value, span),
        }
    }

    fn mistyped(&self, path: &Path<'_>, kind: Kind, found: &DeValue<'_>, span: Range<usize>) {
        let (expected, found) = (kind.words(), found.type_str());
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let path = path.shown();
        let message = format!("`{path}` must be {expected}, not {article} {found}");
        self.report(span, &format!("expected {expected}"), Problem::new(message));
    }
}
