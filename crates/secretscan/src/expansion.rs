//! Replaces references and escapes in the values of environment files.

use std::collections::HashMap;

use super::environment_file::{Entry, EnvironmentFile};

/// Limit on the length of an expanded value, in bytes.
pub const LONGEST_VALUE: usize = 64 * 1024;

/// Limit on the length of a chain of references, and on the depth of nested defaults.
const DEEPEST: usize = 32;

/// The rules for escapes and references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// dotenv with dotenv-expand: `
    /// ` in double quotes, `\$`, and references in quotes of every kind.
    Npm,
    /// A shell, Compose, python-dotenv: all escapes, and references outside of single quotes.
    Shell,
}

/// Where the value of a reference is looked up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum First {
    /// In the environment, which files do not override by default.
    Environment,
    /// In the file itself.
    File,
}

/// References expand to more than the limits.
pub(crate) struct TooMuch;

/// Expands the values of one file.
pub(crate) struct Expansion<'a> {
    files: &'a [EnvironmentFile],
    own: usize,
    variable: &'a dyn Fn(&str) -> Option<String>,
    dialect: Dialect,
    first: First,
    /// How many bytes may still be made.
    pub(crate) left: usize,
    /// Cached lookups.
    known: HashMap<String, Option<String>>,
    /// Whether a reference was replaced by nothing.
    pub(crate) is_partial: bool,
    /// How many references led back to a variable that was being expanded.
    circles: usize,
}

/// How one text is read.
struct Reading<'a> {
    /// Characters that a backslash escapes; `*` for all.
    escapes: &'a str,
    /// Whether references are replaced.
    references: bool,
    /// The end of each `${`, by the position of its dollar.
    ends: HashMap<usize, usize>,
}

impl<'a> Expansion<'a> {
    /// Makes the expansion for one file of a folder; `left` limits the work.
    pub(crate) fn new(
        files: &'a [EnvironmentFile],
        own: usize,
        variable: &'a dyn Fn(&str) -> Option<String>,
        (dialect, first): (Dialect, First),
        left: usize,
    ) -> Self {
        Self { files, own, variable, dialect, first, left, known: HashMap::new(), is_partial: false, circles: 0 }
    }

    /// Expands the escapes and references of a text. Fails where the result becomes too long or too deep. `above` holds
    /// the names that are being expanded.
    pub(crate) fn expanded(
        &mut self,
        text: &str,
        quote: Option<char>,
        above: &mut Vec<&'a str>,
    ) -> Result<String, TooMuch> {
        let (escapes, references) = match (self.dialect, quote) {
            (Dialect::Npm, Some('"')) => ("$nr", true),
            (Dialect::Npm, _) => ("$", true),
            (Dialect::Shell, Some('"')) => ("$\"\\`'nrtfbva", true),
            (Dialect::Shell, Some('\'')) => ("'\\", false),
            (Dialect::Shell, Some(_)) => ("", false),
            (Dialect::Shell, None) => ("*", true),
        };
        let ends = if references { ends_of_references(text) } else { HashMap::new() };
        self.part(text, (0, text.len()), &Reading { escapes, references, ends }, above)
    }

    fn part(
        &mut self,
        text: &str,
        (mut at, end): (usize, usize),
        reading: &Reading<'_>,
        above: &mut Vec<&'a str>,
    ) -> Result<String, TooMuch> {
        self.left = self.left.checked_sub(end.saturating_sub(at) + 1).ok_or(TooMuch)?;
        let mut value = String::new();
        while let Some(letter) = text.get(at..end).and_then(|rest| rest.chars().next()) {
            let behind = at + letter.len_utf8();
            let next = text.get(behind..end).and_then(|rest| rest.chars().next());
            match (letter, next) {
                ('\\', Some(next)) if reading.escapes.contains(next) || reading.escapes == "*" => {
                    value.push(if reading.escapes == "*" { next } else { escaped(next) });
                    at = behind + next.len_utf8();
                }
                ('$', Some('{')) if reading.ends.contains_key(&at) => {
                    let close = reading.ends.get(&at).copied().unwrap_or(end).min(end);
                    let inner = behind + 1;
                    let name = text.get(inner..close).map_or("", leading_name);
                    value += &self.reference(text, name, (inner + name.len(), close), reading, above)?;
                    at = close + 1;
                }
                ('$', Some(_))
                    if reading.references
                        && text.get(behind..end).is_some_and(|rest| !leading_name(rest).is_empty()) =>
                {
                    let name = text.get(behind..end).map_or("", leading_name);
                    value += &self.reference(text, name, (behind + name.len(), behind + name.len()), reading, above)?;
                    at = behind + name.len();
                }
                _ => {
                    value.push(letter);
                    at = behind;
                }
            }
            if value.len() > LONGEST_VALUE {
                return Err(TooMuch);
            }
        }
        self.left = self.left.checked_sub(value.len()).ok_or(TooMuch)?;
        Ok(value)
    }

