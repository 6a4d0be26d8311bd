//! Other programs' JSON, read with patience: text around it, other letter cases, absent and null fields.

use serde_json::{Deserializer, Value};

/// The first object or list in a text; notices of the client may stand before and behind it.
pub(super) fn document(text: &str) -> Option<Value> {
    if text.trim() == "null" {
        return Some(Value::Null);
    }
    let starts = text.match_indices(['{', '[']).filter_map(|(at, _)| text.get(at..));
    starts.into_iter().find_map(|rest| Deserializer::from_str(rest).into_iter().next()?.ok())
}

/// A field, whatever the case of its name.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let found = value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

/// The text of a field that is there and not empty.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    field(value, name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The items of a field that is a list.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    field(value, name).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a field that is a list.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_between_notices() {
        let text = "* minikube 1.40.0 is available [now]!\n{\"a\":1}\nbye";
        assert_eq!(document(text).unwrap()["a"], 1);
        assert_eq!(document("[]").unwrap(), Value::Array(Vec::new()));
        assert_eq!(document("null"), Some(Value::Null));
        assert_eq!(document("nothing, not even null"), None);
    }

    #[test]
    fn fields_are_found_in_any_case_and_null_is_absent() {
        let value = document(r#"{"Name":"a","list":["x",1],"none":null,"empty":""}"#).unwrap();
        assert_eq!(text(&value, "name"), Some("a".to_owned()));
        assert_eq!(texts(&value, "List"), ["x"]);
        assert_eq!((field(&value, "none"), text(&value, "empty"), list(&value, "Name").count()), (None, None, 0));
    }
}
