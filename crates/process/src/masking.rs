//! Removes secret values from the output of tools before it is shown or written.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use shown::{MASK, printable, replaced};

use crate::invocation::{EnvValue, Invocation};

/// The length of the shortest value that is masked: masking shorter ones would leave nothing readable.
const SHORTEST: usize = 4;

/// A function that returns a text without its secrets.
type Redact = dyn Fn(&str) -> Cow<'_, str> + Send + Sync;

/// Values that are replaced by `***` in text.
///
/// ```
/// use process::Masking;
///
/// let masking = Masking::of_values(["correct horse"]);
/// assert_eq!(masking.apply("the password is correct horse"), "the password is ***");
/// assert_eq!(masking.apply_to_json(r#"{"password": "correct horse"}"#), r#"{"password": "***"}"#);
/// ```
#[derive(Clone, Default)]
pub struct Masking {
    values: Vec<String>,
    /// Values that are not UTF-8. In text they stand in forms that are among `values`.
    raw: Vec<Vec<u8>>,
    /// Finds and replaces values that are not known in advance.
    redact: Option<Arc<Redact>>,
}

/// Prints the number of values, never the values.
impl fmt::Debug for Masking {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.values.len() + self.raw.len();
        out.debug_struct("Masking").field("values", &count).finish_non_exhaustive()
    }
}

impl Masking {
    /// Masks the hidden values of a call: line by line, as they are and in the forms in which tools quote them.
    pub fn of(invocation: &Invocation) -> Self {
        let hidden = invocation.env.iter().filter_map(|(_, value)| match value {
            EnvValue::Hidden(value) => Some(value.reveal().as_encoded_bytes()),
            EnvValue::Plain(_) => None,
        });
        let lines = hidden.flat_map(|value| value.split(|byte| *byte == b'\n')).map(<[u8]>::trim_ascii);
        Self::of_lines(lines, &|text| vec![text.to_owned(), quoted(text), escaped(text)])
    }

    /// Masks these values: whole, line by line, and in the forms in which tools quote them.
    pub fn of_values<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        // Tools print line by line.
        let lines = values.iter().flat_map(|value| {
            let lines = value.as_ref().split(|byte| *byte == b'\n');
            lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)).chain([value.as_ref()])
        });
        Self::of_lines(lines, &|text| vec![escaped(text), text.to_owned()])
    }

    /// Masks these lines in the forms that a function gives for a text.
    fn of_lines<'a>(lines: impl Iterator<Item = &'a [u8]>, forms: &dyn Fn(&str) -> Vec<String>) -> Self {
        let (mut values, mut raw) = (Vec::new(), Vec::new());
        for line in lines.filter(|line| line.len() >= SHORTEST) {
            if let Ok(text) = std::str::from_utf8(line) {
                values.extend(forms(text));
            } else {
                // Tools that print nothing but text replace or escape the other bytes.
                let texts = [printable(line), replaced(line).into_owned(), String::from_utf8_lossy(line).into_owned()];
                values.extend(texts.iter().flat_map(|text| forms(text)));
                raw.push(line.to_vec());
            }
        }
        Self::sorted(values, raw)
    }

    /// Masks what a function finds: its result replaces the text. Only [`apply_to_output`](Self::apply_to_output) calls
    /// the function.
    pub fn of_found(redact: impl Fn(&str) -> Cow<'_, str> + Send + Sync + 'static) -> Self {
        Self { redact: Some(Arc::new(redact)), ..Self::default() }
    }

    /// Masks the values of both. If both have a function that finds values, the function of `self` is used.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let redact = self.redact.as_ref().or(others.redact.as_ref()).cloned();
        let values = self.values.iter().chain(&others.values).cloned().collect();
        let raw = self.raw.iter().chain(&others.raw).cloned().collect();
        Self { redact, ..Self::sorted(values, raw) }
    }

    fn sorted(values: Vec<String>, raw: Vec<Vec<u8>>) -> Self {
        Self { values: longest_first(values), raw: longest_first(raw), redact: None }
    }

    /// Returns the output of a tool as text, with all values masked, and what the function of
    /// [`of_found`](Self::of_found) finds.
    pub(crate) fn output(&self, bytes: &[u8]) -> String {
        self.apply_to_output(&self.text(bytes)).into_owned()
    }

    /// Returns an answer of a tool as text, with the known values masked.
    pub(crate) fn answer(&self, bytes: &[u8]) -> String {
        self.apply(&self.text(bytes)).into_owned()
    }

    /// Returns the output of a tool as text. Values that are not UTF-8 are replaced by `***`, as they could not be
    /// recognised in the text; the others are still in it.
    fn text<'a>(&self, output: &'a [u8]) -> Cow<'a, str> {
        if self.raw.is_empty() || std::str::from_utf8(output).is_ok() {
            return String::from_utf8_lossy(output);
        }
        let masked = self.raw.iter().fold(output.to_vec(), |output, value| without(&output, value));
        Cow::Owned(String::from_utf8_lossy(&masked).into_owned())
    }

    /// Masks the output of a tool: first the known values, then what the function of [`of_found`](Self::of_found) finds
    /// in the rest.
    pub fn apply_to_output<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = self.apply(text);
        match &self.redact {
            Some(redact) => Cow::Owned(redact(&text).into_owned()),
            None => text,
        }
    }

    /// Masks the strings of a JSON document. The document keeps its shape, and keys stay as they are.
    pub fn apply_to_json<'a>(&self, document: &'a str) -> Cow<'a, str> {
        let mut shown = String::new();
        let mut rest = document;
        while let Some(start) = rest.find('"') {
            let Some(length) = rest.get(start + 1..).and_then(end_of_string) else { break };
            let end = start + 1 + length;
            let (literal, behind) = (rest.get(start..end).unwrap_or_default(), rest.get(end..).unwrap_or_default());
            let is_key = behind.trim_start().starts_with(':');
            let text = serde_json::from_str::<String>(literal).ok().filter(|_| !is_key);
            let masked =
                text.as_ref().map(|text| self.apply(text)).filter(|masked| Some(masked.as_ref()) != text.as_deref());
            shown.push_str(rest.get(..start).unwrap_or_default());
            match masked {
                Some(masked) => shown += &serde_json::Value::from(masked.as_ref()).to_string(),
                None => shown.push_str(literal),
            }
            rest = behind;
        }
        shown.push_str(rest);
        if shown == document { Cow::Borrowed(document) } else { Cow::Owned(shown) }
    }

    /// Returns the text with `***` in the place of each value.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.values.iter().fold(Cow::Borrowed(text), |text, value| {
            if text.contains(value.as_str()) { Cow::Owned(text.replace(value.as_str(), MASK)) } else { text }
        })
    }
}

