//! Reads the words of a script: quotes, escapes and expansions.

use super::command::{Piece, ShellCommand};
use super::script::Script;

/// Blanks between words. A carriage return belongs to the end of a line.
const BLANKS: [char; 3] = [' ', '\t', '\r'];

impl Script<'_> {
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The text that is not read yet.
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Skips a character.
    pub(super) fn advance(&mut self) {
        counted::count(1);
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Whether a part begins here that an outer shell has expanded.
    pub(super) fn is_expanded(&mut self) -> bool {
        while let Some((first, rest)) = self.expanded.split_first()
            && first.start < self.at
        {
            self.expanded = rest;
        }
        self.expanded.first().is_some_and(|first| first.start == self.at && first.end <= self.end)
    }

    /// Skips blanks and continued line ends.
    pub(super) fn skip_blanks(&mut self) {
        while !self.is_expanded() {
            match self.peek() {
                Some(next) if BLANKS.contains(&next) => self.advance(),
                Some('\\') if self.rest().starts_with("\\\n") => {
                    self.advance();
                    self.advance();
                }
                _ => break,
            }
        }
    }

    /// Skips to the end of the line.
    pub(super) fn skip_line(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.end - self.at);
        counted::count(length);
        self.at += length;
    }

    /// Whether a word begins here.
    pub(super) fn at_word(&mut self) -> bool {
        let is_end = |next| matches!(next, ';' | '&' | '|' | '(' | ')' | '<' | '>' | '\n') || BLANKS.contains(&next);
        self.is_expanded() || self.peek().is_some_and(|next| !is_end(next))
    }

    /// Whether a process substitution begins here: `<(…)` or `>(…)`.
    pub(super) fn at_process(&self) -> bool {
        self.rest().starts_with("<(") || self.rest().starts_with(">(")
    }

    /// Reads a word; commands in its expansions go to `inner`.
    pub(super) fn word(&mut self, inner: &mut Vec<ShellCommand>) -> Piece {
        let mut word = Piece::default();
        let start = self.at;
        if !self.is_expanded() && matches!(self.peek(), Some('<' | '>')) {
            self.advance();
            self.substitution(inner);
            word.push_expansion(self.text.get(start..self.at).unwrap_or_default());
        }
        while self.at_word() {
            if self.outer(&mut word) {
                continue;
            }
            match self.peek() {
                Some('\\') => self.escape(&mut word),
                Some('\'') => self.single_quoted(&mut word),
                Some('"') => self.double_quoted(&mut word, inner),
                Some('$') => self.dollar(&mut word, inner, false),
                Some('`') => self.backquoted(&mut word, inner, false),
                Some(next) => self.take(&mut word, next),
                None => break,
            }
        }
        word.span = start..self.at;
        word
    }

    /// Finds the commands in the expansions of a heredoc's body, which is the rest.
    pub(super) fn expansions(&mut self, inner: &mut Vec<ShellCommand>) {
        let mut text = Piece::default();
        while let Some(next) = self.peek() {
            text.text.clear();
            match next {
                _ if self.outer(&mut text) => {}
                '\\' => {
                    self.advance();
                    self.advance();
                }
                '$' => self.dollar(&mut text, inner, true),
                '`' => self.backquoted(&mut text, inner, false),
                _ => self.advance(),
            }
        }
    }

    /// Adds the next character to a word.
    fn take(&mut self, word: &mut Piece, next: char) {
        word.text.push(next);
        self.advance();
    }

    /// Reads a part that an outer shell has expanded; returns whether there is one.
    fn outer(&mut self, word: &mut Piece) -> bool {
        let is_expanded = self.is_expanded();
        if let Some(part) = self.expanded.first().filter(|_| is_expanded).cloned() {
            word.push_expansion(self.text.get(part.clone()).unwrap_or_default());
            // An empty part is passed, too.
            self.expanded = self.expanded.get(1..).unwrap_or_default();
            self.at = part.end;
        }
        is_expanded
    }

    /// Reads an escape outside of quotes.
    fn escape(&mut self, word: &mut Piece) {
        self.advance();
        match self.peek() {
            Some('\n') => self.advance(),
            Some(next) => {
                word.quote();
                self.take(word, next);
            }
            None => word.text.push('\\'),
        }
    }

    fn single_quoted(&mut self, word: &mut Piece) {
        word.quote();
        self.advance();
        while let Some(next) = self.peek() {
            if self.outer(word) {
                continue;
            }
            if next == '\'' {
                return self.advance();
            }
            self.take(word, next);
        }
    }

    fn double_quoted(&mut self, word: &mut Piece, inner: &mut Vec<ShellCommand>) {
        word.quote();
        self.advance();
        while let Some(next) = self.peek() {
            if self.outer(word) {
                continue;
            }
            match next {
                '"' => return self.advance(),
                '\\' => {
                    self.advance();
                    match self.peek() {
                        Some('\n') => self.advance(),
                        Some(next @ ('$' | '`' | '"' | '\\')) => self.take(word, next),
                        _ => word.text.push('\\'),
                    }
                }
                '$' => self.dollar(word, inner, true),
                '`' => self.backquoted(word, inner, true),
                _ => self.take(word, next),
            }
        }
    }

    /// Reads `$'…'`.
    fn ansi_quoted(&mut self, word: &mut Piece) {
        word.quote();
        self.advance();
        while let Some(next) = self.peek() {
            self.advance();
            let escaped = if next == '\\' { self.peek() } else { None };
            match (next, escaped) {
                ('\'', _) => return,
                ('\\', Some(escaped)) => {
                    self.advance();
                    word.text.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                }
                _ => word.text.push(next),
            }
        }
    }

    /// Reads what begins with `$`.
    fn dollar(&mut self, word: &mut Piece, inner: &mut Vec<ShellCommand>, in_quotes: bool) {
        let start = self.at;
        let mut behind = self.rest().chars().skip(1);
        let (next, after) = (behind.next().unwrap_or(' '), behind.next());
        match next {
            '\'' | '"' if !in_quotes => {
                self.advance();
                return if next == '"' { self.double_quoted(word, inner) } else { self.ansi_quoted(word) };
            }
            '(' | '{' if self.is_deepest() => return self.take(word, '$'),
            '(' if after == Some('(') => {
                self.advance();
                self.sum(inner);
            }
            '(' => {
                self.advance();
                self.substitution(inner);
            }
            '{' => self.braces(inner, in_quotes),
            '@' | '*' | '#' | '?' | '$' | '!' | '-' | '0'..='9' => {
                self.advance();
                self.advance();
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                self.advance();
                while self.peek().is_some_and(|next| next.is_ascii_alphanumeric() || next == '_') && !self.is_expanded()
                {
                    self.advance();
                }
            }
            _ => return self.take(word, '$'),
        }
        word.push_expansion(self.text.get(start..self.at).unwrap_or_default());
    }

    /// Reads the commands in parentheses.
    fn substitution(&mut self, inner: &mut Vec<ShellCommand>) {
        self.advance();
        if !self.is_deepest() {
            self.depth += 1;
            inner.extend(self.list(true));
            self.depth -= 1;
        }
    }

    /// Reads `${…}`, for the commands in its default.
    fn braces(&mut self, inner: &mut Vec<ShellCommand>, in_quotes: bool) {
        self.advance();
        self.advance();
        self.depth += 1;
        let mut text = Piece::default();
        while let Some(next) = self.peek() {
            text.text.clear();
            match next {
                _ if self.outer(&mut text) => {}
                '}' => {
                    self.advance();
                    break;
                }
                '\\' => self.escape(&mut text),
                '\'' if !in_quotes => self.single_quoted(&mut text),
                '"' => self.double_quoted(&mut text, inner),
                '$' => self.dollar(&mut text, inner, in_quotes),
                '`' => self.backquoted(&mut text, inner, in_quotes),
                _ => self.advance(),
            }
        }
        self.depth -= 1;
    }

    /// Reads `((…))`, for the commands in it.
    pub(super) fn sum(&mut self, inner: &mut Vec<ShellCommand>) {
        let mut open = 0_usize;
        self.depth += 1;
        let mut text = Piece::default();
        while let Some(next) = self.peek() {
            text.text.clear();
            if self.outer(&mut text) {
                continue;
            }
            match next {
                '$' => {
                    self.dollar(&mut text, inner, true);
                    continue;
                }
                '`' => {
                    self.backquoted(&mut text, inner, true);
                    continue;
                }
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ => {}
            }
            self.advance();
            if open == 0 {
                break;
            }
        }
        self.depth -= 1;
    }

    /// Reads the script in backquotes.
    fn backquoted(&mut self, word: &mut Piece, inner: &mut Vec<ShellCommand>, in_quotes: bool) {
        let start = self.at;
        self.advance();
        let mut script = String::new();
        while let Some(next) = self.peek() {
            self.advance();
            match (next, self.peek()) {
                ('`', _) => break,
                ('\\', Some(escaped)) if "$`\\".contains(escaped) || (in_quotes && escaped == '"') => {
                    script.push(escaped);
                    self.advance();
                }
                _ => script.push(next),
            }
        }
        if !self.is_deepest() {
            inner.extend(self.inside(&script, start..self.at).commands());
        }
        word.push_expansion(self.text.get(start..self.at).unwrap_or_default());
    }
}
