//! The table of keys, the reader and the schema agree on every key, on its absence, and on every kind of value.

use serde_json::Value;
use xtask::domain::config::key::{Key, Kind, Presence, Table};
use xtask::domain::config::keys::FILE;
use xtask::domain::config::{FILE_NAME, json_schema, parse};
use xtask::domain::problem::SourceText;

use super::validator::{document, errors};

/// A line of a file that has every key of the table.
#[derive(Clone)]
pub(super) struct Line {
    /// The key as the table has it, names left out: `component/build-args/default`.
    trail: String,
    text: String,
}

/// A file with every key of the table, each with its example.
pub(super) fn full() -> Vec<Line> {
    let mut lines = Vec::new();
    add(&mut lines, &FILE, "", String::new(), "");
    lines
}

fn add(lines: &mut Vec<Line>, table: &Table, trail: &str, header: String, path: &str) {
    lines.push(Line { trail: trail.to_owned(), text: header });
    let joined = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for key in table.keys.iter().filter(|key| !key.example.is_empty()) {
        let text = format!("{} = {}", key.name, key.example);
        lines.push(Line { trail: format!("{trail}/{}", key.name), text });
    }
    for key in table.keys {
        let (trail, path) = (format!("{trail}/{}", key.name), joined(key.name));
        match key.kind {
            Kind::Table(table) => add(lines, table, &trail, format!("[{path}]"), &path),
            Kind::Tables(table) => add(lines, table, &trail, format!("[[{path}]]"), &path),
            Kind::Named(named) => {
                let path = format!("{path}.{}", named.example);
                add(lines, &named.table, &trail, format!("[{path}]"), &path);
            }
            Kind::Integer(..) | Kind::Text(_) | Kind::Texts(_) | Kind::Boolean | Kind::Day => {}
        }
    }
}

pub(super) fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.clone() + "\n").collect()
}

/// The file without a key and all below it. Comments of the same length stand in their place, so that nothing moves.
fn without(trail: &str) -> Vec<Line> {
    let mut lines = full();
    for line in &mut lines {
        if line.trail == trail || line.trail.starts_with(&format!("{trail}/")) {
            line.text = "#".repeat(line.text.len());
        }
    }
    lines
}

/// The file with one more line in the table of this trail.
fn with(lines: &[Line], trail: &str, more: &str) -> String {
    let (at, _) = lines.iter().enumerate().find(|(_, line)| line.trail == trail).unwrap();
    text(&lines[..=at]) + more + "\n" + &text(&lines[at + 1..])
}

/// The file with another value of a key.
pub(super) fn changed(trail: &str, value: &str) -> String {
    let (table, key) = trail.rsplit_once('/').unwrap();
    with(&without(trail), table, &format!("{key} = {value}"))
}

/// The tables with their trails, and the keys with theirs.
fn tables() -> Vec<(String, &'static Table)> {
    fn visit(found: &mut Vec<(String, &'static Table)>, trail: &str, table: &'static Table) {
        found.push((trail.to_owned(), table));
        for key in table.keys {
            if let Some(below) = below(key) {
                visit(found, &format!("{trail}/{}", key.name), below);
            }
        }
    }
    let mut found = Vec::new();
    visit(&mut found, "", &FILE);
    found
}

fn below(key: &Key) -> Option<&'static Table> {
    match key.kind {
        Kind::Table(table) | Kind::Tables(table) => Some(table),
        Kind::Named(named) => Some(&named.table),
        Kind::Integer(..) | Kind::Text(_) | Kind::Texts(_) | Kind::Boolean | Kind::Day => None,
    }
}

pub(super) fn keys() -> Vec<(String, &'static Key)> {
    tables()
        .into_iter()
        .flat_map(|(trail, table)| table.keys.iter().map(move |key| (format!("{trail}/{}", key.name), key)))
        .collect()
}

fn schema() -> Value {
    serde_json::to_value(json_schema::schema()).unwrap()
}

/// What the reader and the schema say of a text: the number of mistakes of each.
pub(super) fn verdicts(text: &str) -> (Vec<String>, Vec<String>) {
    let problems = parse(FILE_NAME, text).err().unwrap_or_default();
    let problems = problems.into_iter().map(|problem| problem.message).collect();
    (problems, errors(&schema(), &document(text).unwrap()))
}

