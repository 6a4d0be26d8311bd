//! Renders the table of keys as a page of documentation in Markdown.

use super::key::{Form, Key, Kind, Presence, Table};
use super::keys;

/// The first lines of the page.
const HEAD: &str = "\
# taskflow.toml

<!-- Made from xtask/src/domain/config/keys.rs with `cargo xtask schema --format markdown`. Do not edit. -->

taskflow.toml is the only configuration file of `cargo xtask`, in UTF-8. A key that is not on this page is an error.
*Contract* names the section of the container contract that a key implements.

An editor with a language server for TOML completes and checks the keys, and shows these descriptions. The first line of
the file names the schema for it, `docs/taskflow.schema.json`.";

/// The header of a table of keys.
const COLUMNS: &str = "\
| key | type | default | description |
|---|---|---|---|";

/// A section of the page, for one table of the file.
struct Section {
    /// The path of the table with placeholders for names, such as `component.NAME`.
    path: String,
    /// The path of the table with example names, such as `component.frontend`.
    example: String,
    /// Whether the table is an entry of a list.
    listed: bool,
    /// The text below the heading.
    text: String,
    keys: &'static Table,
}

/// Renders the whole page.
pub fn page() -> String {
    let top = Section {
        path: String::new(),
        example: String::new(),
        listed: false,
        text: "The keys and tables at the top of the file.".to_owned(),
        keys: &keys::FILE,
    };
    let mut lines = vec![HEAD.to_owned()];
    top.write(&mut lines);
    lines.join("\n") + "\n"
}

impl Section {
    /// Writes the section and the sections of the tables in it.
    fn write(&self, lines: &mut Vec<String>) {
        let header = |path: &str| if self.listed { format!("[[{path}]]") } else { format!("[{path}]") };
        let title = if self.path.is_empty() { "The file".to_owned() } else { format!("`{}`", header(&self.path)) };
        lines.extend([format!("\n## {title}\n\n{}\n", self.text), COLUMNS.to_owned()]);
        lines.extend(self.keys.keys.iter().map(row));
        lines.push("\n```toml".to_owned());
        if !self.example.is_empty() {
            lines.push(header(&self.example));
        }
        let values = self.keys.keys.iter().filter(|key| !key.example.is_empty());
        lines.extend(values.map(|key| format!("{} = {}", key.name, key.example)));
        lines.push("```".to_owned());
        self.keys.keys.iter().filter_map(|key| self.below(key)).for_each(|below| below.write(lines));
    }

    /// Returns the section of the tables that a key holds.
    fn below(&self, key: &Key) -> Option<Section> {
        let joined = |path: &str| if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        let (path, example) = (joined(&self.path), joined(&self.example));
        let text = key.description.to_owned();
        match key.kind {
            Kind::Table(keys) => Some(Section { path, example, listed: false, text, keys }),
            Kind::Tables(keys) => Some(Section { path, example, listed: true, text, keys }),
            Kind::Named(named) => Some(Section {
                path: format!("{path}.{}", named.placeholder),
                example: format!("{example}.{}", named.example),
                listed: false,
                text: format!(
                    "{text} `{}` is the name of the {}: {}.",
                    named.placeholder, named.what, named.form.words
                ),
                keys: &named.table,
            }),
            Kind::Integer(..) | Kind::Text(_) | Kind::Texts(_) | Kind::Boolean | Kind::Day => None,
        }
    }
}

fn row(key: &Key) -> String {
    let without = match key.presence {
        Presence::Required(_) => "**required**".to_owned(),
        Presence::Default(value) => format!("`{value}`"),
        Presence::Otherwise(words) => words.to_owned(),
    };
    let contract = key.contract.map_or(String::new(), |section| format!(" Contract: {section}."));
    format!("| `{}` | {} | {without} | {}{contract} |", key.name, value(key.kind), key.description)
}

/// Describes the value of a key in words.
fn value(kind: Kind) -> String {
    let with = |what: &str, form: Form| match form.words {
        "" => what.to_owned(),
        words => format!("{what}: {words}"),
    };
    match kind {
        Kind::Integer(least, most) if least == most => format!("integer: {least}"),
        Kind::Integer(least, most) => format!("integer: {least} to {most}"),
        Kind::Text(form) => with("string", form),
        Kind::Texts(form) => with("list of strings", form),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Day => "day".to_owned(),
        Kind::Table(_) => "table".to_owned(),
        Kind::Tables(_) => "list of tables".to_owned(),
        Kind::Named(named) => format!("a table for each {}", named.what),
    }
}
