//! Takes values out of text: what tools say passes through here before it is shown or written.

use std::borrow::Cow;

use super::invocation::{EnvValue, Invocation};

/// Shorter values are no secrets, and taking them out would leave nothing readable.
const SHORTEST: usize = 4;

/// What stands in a value's place.
const MASK: &str = "***";

/// The values that must not be seen.
#[derive(Clone, Debug, Default)]
pub struct Masking {
    values: Vec<String>,
}

impl Masking {
    /// The hidden values of a call, each line of them, plain and as tools quote them.
    pub fn of(invocation: &Invocation) -> Self {
        let hidden = invocation.env.iter().filter_map(|(_, value)| match value {
            EnvValue::Hidden(value) => Some(value.reveal()),
            EnvValue::Plain(_) => None,
        });
        let lines = hidden.flat_map(str::lines).map(str::trim).filter(|line| line.len() >= SHORTEST);
        let mut values: Vec<String> = lines.flat_map(|line| [line.to_owned(), quoted(line), escaped(line)]).collect();
        // A value may be a part of another one.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// The text without the values.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.values.iter().fold(Cow::Borrowed(text), |text, value| {
            if text.contains(value.as_str()) { Cow::Owned(text.replace(value.as_str(), MASK)) } else { text }
        })
    }
}

/// As inside a JSON or Go string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().trim_matches('"').to_owned()
}

/// As the builders write it into names of steps: a dollar, a quote or a backslash gets a backslash.
fn escaped(text: &str) -> String {
    let special = |character: &char| matches!(character, '$' | '"' | '\\' | '\'' | '`');
    text.chars().flat_map(|character| special(&character).then_some('\\').into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::build_arg::HiddenValue;
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

    proptest! {
        #[test]
        fn no_value_survives(value in "[!-~]{4,30}", before in "[ -~]{0,10}", after in "[ -~]{0,10}") {
            // Text around a value can only make a new one out of the mask itself.
            prop_assume!(!MASK.contains(&value) && !value.contains('*'));
            let text = format!("{before} {value} {after}");
            let masked = masking(&value);
            let shown = masked.apply(&text);
            prop_assert!(!shown.contains(&value), "{}", shown);
        }
    }
}
