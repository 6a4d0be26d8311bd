//! Reads JSON of other programs leniently: text around it, other letter cases, absent and null fields.

use serde_json::{Deserializer, Value};

/// Returns the document in a text that has the wanted shape. Notices of the client may stand before and behind it, even
/// in JSON. Of several documents with that shape, the first one that is not empty is returned.
pub(crate) fn document(text: &str, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let mut empty = (text.trim() == "null" && fits(&Value::Null)).then_some(Value::Null);
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(['{', '['])).and_then(|to| at.checked_add(to)) {
        let mut values = Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                at = start.saturating_add(values.byte_offset());
                if fits(&value) {
                    if !is_empty(&value) {
                        return Some(value);
                    }
                    empty = empty.or(Some(value));
                }
            }
            _ => at = start.saturating_add(1),
        }
    }
    empty
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Whether a value is a list of objects with a field of this name, or an empty list.
pub(crate) fn is_list_with(value: &Value, name: &str) -> bool {
    value.as_array().is_some_and(|items| items.is_empty() || items.iter().any(|item| field(item, name).is_some()))
}

/// Returns a field, ignoring the case of its name.
pub(crate) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let found = value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

/// Returns the text of a field; none if it is missing or empty.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    field(value, name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns the items of a list field.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    field(value, name).and_then(Value::as_array).into_iter().flatten()
}

/// Returns the texts of a list field.
pub(crate) fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notices of clients; some of them are JSON, or begin like JSON.
    const NOTICES: [&str; 7] = [
        "* minikube 1.40.0 is available [now]!",
        "! [warning] {\"a\": 1} is deprecated",
        "[1] is a list",
        "{\"level\":\"info\",\"id\":\"x\"}",
        "list images: {\"x\":",
        "\u{1b}[33mslow\u{1b}[0m",
        "[kubelet] something [[",
    ];

    #[test]
    fn a_document_is_found_by_its_shape_between_notices() {
        let profiles = |value: &Value| field(value, "valid").is_some();
        let images = |value: &Value| is_list_with(value, "id");
        for notice in NOTICES {
            let text = format!("{notice}\n{{\"valid\":[1]}}\n{notice}");
            assert_eq!(document(&text, profiles).unwrap()["valid"][0], 1, "{notice}");
            let text = format!("{notice}\n[{{\"id\":\"a\"}}]\n{notice}");
            assert_eq!(document(&text, images).unwrap()[0]["id"], "a", "{notice}");
        }
        assert_eq!(document("[] then [{\"id\":1}]", images).unwrap()[0]["id"], 1);
        assert_eq!(document("[]", images).unwrap(), Value::Array(Vec::new()));
        assert_eq!(document("null", Value::is_null), Some(Value::Null));
        assert_eq!(document("nothing, not even null", |_| true), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_said_before_does_not_hide_the_document(notice in "[ -z{}\\[\\]\"\n]{0,60}") {
            // An unclosed quote or bracket may swallow what follows on the same line, as it does for people.
            let text = format!("{notice}\n{{\"taskflow\":\"yes\"}}");
            let found = document(&text, |value| value.get("taskflow").is_some());
            proptest::prop_assert_eq!(found.unwrap()["taskflow"].clone(), Value::from("yes"));
        }
    }

    #[test]
    fn fields_are_found_in_any_case_and_null_is_absent() {
        let value = document(r#"{"Name":"a","list":["x",1],"none":null,"empty":""}"#, Value::is_object).unwrap();
        assert_eq!(text(&value, "name"), Some("a".to_owned()));
        assert_eq!(texts(&value, "List"), ["x"]);
        assert_eq!((field(&value, "none"), text(&value, "empty"), list(&value, "Name").count()), (None, None, 0));
    }
}
