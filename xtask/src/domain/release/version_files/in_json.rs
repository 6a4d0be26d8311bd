//! Finds versions in a JSON document, with their places.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::version_text::{VersionSource, VersionText, dotted};
use crate::domain::problem::{Place, Problem};

/// Text editors put it at the beginning of files; JSON does not allow it, but npm accepts it.
const MARK: &str = "\u{feff}";

/// Finds the versions at these keys; leaves out keys that the document does not have.
pub(super) fn find(source: &VersionSource<'_>, keys: &[&[&str]]) -> Result<Vec<VersionText>, Problem> {
    let text = source.text.strip_prefix(MARK).unwrap_or(source.text);
    let document: &RawValue = serde_json::from_str(text).map_err(|error| syntax_problem(source.path, &error))?;
    if !document.get().starts_with('{') {
        return Err(Problem::new(format!("`{}` must be a JSON object", source.path)).at(source.place(0)));
    }
    let found: Result<Vec<Option<VersionText>>, Problem> =
        keys.iter().map(|key| version_at(source, document, key)).collect();
    Ok(found?.into_iter().flatten().collect())
}

fn version_at(source: &VersionSource<'_>, document: &RawValue, key: &[&str]) -> Result<Option<VersionText>, Problem> {
    let mut value = document;
    for part in key {
        match member(source, value, part)? {
            Some(inner) => value = inner,
            None => return Ok(None),
        }
    }
    let (raw, start) = (value.get(), offset(source, value));
    let key = dotted(key);
    let Ok(version) = serde_json::from_str::<String>(raw) else {
        let example = format!("\"version\": \"{}\"", source.wanted);
        return Err(source.not_a_string(&key, type_of(raw), start, &example));
    };
    Ok(Some(VersionText { key, value: version, span: start + 1..start + raw.len().saturating_sub(1) }))
}

/// Returns the value of a key of an object; none if the key is missing, or if `value` is no object.
fn member<'a>(source: &VersionSource<'_>, value: &'a RawValue, key: &str) -> Result<Option<&'a RawValue>, Problem> {
    let Ok(Members(members)) = serde_json::from_str::<Members<'a>>(value.get()) else { return Ok(None) };
    let mut found = members.into_iter().filter(|(name, _)| name == key).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (_, Some(second)) => Err(Problem::new(format!("`{}` has the key `{key}` twice", source.path))
            .at(source.place(offset(source, second)))
            .hint("remove one of the two lines")),
        (first, None) => Ok(first),
    }
}

/// Returns where a value begins in the text of the file. The value borrows from this text.
fn offset(source: &VersionSource<'_>, value: &RawValue) -> usize {
    value.get().as_ptr().addr().saturating_sub(source.text.as_ptr().addr())
}

/// The members of an object, in order, with those that have the same key.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

/// Returns the type of a value that is no valid string, for messages.
fn type_of(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        // It contains half of a pair of surrogates.
        Some(b'"') => "a string that is not Unicode",
        _ => "a number",
    }
}

fn syntax_problem(path: &str, error: &serde_json::Error) -> Problem {
    let place = Place { column: error.column(), ..Place::line(path, error.line()) };
    let problem = Problem::new(format!("`{path}` is not valid JSON")).at(place);
    // Only these messages contain no text of the document.
    let message = error.to_string();
    let words = message.rsplit_once(" at line ").map_or(message.as_str(), |(words, _)| words);
    match error.classify() {
        Category::Syntax | Category::Eof => problem.cause(words),
        Category::Data | Category::Io => problem,
    }
}