    /// Returns the value of a reference; behind its name stands an operator with another text.
    fn reference(
        &mut self,
        text: &str,
        name: &str,
        (at, end): (usize, usize),
        reading: &Reading<'_>,
        above: &mut Vec<&'a str>,
    ) -> Result<String, TooMuch> {
        if above.len() > DEEPEST {
            return Err(TooMuch);
        }
        let found = self.value(name, above)?;
        let operator = text.get(at..end).unwrap_or_default();
        let kind = operator.trim_start_matches(':').chars().next();
        let empty_counts = !operator.starts_with(':');
        let set = found.as_ref().is_some_and(|value| empty_counts || !value.is_empty());
        let other = match kind {
            Some('-' | '=') => !set,
            Some('+') => set,
            _ => return Ok(self.marked(found.unwrap_or_default())),
        };
        if !other {
            return Ok(if kind == Some('+') { String::new() } else { self.marked(found.unwrap_or_default()) });
        }
        let start = at + operator.len() - operator.trim_start_matches(':').len() + 1;
        // The depth of nested defaults counts like a chain of references.
        let depth = above.len();
        above.push("");
        let value = self.part(text, (start, end), reading, above);
        above.truncate(depth);
        value
    }

    /// Returns a value that replaces a reference, and records whether it is empty.
    fn marked(&mut self, value: String) -> String {
        self.is_partial |= value.is_empty();
        value
    }

    /// Returns the value of a variable; none if it is not set.
    fn value(&mut self, name: &str, above: &mut Vec<&'a str>) -> Result<Option<String>, TooMuch> {
        if let Some(value) = self.known.get(name) {
            return Ok(value.clone());
        }
        let files = self.files;
        let outside = (self.variable)(name);
        // A variable that refers to itself means its earlier value.
        let circle = above.contains(&name);
        self.circles += usize::from(circle);
        let inside = (!circle).then(|| {
            let own = files.get(self.own).and_then(|file| file.find(name));
            own.or_else(|| files.iter().find_map(|file| file.find(name)))
        });
        let circles = self.circles;
        let value = match (self.first, outside, inside.flatten()) {
            (First::Environment, Some(value), _) | (First::File, Some(value), None) => Some(value),
            (_, _, Some(entry)) => {
                let depth = above.len();
                if depth > DEEPEST {
                    return Err(TooMuch);
                }
                above.push(entry.name.as_str());
                let value = self.expanded(&usual_text(entry), entry.quote, above);
                above.truncate(depth);
                Some(value?)
            }
            (_, None, None) => None,
        };
        // In a circle, a value depends on where the circle was entered, so it is not cached.
        if !circle && self.circles == circles {
            self.known.insert(name.to_owned(), value.clone());
        }
        Ok(value)
    }
}

/// Returns the text that most loaders take for a reference to this entry.
fn usual_text(entry: &Entry) -> String {
    let comment = [" #", "\t#"].iter().filter_map(|start| entry.text.find(start)).min();
    match entry.quote {
        Some(_) => entry.text.clone(),
        None => entry.text.get(..comment.unwrap_or(entry.text.len())).unwrap_or_default().trim().to_owned(),
    }
}

/// Returns the name at the beginning of a text.
fn leading_name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    let name = text.get(..end).unwrap_or_default();
    if name.starts_with(|first: char| first.is_ascii_digit()) { "" } else { name }
}

/// Returns the character that an escape stands for.
fn escaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\u{c}',
        'b' => '\u{8}',
        'v' => '\u{b}',
        'a' => '\u{7}',
        other => other,
    }
}

/// Returns the end of each `${` of a text, by the position of its dollar; unclosed ones are left out.
fn ends_of_references(text: &str) -> HashMap<usize, usize> {
    let mut ends = HashMap::new();
    let mut open: Vec<usize> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '$' if letters.peek().is_some_and(|(_, next)| *next == '{') => open.push(at),
            '}' => ends.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    ends
}
