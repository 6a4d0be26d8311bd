//! Quotes, escapes and variables in a word, as the builder processes them (BuildKit 0.34; older builders know fewer
//! forms of `${…}` and refuse the others).
//!
//! The builder knows the value of every variable. Here some are unknown, because they come from a base image or from
//! outside. A reference to an unknown variable stays as it is written.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

use super::budget::Budget;
use super::expanded::{Expanded, Names};
use super::glob;

/// The value of a variable, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Set(Arc<str>),
    Unset,
    Unknown,
}

/// How a word is processed. It depends on the instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// The character that escapes the next one.
    pub(super) escape: char,
    /// Whether quotes are special.
    pub(super) quotes: bool,
    /// Whether quotes stay in the text.
    pub(super) keeps_quotes: bool,
    /// Whether escapes stay in the text.
    pub(super) keeps_escapes: bool,
}

/// The word has a substitution that the builder refuses or a quote without its end, or it exceeds the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Processes a word: removes quotes and escapes, and replaces variables.
pub(super) fn expand(
    word: &str,
    style: Style,
    budget: &Budget,
    variables: &dyn Fn(&str) -> Variable,
) -> Result<Expanded, Malformed> {
    budget.next_value();
    counted::count(word.len() + 1);
    let mut lexer = Lexer {
        rest: word.chars().peekable(),
        depth: 0,
        style,
        budget,
        variables,
        names: Names::default(),
        unknown: Names::default(),
        unset: Names::default(),
    };
    let (text, blanks) = lexer.until(None, style.keeps_escapes, false)?;
    let Lexer { names, unknown, unset, .. } = lexer;
    Ok(Expanded { text, names: names.list, unknown: unknown.list, unset: unset.list, blanks })
}

/// Limit on the depth of nested substitutions.
const DEEPEST: usize = 100;

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    style: Style,
    budget: &'a Budget,
    variables: &'a dyn Fn(&str) -> Variable,
    names: Names,
    unknown: Names,
    unset: Names,
}

