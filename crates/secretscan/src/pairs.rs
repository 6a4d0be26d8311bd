//! Names and values inside of a value: `-Dkey=value`, `--key value`, `key=value;key=value`, JSON.

use serde_json::Value;

/// Returns the pairs in a value, in order; none if it is not a list of pairs.
pub(crate) fn of(value: &str) -> Vec<(String, String)> {
    if value.starts_with(['{', '[']) {
        let mut pairs = Vec::new();
        if let Ok(document) = serde_json::from_str::<Value>(value) {
            of_json("", &document, &mut pairs);
        }
        return pairs;
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut option: Option<String> = None;
    for word in value.split(|letter: char| letter.is_whitespace() || ";,&".contains(letter)) {
        let word = word.trim_matches(['"', '\'']);
        if let Some((name, text)) = word.split_once('=') {
            pairs.extend(name_of(name).map(|name| (name, text.trim_matches(['"', '\'']).to_owned())));
            option = None;
        } else if word.starts_with("--") {
            option = name_of(word);
        } else if let Some(name) = option.take().filter(|_| !word.is_empty()) {
            pairs.push((name, word.to_owned()));
        }
    }
    pairs
}

/// Returns the name in `-Dspring.datasource.password`, `--api-key` or `?token`.
fn name_of(text: &str) -> Option<String> {
    let text = text.rsplit(['?', '"', '\'', '{', '(']).next().unwrap_or(text);
    let name = text.strip_prefix("-D").unwrap_or(text).trim_start_matches('-');
    let valid = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    valid.then(|| name.to_owned())
}

fn of_json(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| of_json(name, item, pairs)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| of_json(key, value, pairs)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_in_every_writing() {
        let names =
            |value: &str| of(value).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(names("-Xmx512m -Da.password=x1 -Db=\"y z\""), ["a.password=x1", "b=y"]);
        assert_eq!(names("--user me --password x1 --verbose"), ["user=me", "password=x1"]);
        assert_eq!(names("cache:6380,password=x1,ssl=True"), ["password=x1", "ssl=True"]);
        assert_eq!(names("{\"a\":{\"token\":\"x1\"},\"b\":[\"y\"],\"c\":1}"), ["token=x1", "b=y"]);
        assert_eq!(names("plain words, and = signs"), Vec::<String>::new());
    }
}
