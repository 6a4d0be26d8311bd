//! A validator for the part of JSON Schema that taskflow.schema.json uses. A keyword that it does not know is a failure,
//! so that no part of the schema goes unchecked.

use regex::Regex;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

/// The keywords that demand nothing.
const ANNOTATIONS: [&str; 5] = ["$schema", "title", "description", "default", "examples"];

/// A TOML text as the value that an editor validates; none where it is no TOML.
pub(crate) fn document(text: &str) -> Option<Value> {
    Some(of_table(DeTable::parse(text).ok()?.get_ref()))
}

fn of_table(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), converted(value.get_ref())));
    Value::Object(entries.collect())
}

fn converted(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => Value::from(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| converted(item.get_ref())).collect(),
        DeValue::Table(table) => of_table(table),
    }
}

/// What is wrong with a value, each with its place.
pub(crate) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, value, "$", &mut found);
    found
}

fn check(schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let schema = schema.as_object().unwrap();
    let mut demand = |keyword: &str, holds: bool| {
        if !holds {
            found.push(format!("{place}: {keyword} {}", schema[keyword]));
        }
    };
    for (keyword, wanted) in schema {
        match keyword.as_str() {
            "type" => demand(keyword, is_of_type(value, wanted.as_str().unwrap())),
            "enum" => demand(keyword, wanted.as_array().unwrap().contains(value)),
            "minimum" => demand(keyword, value.as_i64().is_none_or(|number| number >= wanted.as_i64().unwrap())),
            "maximum" => demand(keyword, value.as_i64().is_none_or(|number| number <= wanted.as_i64().unwrap())),
            "pattern" => demand(keyword, value.as_str().is_none_or(|text| matches(wanted.as_str().unwrap(), text))),
            "minProperties" => {
                demand(keyword, value.as_object().is_none_or(|object| object.len() as u64 >= wanted.as_u64().unwrap()));
            }
            "required" => {
                let has =
                    |name: &Value| value.as_object().is_none_or(|object| object.contains_key(name.as_str().unwrap()));
                demand(keyword, wanted.as_array().unwrap().iter().all(has));
            }
            "additionalProperties" => demand(
                keyword,
                wanted == &Value::Bool(false)
                    && value.as_object().is_none_or(|object| object.keys().all(|name| below(schema, name).is_some())),
            ),
            "items" | "properties" | "patternProperties" => {}
            other => assert!(ANNOTATIONS.contains(&other), "{place}: unknown keyword {other}"),
        }
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        values.iter().enumerate().for_each(|(at, value)| check(items, value, &format!("{place}[{at}]"), found));
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        if let Some(schema) = below(schema, name) {
            check(schema, value, &format!("{place}.{name}"), found);
        }
    }
}

/// The schema of a property.
fn below<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let named = schema.get("properties").and_then(|properties| properties.get(name));
    named.or_else(|| {
        let patterns = schema.get("patternProperties")?.as_object()?;
        patterns.iter().find(|(pattern, _)| matches(pattern, name)).map(|(_, schema)| schema)
    })
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().is_match(text)
}

fn is_of_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        other => {
            assert_eq!(other, "integer", "a type that this validator knows");
            value.is_i64()
        }
    }
}

#[test]
fn what_breaks_a_schema_is_found() {
    let schema = serde_json::json!({
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer", "minimum": 1, "maximum": 2}, "b": {"enum": ["x"]}},
        "patternProperties": {"^c+$": {"type": "array", "items": {"type": "string", "pattern": "^d"}}},
        "additionalProperties": false,
        "minProperties": 1,
    });
    for good in ["a = 1", "a = 2\nb = 'x'", "a = 1\ncc = ['d', 'dd']"] {
        assert_eq!(errors(&schema, &document(good).unwrap()), Vec::<String>::new(), "{good}");
    }
    for (bad, number) in [
        ("", 2),
        ("a = '1'", 1),
        ("a = 3", 1),
        ("a = 0", 1),
        ("a = 1\nb = 'y'", 1),
        ("a = 1\ncd = []", 1),
        ("a = 1\nc = 1", 1),
        ("a = 1\nc = [1, 'e']", 2),
    ] {
        assert_eq!(errors(&schema, &document(bad).unwrap()).len(), number, "{bad}");
    }
}