/// Sorts the longest value first, as a value may be a part of another one.
fn longest_first<T: Ord + AsRef<[u8]>>(mut values: Vec<T>) -> Vec<T> {
    values.sort_by(|first, second| (second.as_ref().len(), second).cmp(&(first.as_ref().len(), first)));
    values.dedup();
    values
}

/// Returns the output with `***` in the place of a value.
fn without(output: &[u8], value: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(output.len());
    let mut rest = output;
    while let Some((first, behind)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(value) {
            masked.extend_from_slice(MASK.as_bytes());
            rest = behind;
        } else {
            masked.push(*first);
            rest = behind;
        }
    }
    masked
}

/// Returns the length of a JSON string behind its first quote, including the last quote.
fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The text as it stands inside a JSON or Go string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().trim_matches('"').to_owned()
}

/// The text as builders write it in step names: with a backslash before each dollar, quote and backslash.
fn escaped(text: &str) -> String {
    let special = |character: &char| matches!(character, '$' | '"' | '\\' | '\'' | '`');
    text.chars().flat_map(|character| special(&character).then_some('\\').into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::hidden_value::HiddenValue;
    use proptest::prelude::*;

    fn masking(value: &str) -> Masking {
        Masking::of(&Invocation::new("x", [""; 0]).hidden_env("NAME", HiddenValue::new(value)))
    }

    #[test]
    fn values_are_taken_out_wherever_they_stand() {
        let masking = masking("planted\nsecond line\nabc");
        assert_eq!(masking.apply("RUN echo planted; X=\"second line\" abc"), "RUN echo ***; X=\"***\" abc");
        assert_eq!(masking.apply("nothing here"), "nothing here");
    }

    #[test]
    fn quoted_forms_are_taken_out_too() {
        assert_eq!(masking("a\"b\\c").apply(r#"{"x":"a\"b\\c"}"#), r#"{"x":"***"}"#);
        assert_eq!(masking("p$ss-word").apply(r"echo p\$ss-word"), "echo ***");
    }

    #[test]
    fn texts_are_taken_out_whole_and_line_by_line() {
        let masking = Masking::of_values(["first line\nit's\nabc\n".to_owned()]);
        assert_eq!(masking.apply("<first line\nit's\nabc\n>"), "<***>");
        assert_eq!(masking.apply(r"#5 first line and it\'s, not abc"), "#5 *** and ***, not abc");
    }

    #[test]
    fn what_is_found_is_taken_out_of_talk_after_the_values() {
        let found = Masking::of_found(|text| text.replace("found", MASK).into());
        let masking = masking("planted").with(&found);
        assert_eq!(masking.apply_to_output("planted and found"), "*** and ***");
        assert_eq!(masking.apply("planted and found"), "*** and found");
        // Of two functions, the one of the first masking is used.
        let both = Masking::of_found(|text| text.replace("more", MASK).into()).with(&found);
        assert_eq!(both.apply_to_output("found more"), "found ***");
    }

    #[test]
    fn values_that_are_not_utf8_are_masked_as_bytes_and_in_every_text() {
        for value in [&b"caf\xe9-planted"[..], b"planted\xe2\x82", b"\xff\xfeplanted"] {
            let hidden = HiddenValue::new(OsStr::from_bytes(value));
            let of_call = Masking::of(&Invocation::new("x", [""; 0]).hidden_env("NAME", hidden));
            for masking in [of_call, Masking::of_values([value]), Masking::default().with(&Masking::of_values([value]))]
            {
                // The byte behind a value may complete a character that the value begins.
                for behind in [&b" b"[..], b"\xac b"] {
                    let shown = masking.text(&[b"a\xfc ", value, behind].concat()).into_owned();
                    assert!(shown.starts_with("a\u{fffd} ***") && shown.ends_with(" b"), "{shown}");
                }
                let texts =
                    [printable(value), replaced(value).into_owned(), String::from_utf8_lossy(value).into_owned()];
                for text in texts {
                    assert_eq!(masking.apply(&text), "***");
                }
            }
        }
    }

    #[test]
    fn documents_lose_values_and_keep_their_shape() {
        let masking = masking("12345678\nschema\na\"b\\c");
        let document = "{\n  \"schema\": 12345678,\n  \"x\": \"12345678\",\n  \"y\": [\"a\\\"b\\\\c\", \"schema\"]\n}";
        let shown = masking.apply_to_json(document);
        assert_eq!(shown, "{\n  \"schema\": 12345678,\n  \"x\": \"***\",\n  \"y\": [\"***\", \"***\"]\n}");
    }

    /// The document with every string replaced by the same one.
    fn shape(value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(_) => Value::from(""),
            Value::Array(items) => items.iter().map(shape).collect(),
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
            other => other.clone(),
        }
    }

    fn strings(value: &serde_json::Value) -> Vec<String> {
        use serde_json::Value;
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(items) => items.iter().flat_map(strings).collect(),
            Value::Object(fields) => fields.values().flat_map(strings).collect(),
            _ => Vec::new(),
        }
    }

    /// Any document; its texts and numbers are often those that are masked.
    fn document() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let text = prop_oneof!["(12345678|true|null|[{}\\[\\]\":,\\\\ ]|[a-z\u{e9}\n]){0,6}", ".{0,12}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            Just(Value::from(12_345_678)),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, move |inner| {
            let fields = proptest::collection::vec((text.clone(), inner.clone()), 0..5);
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(Value::from),
                fields.prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_document_stays_one_of_the_same_shape(
            document in document(),
            values in proptest::collection::vec("(12345678|true|null|schema|[!-~]{4,12}|[\"\\\\{}:,\n]{4,6})", 0..4),
            pretty in any::<bool>(),
        ) {
            let masking = masking(&values.join("\n"));
            let text = if pretty { format!("{document:#}") } else { document.to_string() };
            let shown: serde_json::Value = serde_json::from_str(&masking.apply_to_json(&text)).unwrap();
            prop_assert_eq!(shape(&shown), shape(&document));
            let values = values.iter().flat_map(|value| value.lines()).map(str::trim);
            for value in values.filter(|value| value.len() >= SHORTEST && !value.contains('*')) {
                prop_assert!(strings(&shown).iter().all(|text| !text.contains(value)), "{:?}", value);
            }
        }

        #[test]
        fn no_value_survives(value in "[!-~]{4,30}", before in "[ -~]{0,10}", after in "[ -~]{0,10}") {
            // The text around a removed value can form a new one only with characters of the mask.
            prop_assume!(!MASK.contains(&value) && !value.contains('*'));
            let text = format!("{before} {value} {after}");
            let masked = masking(&value);
            let shown = masked.apply(&text);
            prop_assert!(!shown.contains(&value), "{}", shown);
        }
    }
}
