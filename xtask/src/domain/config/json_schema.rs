//! Converts the table of keys to a JSON Schema (draft 2020-12), for editors.

use serde::{Serialize, Serializer};
use serde_json::Value;
use toml::de::DeValue;

use super::key::{Form, FormRule, Key, Kind, Presence, Table};
use super::section::integer;
use super::{FILE_NAME, keys};

/// A schema. Its keywords are written in the order of the fields; empty ones are left out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    dialect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Value>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    one_of: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Box<Schema>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_properties: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "in_order")]
    properties: Vec<(&'static str, Schema)>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "in_order")]
    pattern_properties: Vec<(&'static str, Schema)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_properties: Option<bool>,
}

fn in_order<S: Serializer>(entries: &[(&'static str, Schema)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, schema)| (name, schema)))
}

/// Returns the schema of taskflow.toml.
pub fn schema() -> Schema {
    Schema {
        dialect: Some("https://json-schema.org/draft/2020-12/schema"),
        title: Some(FILE_NAME),
        description: "The configuration of `cargo xtask`.".to_owned(),
        ..of_table(&keys::FILE)
    }
}

fn of_table(table: &Table) -> Schema {
    let required = |key: &&Key| matches!(key.presence, Presence::Required(_));
    Schema {
        kind: "object",
        required: table.keys.iter().filter(required).map(|key| key.name).collect(),
        properties: table.keys.iter().map(|key| (key.name, of_key(key))).collect(),
        additional_properties: Some(false),
        ..Schema::default()
    }
}

fn of_key(key: &Key) -> Schema {
    let schema = match key.kind {
        Kind::Integer(least, most) => {
            Schema { kind: "integer", minimum: Some(least), maximum: Some(most), ..Schema::default() }
        }
        Kind::Text(form) => of_text(form),
        Kind::Texts(form) => Schema { kind: "array", items: Some(Box::new(of_text(form))), ..Schema::default() },
        Kind::Boolean => Schema { kind: "boolean", ..Schema::default() },
        Kind::Day => Schema { kind: "string", pattern: Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), ..Schema::default() },
        Kind::Table(table) => of_table(table),
        Kind::Tables(table) => Schema { kind: "array", items: Some(Box::new(of_table(table))), ..Schema::default() },
        Kind::Named(named) => Schema {
            kind: "object",
            min_properties: matches!(key.presence, Presence::Required(_)).then_some(1),
            pattern_properties: pattern(named.form).map(|names| (names, of_table(&named.table))).into_iter().collect(),
            additional_properties: Some(false),
            ..Schema::default()
        },
    };
    let default = match key.presence {
        Presence::Default(value) => Some(json(value)),
        Presence::Required(_) | Presence::Otherwise(_) => None,
    };
    let examples = if key.example.is_empty() { Vec::new() } else { vec![json(key.example)] };
    Schema { description: description(key), default, examples, ..schema }
}

fn of_text(form: Form) -> Schema {
    let one_of = match form.rule {
        FormRule::OneOf(texts) => texts(),
        FormRule::Any | FormRule::Pattern(_) => Vec::new(),
    };
    Schema { kind: "string", pattern: pattern(form), one_of, ..Schema::default() }
}

fn pattern(form: Form) -> Option<&'static str> {
    match form.rule {
        FormRule::Pattern(pattern) => Some(pattern),
        FormRule::Any | FormRule::OneOf(_) => None,
    }
}

/// Returns the text that an editor shows beside a key.
fn description(key: &Key) -> String {
    let form = match key.kind {
        Kind::Text(form) | Kind::Texts(form) => form.words,
        Kind::Named(named) => named.form.words,
        Kind::Integer(..) | Kind::Boolean | Kind::Day | Kind::Table(_) | Kind::Tables(_) => "",
    };
    let mut sentences = vec![key.description.to_owned()];
    if !form.is_empty() {
        sentences.push(format!("Form: {form}."));
    }
    if let Presence::Otherwise(words) = key.presence {
        sentences.push(format!("Without it: {words}."));
    }
    if let Some(section) = key.contract {
        sentences.push(format!("Contract: {section}."));
    }
    sentences.join(" ")
}

/// Converts a value in TOML syntax to JSON; null if it is not a value.
fn json(value: &str) -> Value {
    DeValue::parse(value).map_or(Value::Null, |value| converted(value.get_ref()))
}

fn converted(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => integer(number).map_or(Value::Null, Value::from),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(day) => Value::from(day.to_string()),
        DeValue::Array(items) => items.iter().map(|item| converted(item.get_ref())).collect(),
        DeValue::Float(_) | DeValue::Table(_) => Value::Null,
    }
}
