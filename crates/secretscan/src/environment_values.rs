//! The values that loaders read from environment files.

use super::check::is_mixed;
use super::environment_file::{Entry, EnvironmentFile};
use super::expansion::{Dialect, Expansion, First, TooMuch};
use super::lossless::{lossless, raw};

/// Limit on the work for the references in all files of a folder together, in bytes read and made.
const MOST_WORK: usize = 32 * 1024 * 1024;

/// A value whose references expand to more than the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The name of the variable.
    pub name: String,
    /// The line that sets it, from 1.
    pub line: usize,
}

/// The values of the variables that one file sets.
#[derive(Debug, Default)]
pub struct EnvironmentValues {
    /// Names with their values; a name has one value for each form that some loader reads.
    pub values: Vec<(String, Vec<u8>)>,
    /// Variables whose values are known only as written.
    pub too_long: Vec<TooLong>,
}

/// Returns the values of the wanted variables in each file of a folder. A reference is looked up in its own file, then
/// in the others, and in the environment, through `variable`.
pub fn environment_values(
    files: &[EnvironmentFile],
    wanted: &dyn Fn(&str) -> bool,
    variable: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Vec<EnvironmentValues> {
    let variable: &dyn Fn(&str) -> Option<String> = &|name| variable(name).map(|value| lossless(&value).into_owned());
    let mut left = MOST_WORK;
    let of_file = |own: usize| {
        let mut result = EnvironmentValues::default();
        let modes = [Dialect::Npm, Dialect::Shell]
            .map(|dialect| [First::Environment, First::File].map(|first| (dialect, first)));
        for entry in files.get(own).into_iter().flat_map(|file| &file.entries).filter(|entry| wanted(&entry.name)) {
            let mut values = written(entry);
            let mut too_long = false;
            for (dialect, first) in modes.as_flattened() {
                let mut expansion = Expansion::new(files, own, variable, (*dialect, *first), left);
                for Text { text, is_part } in texts(entry) {
                    match expansion.expanded(&text, entry.quote, &mut vec![entry.name.as_str()]) {
                        Ok(value) if !(is_part || expansion.is_partial) || is_secret_alone(&value) => {
                            values.push(value);
                        }
                        Ok(_) => {}
                        Err(TooMuch) => too_long = true,
                    }
                }
                left = expansion.left;
            }
            values.sort_unstable();
            values.dedup();
            result.values.extend(values.iter().map(|value| (entry.name.clone(), raw(value))));
            if too_long {
                result.too_long.push(TooLong { name: entry.name.clone(), line: entry.line });
            }
        }
        result
    };
    (0..files.len()).map(of_file).collect()
}

/// A text that some loader takes as a value.
struct Text {
    text: String,
    /// Whether it is only a part of what is written, for example the beginning of an address.
    is_part: bool,
}

/// Returns the texts that loaders take as the value of an entry, before they process escapes and references.
fn texts(entry: &Entry) -> Vec<Text> {
    let whole = |text: &str| Text { text: text.trim().to_owned(), is_part: false };
    let part = |text: &str| Text { text: text.trim().to_owned(), is_part: true };
    let text = entry.text.as_str();
    if entry.quote.is_some() {
        return vec![Text { text: text.to_owned(), is_part: false }];
    }
    // Docker's `--env-file` takes the whole line, other loaders what stands before a `#` behind a blank, dotenv before
    // any `#`.
    let mut texts = vec![whole(text)];
    let comment = [" #", "\t#"].iter().filter_map(|start| text.find(start)).min();
    texts.extend(comment.and_then(|end| text.get(..end)).map(whole));
    texts.extend(text.find('#').and_then(|end| text.get(..end)).map(part));
    // A shell also removes quotes around a part of the value: `"a b"c`.
    texts.extend(text.contains(['"', '\'']).then(|| part(&text.replace(['"', '\''], ""))));
    texts.extend(partly_quoted(text).map(part));
    texts
}

/// Whether a part of a value is a secret by itself: it looks random, or is an address with a password. The beginning of
/// an address is common to many files.
fn is_secret_alone(value: &str) -> bool {
    match value.split_once("://") {
        Some((_, rest)) => {
            let user = rest.rsplit_once('@').and_then(|(credentials, _)| credentials.split_once(':'));
            user.is_some_and(|(_, password)| !password.is_empty())
        }
        None => value.is_empty() || is_mixed(value.as_bytes()),
    }
}

/// Returns the text in quotes at the beginning of a value that continues behind them.
fn partly_quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| "\"'`".contains(*first))?;
    let rest = text.get(1..)?;
    rest.find(quote).and_then(|end| rest.get(..end))
}

/// Returns the value as it stands in the file, and with only its line ends processed.
fn written(entry: &Entry) -> Vec<String> {
    let is_known = |text: &Text| !text.is_part || is_secret_alone(&text.text);
    let mut values: Vec<String> = texts(entry).into_iter().filter(is_known).map(|text| text.text).collect();
    values.extend((entry.quote == Some('"')).then(|| entry.text.replace("\\n", "\n").replace("\\r", "\r")));
    values
}

#[cfg(test)]
#[path = "environment_values_tests.rs"]
mod tests;
