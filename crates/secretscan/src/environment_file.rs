//! Parses environment files as their loaders do.
//!
//! Loaders differ: npm's dotenv with and without dotenv-expand, python-dotenv, Docker Compose, `docker run --env-file`,
//! and a shell that sources the file. A value is returned in each form that one of them reads, and as it is written.
//! Rules: <https://github.com/motdotla/dotenv>, <https://github.com/motdotla/dotenv-expand>,
//! <https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/>.

use std::collections::HashMap;

use super::files::setting;
use super::lossless::lossless;
use super::text::plain_text;

/// A parsed environment file.
#[derive(Debug, Default)]
pub struct EnvironmentFile {
    /// The variables, in order; their texts come from [`lossless`].
    pub(crate) entries: Vec<Entry>,
    /// The index of the last entry of each name.
    by_name: HashMap<String, usize>,
}

/// A variable that a file sets.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The line that the entry begins on, from 1.
    pub(crate) line: usize,
    /// The quote around the value; none without quotes, or if the quote is not closed as loaders require.
    pub(crate) quote: Option<char>,
    /// The value between its quotes, or the rest of the line.
    pub(crate) text: String,
}

impl EnvironmentFile {
    /// Parses a file; skips lines that set nothing.
    pub fn parse(text: impl AsRef<[u8]>) -> Self {
        let text = plain_text(text.as_ref());
        let text = lossless(&text).replace("\r\n", "\n").replace('\r', "\n");
        let mut file = Self::default();
        let mut closing = Closing::default();
        let (mut start, mut line) = (0, 1);
        while start < text.len() {
            let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
            let mut next = end;
            if let Some((name, value)) = text.get(start..end).and_then(setting) {
                // `value` ends where the line ends, apart from blanks, so its position follows from its length.
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
            counted::count(next - start + 1);
            line += text.get(start..next).unwrap_or_default().matches('\n').count() + 1;
            start = next + 1;
        }
        file
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(name)?)
    }
}

/// Finds closing quotes. Remembers the quotes that are never closed, so that a text is not searched again for each open
/// quote.
#[derive(Default)]
struct Closing {
    /// Quotes that do not occur any more.
    open: Vec<char>,
}

impl Closing {
    /// Reads a value in quotes at `start`: returns the quote, the text inside, and the position behind the closing
    /// quote. None if the value has no quotes, or if anything but a comment follows them. `line_end` is the end of its
    /// line.
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

    /// Returns the position of the next such quote without a backslash before it.
    fn end(&mut self, quote: char, text: &str, from: usize) -> Option<usize> {
        if self.open.contains(&quote) {
            return None;
        }
        let mut escaped = false;
        let counts = |length: usize| counted::count(length + 1);
        for (at, letter) in text.get(from..)?.char_indices() {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == quote => {
                    counts(at);
                    return Some(from + at);
                }
                _ => {}
            }
        }
        counts(text.len().saturating_sub(from));
        self.open.push(quote);
        None
    }
}
