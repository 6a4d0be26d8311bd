//! The commands and words of a script, and the form of words that the reader of scripts works with.

use std::ops::Range;

/// A simple command: one program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellCommand {
    /// The program and its arguments, at least one word. A known program is reduced to the last name of its path.
    pub words: Vec<Word>,
    /// The programs that start it, the outermost first: `sudo`, `env`, or a shell with `-c`.
    pub through: Vec<&'static str>,
    /// The byte range from the first word to the last. For a command in a word (`sh -c "…"`) or in backquotes, it is the
    /// range of that word or of the backquotes.
    pub span: Range<usize>,
}

impl ShellCommand {
    /// Returns the name of the program; none if it depends on an expansion.
    pub fn program(&self) -> Option<&str> {
        self.words.first().filter(|word| word.is_literal).map(|word| word.text.as_str())
    }
}

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text without quotes and escapes. Expansions are as they are written.
    pub text: String,
    /// Whether the text has no expansion: no variable and no output of a command. Patterns such as `*` are literal.
    pub is_literal: bool,
}

/// A word with the positions of its expansions.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The byte ranges of expansions in `text`, in order.
    pub(super) expansions: Vec<Range<usize>>,
    /// The length of the part before the first quote, escape or expansion.
    pub(super) plain: Option<usize>,
    /// The place of the word.
    pub(super) span: Range<usize>,
}

impl Piece {
    /// Makes a word that is not expanded and not written in a script.
    pub(super) fn literal(text: &str, span: Range<usize>) -> Self {
        Self { text: text.to_owned(), span, ..Self::default() }
    }

    /// Whether the word is written without quotes, escapes and expansions, as keywords are.
    pub(super) fn is_plain(&self) -> bool {
        self.plain.is_none()
    }

    /// Marks what follows as not plain.
    pub(super) fn quote(&mut self) {
        self.plain.get_or_insert(self.text.len());
    }

    /// Adds an expansion as it is written.
    pub(super) fn push_expansion(&mut self, source: &str) {
        counted::count(source.len());
        self.quote();
        let start = self.text.len();
        self.text.push_str(source);
        self.expansions.push(start..self.text.len());
    }

    /// Whether the word is an assignment before a command: the name is not quoted.
    pub(super) fn is_assignment(&self) -> bool {
        let name = self.text.find('=').filter(|at| self.plain.is_none_or(|plain| *at < plain));
        name.and_then(|at| self.text.get(..at)).is_some_and(is_assigned_name)
    }

    /// Whether the word ends with an unquoted `=`, which begins an array if `(` follows.
    pub(super) fn begins_array(&self) -> bool {
        self.is_plain() && self.text.ends_with('=')
    }

    /// Converts to the public form, with a known path of a program reduced to its last name.
    pub(super) fn into_program(mut self) -> Word {
        if let Some(name) = self.name().map(str::to_owned) {
            (self.text, self.expansions) = (name, Vec::new());
        }
        self.into_word()
    }

    /// Converts to the public form.
    pub(super) fn into_word(self) -> Word {
        Word { is_literal: self.expansions.is_empty(), text: self.text }
    }

    /// Returns the last name of a program's path; none if it is not known or empty.
    pub(super) fn name(&self) -> Option<&str> {
        let known_from = self.expansions.last().map_or(0, |last| last.end);
        let start = self.text.rfind('/').map_or(0, |slash| slash + 1);
        let is_known = start > known_from || known_from == 0;
        self.text.get(start..).filter(|name| is_known && !name.is_empty())
    }
}

/// Whether the text before `=` is a variable's: `NAME`, `NAME+` or `NAME[index]`.
fn is_assigned_name(text: &str) -> bool {
    let name = text.strip_suffix('+').unwrap_or(text);
    let name = name.strip_suffix(']').and_then(|name| name.split_once('[')).map_or(name, |(name, _)| name);
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(is_letter) && name.starts_with(|first: char| !first.is_ascii_digit())
}

/// Whether a word that is passed to `env` or `sudo` sets a variable.
pub(super) fn sets_variable(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| is_assigned_name(name))
}