impl Lexer<'_> {
    /// Processes up to a closing character or the end. `in_pattern` doubles escapes that a pattern would otherwise take
    /// for its own.
    fn until(
        &mut self,
        stop: Option<char>,
        keeps_escapes: bool,
        in_pattern: bool,
    ) -> Result<(String, Vec<usize>), Malformed> {
        let before = std::mem::replace(&mut self.style.keeps_escapes, keeps_escapes);
        let (mut text, mut blanks) = (String::new(), Vec::new());
        loop {
            let Some(next) = self.rest.peek().copied() else {
                if stop.is_some() {
                    return Err(Malformed);
                }
                break;
            };
            match next {
                _ if stop == Some(next) => {
                    self.rest.next();
                    break;
                }
                '\'' if self.style.quotes => self.single_quoted(&mut text, in_pattern)?,
                '"' if self.style.quotes => self.double_quoted(&mut text, in_pattern)?,
                '$' => {
                    let start = text.len();
                    text.push_str(&self.dollar()?);
                    let added = text.get(start..).unwrap_or_default().char_indices();
                    blanks.extend(added.filter(|(_, character)| character.is_whitespace()).map(|(at, _)| start + at));
                }
                '<' => self.angle(&mut text),
                _ if next == self.style.escape => {
                    self.rest.next();
                    if keeps_escapes {
                        text.push(next);
                    }
                    // At the end of the word, an escape has nothing to escape.
                    text.extend(self.rest.next());
                }
                _ => {
                    if next.is_whitespace() {
                        blanks.push(text.len());
                    }
                    text.extend(self.rest.next());
                }
            }
        }
        self.style.keeps_escapes = before;
        Ok((text, blanks))
    }

    /// Processes `<`. Blanks behind `<<` belong to the word, since the mark of a heredoc may contain some.
    fn angle(&mut self, text: &mut String) {
        text.extend(self.rest.next());
        if self.rest.peek() == Some(&'<') {
            text.extend(self.rest.next());
            while let Some(blank) = self.rest.next_if(|next| matches!(next, '\t' | '\r' | ' ')) {
                text.push(blank);
            }
        }
    }

    fn single_quoted(&mut self, text: &mut String, in_pattern: bool) -> Result<(), Malformed> {
        let quote = self.rest.next();
        text.extend(quote.filter(|_| self.style.keeps_quotes));
        loop {
            match self.rest.next().ok_or(Malformed)? {
                '\'' => {
                    text.extend(quote.filter(|_| self.style.keeps_quotes));
                    return Ok(());
                }
                character => {
                    if in_pattern && character == self.style.escape {
                        text.push(character);
                    }
                    text.push(character);
                }
            }
        }
    }

    fn double_quoted(&mut self, text: &mut String, in_pattern: bool) -> Result<(), Malformed> {
        let quote = self.rest.next();
        text.extend(quote.filter(|_| self.style.keeps_quotes));
        loop {
            match self.rest.peek().copied().ok_or(Malformed)? {
                '"' => {
                    self.rest.next();
                    text.extend(quote.filter(|_| self.style.keeps_quotes));
                    return Ok(());
                }
                '$' => text.push_str(&self.dollar()?),
                character if character == self.style.escape => {
                    self.rest.next();
                    self.escaped_in_quotes(text, in_pattern);
                }
                character => {
                    self.rest.next();
                    text.push(character);
                }
            }
        }
    }

    /// Processes an escape in double quotes. It escapes only a quote, a dollar and itself; before any other character
    /// it stays.
    fn escaped_in_quotes(&mut self, text: &mut String, in_pattern: bool) {
        let escape = self.style.escape;
        let Some(next) = self.rest.peek().copied() else { return };
        if matches!(next, '"' | '$') || next == escape {
            if self.style.keeps_escapes {
                text.push(escape);
            }
            text.extend(self.rest.next());
        } else {
            if self.style.keeps_escapes && (!self.style.keeps_quotes || in_pattern) {
                text.push(escape);
            }
            text.push(escape);
        }
    }

    fn dollar(&mut self) -> Result<String, Malformed> {
        self.rest.next();
        if self.rest.peek() != Some(&'{') {
            let name = self.name();
            self.refer_to(&name);
            return if name.is_empty() { Ok("$".to_owned()) } else { self.plain(&name, &format!("${name}")) };
        }
        self.rest.next();
        if matches!(self.rest.peek(), None | Some('{' | '}' | ':')) {
            return Err(Malformed);
        }
        let name = self.name();
        self.refer_to(&name);
        self.depth += 1;
        let substituted = self.substitution(&name);
        self.depth -= 1;
        substituted
    }

    /// Processes what follows `${name`.
    fn substitution(&mut self, name: &str) -> Result<String, Malformed> {
        if self.depth > DEEPEST {
            return Err(Malformed);
        }
        match self.rest.next().ok_or(Malformed)? {
            '}' => self.plain(name, &format!("${{{name}}}")),
            ':' => match self.rest.next().ok_or(Malformed)? {
                operator @ ('-' | '+' | '?') => self.with_word(name, operator, true),
                _ => Err(Malformed),
            },
            operator @ ('-' | '+' | '?') => self.with_word(name, operator, false),
            operator @ ('#' | '%') => self.cut(name, operator),
            '/' => self.replace(name),
            _ => Err(Malformed),
        }
    }

    /// Reads the name of a variable: letters, digits and `_`; or digits alone; or one special parameter of the shell,
    /// such as `?`.
    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.rest.peek().copied() {
            Some(first) if first.is_numeric() => {
                while let Some(digit) = self.rest.next_if(|next| next.is_numeric()) {
                    name.push(digit);
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => name.extend(self.rest.next()),
            _ => {
                while let Some(next) = self.rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
                    name.push(next);
                }
            }
        }
        name
    }

    fn refer_to(&mut self, name: &str) {
        if !name.is_empty() {
            self.names.add(name);
        }
    }

    fn keep(&mut self, name: &str, written: &str) -> String {
        self.unknown.add(name);
        written.to_owned()
    }

    /// Processes `$name` and `${name}`.
    fn plain(&mut self, name: &str, written: &str) -> Result<String, Malformed> {
        match (self.variables)(name) {
            Variable::Set(value) => self.put_in(&value),
            Variable::Unset => {
                self.unset.add(name);
                Ok(String::new())
            }
            Variable::Unknown => Ok(self.keep(name, written)),
        }
    }

    /// Returns the value of a variable if the budget allows it.
    fn put_in(&self, value: &str) -> Result<String, Malformed> {
        counted::count(value.len() + 1);
        if self.budget.takes(value.len()) { Ok(value.to_owned()) } else { Err(Malformed) }
    }

    /// Processes `${name-word}`, `${name+word}` and `${name?word}`. With `:` before the operator, an empty value is
    /// treated as unset.
    fn with_word(&mut self, name: &str, operator: char, or_empty: bool) -> Result<String, Malformed> {
        let marks = (self.unknown.list.len(), self.unset.list.len());
        let (word, _) = self.until(Some('}'), false, false)?;
        let is_there = match (self.variables)(name) {
            Variable::Unknown => {
                let colon = if or_empty { ":" } else { "" };
                return Ok(self.keep(name, &format!("${{{name}{colon}{operator}{word}}}")));
            }
            Variable::Set(value) if !or_empty || !value.is_empty() => Some(value),
            Variable::Set(_) | Variable::Unset => None,
        };
        match (operator, is_there) {
            ('-', None) | ('+', Some(_)) => Ok(word),
            ('?', None) => Err(Malformed),
            (_, value) => {
                // References in a word that is not used do not affect the result.
                self.unknown.truncate(marks.0);
                self.unset.truncate(marks.1);
                self.put_in(&value.filter(|_| operator != '+').unwrap_or_default())
            }
        }
    }

    /// Processes `${name#pattern}` and `${name%pattern}`; a doubled operator removes the longest match.
    fn cut(&mut self, name: &str, operator: char) -> Result<String, Malformed> {
        let known = self.unknown.list.len();
        let (word, _) = self.until(Some('}'), true, true)?;
        let written = format!("${{{name}{operator}{word}}}");
        let value = match (self.variables)(name) {
            _ if self.unknown.list.len() > known => return Ok(self.keep(name, &written)),
            Variable::Set(value) => self.put_in(&value)?,
            Variable::Unset => String::new(),
            Variable::Unknown => return Ok(self.keep(name, &written)),
        };
        let (longest, pattern) = word.strip_prefix(operator).map_or((false, word.as_str()), |pattern| (true, pattern));
        let cut = if operator == '#' { glob::without_prefix } else { glob::without_suffix };
        cut(pattern, &value, longest, self.budget).ok_or(Malformed)
    }

    /// Processes `${name/pattern/text}`, and `${name//pattern/text}` for all matches.
    fn replace(&mut self, name: &str) -> Result<String, Malformed> {
        let all = self.rest.next_if_eq(&'/').is_some();
        let known = self.unknown.list.len();
        let (pattern, _) = self.until(Some('/'), true, true)?;
        let (text, _) = self.until(Some('}'), true, false)?;
        let written = format!("${{{name}/{}{pattern}/{text}}}", if all { "/" } else { "" });
        let value = match (self.variables)(name) {
            // The builder expands `$` in the text of `//` a second time, with the syntax of Go's regular expressions.
            _ if self.unknown.list.len() > known || all && text.contains('$') => return Ok(self.keep(name, &written)),
            Variable::Set(value) => self.put_in(&value)?,
            Variable::Unset => String::new(),
            Variable::Unknown => return Ok(self.keep(name, &written)),
        };
        glob::replace(&pattern, &value, (&text, all), self.budget).ok_or(Malformed)
    }
}
