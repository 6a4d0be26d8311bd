//! Finds versions in a TOML document, with their places.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::version_text::{VersionSource, VersionText, dotted};
use crate::domain::problem::{Place, Problem};

/// Finds the versions at these keys; leaves out keys that the document does not have, and those with which a manifest
/// takes the version from elsewhere: `dynamic` of pyproject.toml, and `version.workspace = true` of Cargo.toml. If
/// there is no other version, they are problems.
pub(super) fn find(source: &VersionSource<'_>, keys: &[&[&str]]) -> Result<Vec<VersionText>, Problem> {
    let document = DeTable::parse(source.text).map_err(|error| syntax_problem(source, &error))?;
    let document = document.get_ref();
    let mut found = Vec::new();
    let mut elsewhere = None;
    for key in keys {
        let Some((version, tables)) = key.split_last() else { continue };
        let Some(table) = table_at(document, tables) else { continue };
        if let Some(dynamic) = dynamic(table) {
            elsewhere = elsewhere.or(Some(is_dynamic(source, &dotted(tables), dynamic)));
            continue;
        }
        let Some(value) = table.get(*version) else { continue };
        let key = dotted(key);
        match value.get_ref() {
            DeValue::String(text) => {
                let span = characters(source.text, value.span(), text);
                found.push(VersionText { key, value: text.to_string(), span });
            }
            DeValue::Table(inherited) if inherited.contains_key("workspace") => {
                elsewhere = elsewhere.or(Some(is_inherited(source, &key, value.span())));
            }
            other => {
                let example = format!("version = \"{}\"", source.wanted);
                let name = other.type_str();
                let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
                let found = format!("{article} {name}");
                return Err(source.not_a_string(&key, &found, value.span().start, &example));
            }
        }
    }
    match elsewhere {
        Some(problem) if found.is_empty() => Err(problem),
        _ => Ok(found),
    }
}

fn table_at<'a>(document: &'a DeTable<'a>, path: &[&str]) -> Option<&'a DeTable<'a>> {
    path.iter().try_fold(document, |table, key| table.get(*key)?.get_ref().as_table())
}

/// Returns the place of `"version"` in the list `dynamic` of a table.
fn dynamic(table: &DeTable<'_>) -> Option<Range<usize>> {
    let is_version = |item: &&Spanned<DeValue<'_>>| item.get_ref().as_str() == Some("version");
    let items = table.get("dynamic")?.get_ref().as_array()?;
    items.iter().find(is_version).map(Spanned::span)
}

/// Returns the characters of a string without its quotes. A line end directly behind three quotes is not part of the
/// value, and stays.
fn characters(text: &str, span: Range<usize>, value: &str) -> Range<usize> {
    let raw = text.get(span.clone()).unwrap_or_default();
    let quotes = if ["\"\"\"", "'''"].iter().any(|quotes| raw.starts_with(quotes)) { 3 } else { 1 };
    let inner = raw.get(quotes..raw.len().saturating_sub(quotes)).unwrap_or_default();
    let line_end = match inner {
        _ if quotes == 1 || inner == value => 0,
        _ if inner.starts_with("\r\n") => 2,
        _ if inner.starts_with('\n') => 1,
        _ => 0,
    };
    span.start + quotes + line_end..span.end.saturating_sub(quotes)
}

fn is_dynamic(source: &VersionSource<'_>, table: &str, span: Range<usize>) -> Problem {
    Problem::new(format!("`{}` has no fixed version: `{table}.dynamic` contains `version`", source.path))
        .at(source.place(span.start))
        .note("a build tool determines the version, and xtask does not know from what")
        .hint(format!(
            "remove `version` from `{table}.dynamic` and write `version = \"{}\"` there, or correct `version-files` under \
             `[release]`",
            source.wanted
        ))
}

fn is_inherited(source: &VersionSource<'_>, key: &str, span: Range<usize>) -> Problem {
    Problem::new(format!("`{key}` in `{}` is that of the workspace", source.path))
        .at(source.place(span.start))
        .hint("name the Cargo.toml of the workspace instead: correct `version-files` under `[release]`")
}

fn syntax_problem(source: &VersionSource<'_>, error: &toml::de::Error) -> Problem {
    let message = error.message().replace('\n', ", ");
    let offset = error.span().map_or(0, |span| span.start);
    let place: Place = source.place(offset);
    Problem::new(format!("`{}` is not valid TOML: {message}", source.path)).at(place)
}