#[track_caller]
fn accepted(text: &str) {
    assert_eq!(verdicts(text), (vec![], vec![]), "{text}");
}

#[track_caller]
fn refused(text: &str) {
    let (reader, schema) = verdicts(text);
    assert!(!reader.is_empty() && !schema.is_empty(), "reader: {reader:?}\nschema: {schema:?}\n{text}");
}

/// What the reader made of a text, without the text.
fn read(text: &str) -> String {
    let mut config = parse(FILE_NAME, text).unwrap();
    config.source = SourceText::new("");
    format!("{config:?}")
}

#[test]
fn a_file_with_every_key_is_accepted() {
    accepted(&text(&full()));
    accepted(include_str!("../../../../taskflow.toml"));
}

#[test]
fn any_other_key_is_refused() {
    for (trail, _) in tables() {
        refused(&with(&full(), &trail, "unknown-key = 1"));
        let (reader, _) = verdicts(&with(&full(), &trail, "unknown-key = 1"));
        assert_eq!(reader.len(), 1, "{reader:?}");
        refused(&with(&full(), &trail, "unknown-key.below = {}"));
    }
}

#[test]
fn what_is_required_cannot_be_left_out_and_everything_else_can() {
    for (trail, key) in keys() {
        let left_out = text(&without(&trail));
        match key.presence {
            Presence::Required(_) => refused(&left_out),
            Presence::Default(_) | Presence::Otherwise(_) => accepted(&left_out),
        }
    }
    refused(&with(&without("/component"), "", "component = {}"));
}

#[test]
fn every_key_is_read() {
    let all = read(&text(&full()));
    for (trail, key) in keys() {
        // The text is the same but for one key, so a key that is not read would leave no difference. What is required
        // cannot be left out: that it is read is seen from the values that are refused, in `values`.
        if !matches!(key.presence, Presence::Required(_)) {
            assert_ne!(read(&text(&without(&trail))), all, "{trail} is not read");
        }
    }
}

#[test]
fn a_default_is_what_the_reader_takes_without_the_key() {
    let mut compared = 0;
    for (trail, key) in keys() {
        if let Presence::Default(value) = key.presence {
            let with_line = |written: &str, left_out: &str| {
                let mut lines = full();
                let line = lines.iter_mut().find(|line| line.trail == trail).unwrap();
                let width = line.text.len().max(written.len());
                line.text = if left_out.is_empty() { format!("{written:width$}") } else { left_out.repeat(width) };
                read(&text(&lines))
            };
            let written = format!("{} = {value}", key.name);
            assert_eq!(with_line(&written, ""), with_line(&written, "#"), "{trail}");
            compared += 1;
        }
    }
    assert_eq!(compared, 17, "`tag-prefix`, `declared`, eight keys of contracts, and seven of releases");
}

#[test]
fn a_value_of_another_kind_is_refused() {
    let values = ["7", "7.5", "true", "\"7\"", "2027-01-31", "[7]", "[\"a\"]", "[{}]", "{ a = 1 }"];
    for (trail, key) in keys() {
        for value in values {
            let fits = match key.kind {
                Kind::Integer(..) => value == "7",
                Kind::Text(_) => value == "\"7\"",
                Kind::Texts(_) => value == "[\"a\"]",
                Kind::Boolean => value == "true",
                Kind::Day => ["2027-01-31", "\"7\""].contains(&value),
                // What is in it is wrong, and each test of a key in it says so.
                Kind::Table(_) | Kind::Named(_) => value == "{ a = 1 }",
                Kind::Tables(_) => value == "[{}]",
            };
            if !fits {
                let changed = changed(&trail, value);
                let (reader, schema) = verdicts(&changed);
                // JSON has no days, so editors show a schema the text of one.
                let is_text = matches!(key.kind, Kind::Text(_)) && value == "2027-01-31";
                assert!(!reader.is_empty() && (is_text || !schema.is_empty()), "{schema:?}\n{changed}");
                let expected = key.kind.words();
                let told = reader.iter().any(|message| message.contains(" must be ") && message.contains(expected));
                // An item of a list of tables is a table.
                assert!(told || reader.iter().any(|message| message.contains(" must be a table")), "{reader:?}");
            }
        }
    }
}
