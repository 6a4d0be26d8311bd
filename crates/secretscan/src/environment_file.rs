//! Environment files as their loaders read them.
//!
//! Loaders differ: npm's dotenv with and without dotenv-expand, python-dotenv, Docker Compose, `docker run --env-file`,
//! and a shell that sources the file. A value is returned in each reading that one of them gives, and as it is written.
//! Rules: <https://github.com/motdotla/dotenv>, <https://github.com/motdotla/dotenv-expand>,
//! <https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/>.

use std::collections::HashMap;

use super::check::is_mixed;
use super::expansion::{Dialect, Expansion, First, TooMuch};
use super::files::setting;

/// An environment file.
#[derive(Debug, Default)]
pub struct EnvironmentFile {
    entries: Vec<Entry>,
    /// The place of the last entry of each name.
    by_name: HashMap<String, usize>,
}

/// A variable that a file sets.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The line that it begins on, from 1.
    line: usize,
    /// The quote around the value; none where it has none, or where the quote is not closed as loaders require.
    pub(crate) quote: Option<char>,
    /// The value between its quotes, or the rest of the line.
    pub(crate) text: String,
}

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
    pub values: Vec<(String, String)>,
    /// Values that are known as written only.
    pub too_long: Vec<TooLong>,
}

impl EnvironmentFile {
    /// Reads a file; lines that set nothing are left out.
    pub fn parse(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut file = Self::default();
        let mut closing = Closing::default();
        let (mut start, mut line) = (0, 1);
        while start < text.len() {
            let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
            let mut next = end;
            if let Some((name, value)) = text.get(start..end).and_then(setting) {
                // `value` is the end of the line but for blanks, so its place follows from its length.
                let at = text.get(..end).map_or(end, |text| text.trim_end().len()).saturating_sub(value.len());
                let entry = match closing.quoted(&text, at, end) {
                    Some((quote, inner, after)) => {
                        next = text
                            .get(after..)
                            .and_then(|rest| rest.find('\n'))
                            .map_or(text.len(), |length| after + length);
                        Entry { name: name.to_owned(), line, quote: Some(quote), text: inner.to_owned() }
                    }
                    None => Entry { name: name.to_owned(), line, quote: None, text: value.to_owned() },
                };
                file.by_name.insert(entry.name.clone(), file.entries.len());
                file.entries.push(entry);
            }
            line += text.get(start..next).unwrap_or_default().matches('\n').count() + 1;
            start = next + 1;
        }
        file
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(name)?)
    }
}

/// Where quotes are closed. Remembers which ones are not, so that no text is searched again for each open quote.
#[derive(Default)]
struct Closing {
    /// Quotes that do not occur any more.
    open: Vec<char>,
}

impl Closing {
    /// The quote that a value at `start` begins with, the text between it and its end, and the place behind that end; none
    /// where the value has no quotes, or where anything but a comment follows them. `line_end` is the end of its line.
    fn quoted<'a>(&mut self, text: &'a str, start: usize, line_end: usize) -> Option<(char, &'a str, usize)> {
        let quote = text.get(start..)?.chars().next().filter(|first| "\"'`".contains(*first))?;
        let inner = start + 1;
        let end = self.end(quote, text, inner);
        let closed = |end: usize| {
            let rest = text.get(end + 1..)?;
            let rest = rest.split('\n').next().unwrap_or_default().trim_start();
            (rest.is_empty() || rest.starts_with('#')).then_some((quote, text.get(inner..end)?, end + 1))
        };
        end.and_then(closed).or_else(|| {
            // A backslash may be the last character of a value and not an escape: `"C:\dir\"`.
            let line = text.get(inner..line_end)?.trim_end();
            let end = line.strip_suffix(quote)?.len();
            closed(inner + end).filter(|(_, inner, _)| inner.ends_with('\\'))
        })
    }

    /// The place of the next such quote that has no backslash before it.
    fn end(&mut self, quote: char, text: &str, from: usize) -> Option<usize> {
        if self.open.contains(&quote) {
            return None;
        }
        let mut escaped = false;
        for (at, letter) in text.get(from..)?.char_indices() {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == quote => return Some(from + at),
                _ => {}
            }
        }
        self.open.push(quote);
        None
    }
}

/// How much may be read and made for the references of all files of a folder together, in bytes.
const MOST_WORK: usize = 32 * 1024 * 1024;

/// The values of the wanted variables of each file in a folder. A reference is looked for in its own file, then in the
/// others, and in the environment, which `variable` tells.
pub fn environment_values(
    files: &[EnvironmentFile],
    wanted: &dyn Fn(&str) -> bool,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Vec<EnvironmentValues> {
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
            result.values.extend(values.into_iter().map(|value| (entry.name.clone(), value)));
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
#[path = "environment_file_tests.rs"]
mod tests;
