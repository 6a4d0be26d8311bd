//! The values that loaders take from environment files.

use super::check::is_mixed;
use super::environment_file::{Entry, EnvironmentFile};
use super::expansion::{Dialect, Expansion, First, TooMuch};
use super::lossless::{lossless, raw};

/// How much may be read and made for the references of all files of a folder together, in bytes.
const MOST_WORK: usize = 32 * 1024 * 1024;

/// A value whose references expand to more than is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The variable.
    pub name: String,
    /// The line that sets it, from 1.
    pub line: usize,
}

/// The values of the variables that one file sets.
#[derive(Debug, Default)]
pub struct EnvironmentValues {
    /// Names with their values, one for each reading that differs.
    pub values: Vec<(String, Vec<u8>)>,
    /// Values that are known as written only.
    pub too_long: Vec<TooLong>,
}

/// The values of the wanted variables of each file in a folder. A reference is looked for in its own file, then in the
/// others, and in the environment, which `variable` tells.
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
                        Ok(value) if !(is_part || expansion.is_partial) || is_telling(&value) => values.push(value),
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

/// A text that some loader takes for a value.
struct Text {
    text: String,
    /// Whether it is a part of what is written, which may be no more than the beginning of an address.
    is_part: bool,
}

/// The texts that loaders take for the value of an entry, before escapes and references are read.
fn texts(entry: &Entry) -> Vec<Text> {
    let whole = |text: &str| Text { text: text.trim().to_owned(), is_part: false };
    let part = |text: &str| Text { text: text.trim().to_owned(), is_part: true };
    let text = entry.text.as_str();
    if entry.quote.is_some() {
        return vec![Text { text: text.to_owned(), is_part: false }];
    }
    // Docker's `--env-file` takes the whole line, others what stands before a `#` behind a blank, dotenv before any.
    let mut texts = vec![whole(text)];
    let comment = [" #", "\t#"].iter().filter_map(|start| text.find(start)).min();
    texts.extend(comment.and_then(|end| text.get(..end)).map(whole));
    texts.extend(text.find('#').and_then(|end| text.get(..end)).map(part));
    // Quotes around a part of the value, which a shell takes away: `"a b"c`.
    texts.extend(text.contains(['"', '\'']).then(|| part(&text.replace(['"', '\''], ""))));
    texts.extend(partly_quoted(text).map(part));
    texts
}

/// Whether a part of a value is secret by itself: it looks random, or is an address that still has a password. The
/// beginning of an address stands in many a file.
fn is_telling(value: &str) -> bool {
    match value.split_once("://") {
        Some((_, rest)) => {
            let user = rest.rsplit_once('@').and_then(|(credentials, _)| credentials.split_once(':'));
            user.is_some_and(|(_, password)| !password.is_empty())
        }
        None => value.is_empty() || is_mixed(value.as_bytes()),
    }
}

/// What stands in quotes at the beginning of a value that goes on behind them.
fn partly_quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| "\"'`".contains(*first))?;
    let rest = text.get(1..)?;
    rest.find(quote).and_then(|end| rest.get(..end))
}

/// The value as it stands in the file, and with only the ends of lines read.
fn written(entry: &Entry) -> Vec<String> {
    let is_known = |text: &Text| !text.is_part || is_telling(&text.text);
    let mut values: Vec<String> = texts(entry).into_iter().filter(is_known).map(|text| text.text).collect();
    values.extend((entry.quote == Some('"')).then(|| entry.text.replace("\\n", "\n").replace("\\r", "\r")));
    values
}

#[cfg(test)]
#[path = "environment_values_tests.rs"]
mod tests;
