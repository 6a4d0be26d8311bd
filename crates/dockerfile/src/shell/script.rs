//! Reads the commands of a script: separators, keywords, redirections and heredocs.

use std::ops::Range;

use super::command::{Piece, ShellCommand};
use super::unwrap::{Kind, Unwrapped, span, unwrap};

/// Limit on the depth of scripts in scripts and of expansions in expansions. Below it, texts are not read further.
const DEEPEST: usize = 20;

/// A reader of one script. Its other half, in `lexer`, reads words.
pub(super) struct Script<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// The end of the part that is read.
    pub(super) end: usize,
    /// Parts of the text that an outer shell has expanded, in order. They are no code of this script.
    pub(super) expanded: &'a [Range<usize>],
    /// The place of all commands, if it is not their position in the text.
    pub(super) place: Option<Range<usize>>,
    pub(super) depth: usize,
    /// The programs that start this script.
    through: Vec<&'static str>,
    /// Heredocs whose bodies begin on the next line.
    pending: Vec<Pending>,
}

/// A heredoc before its body is read.
struct Pending {
    end: String,
    expands: bool,
    strips_tabs: bool,
    /// The shell that reads the body as a script.
    shell: Option<Vec<&'static str>>,
}

/// The place in a `case`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Before `in`, with the number of words.
    Subject(usize),
    Patterns,
    Body,
}

/// The words that are not read as a command's.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Skip {
    #[default]
    None,
    /// The next word.
    One,
    /// All words up to the next separator.
    All,
}

/// A list of commands while it is read.
#[derive(Default)]
struct List {
    found: Vec<ShellCommand>,
    /// The words of the current command.
    words: Vec<Piece>,
    /// Commands in the expansions of the current command.
    inner: Vec<ShellCommand>,
    cases: Vec<Case>,
    parentheses: usize,
    skip: Skip,
    /// The number of heredocs that were pending when the current command began.
    heredocs: usize,
    /// The position behind a word that can begin an array.
    array: Option<usize>,
}

impl<'a> Script<'a> {
    /// A script that is the text of an instruction or of a file.
    pub(super) fn new(text: &'a str) -> Self {
        let (expanded, through, pending) = (&[][..], Vec::new(), Vec::new());
        Self { text, at: 0, end: text.len(), expanded, place: None, depth: 0, through, pending }
    }

    /// A script with another one's depth and programs, at its place.
    pub(super) fn inside<'b>(&self, text: &'b str, place: Range<usize>) -> Script<'b> {
        let place = Some(self.place.clone().unwrap_or(place));
        Script { place, depth: self.depth + 1, through: self.through.clone(), ..Script::new(text) }
    }

    /// Whether nothing deeper is read.
    pub(super) fn is_deepest(&self) -> bool {
        self.depth >= DEEPEST
    }

    /// Reads the whole script.
    pub(super) fn commands(mut self) -> Vec<ShellCommand> {
        self.list(false)
    }

    /// Reads commands up to the end, or to the closing parenthesis of a substitution.
    pub(super) fn list(&mut self, is_substitution: bool) -> Vec<ShellCommand> {
        let mut list = List { heredocs: self.pending.len(), ..List::default() };
        loop {
            self.skip_blanks();
            let Some(next) = self.peek() else { break };
            let in_test = list.is_test();
            match next {
                _ if self.is_expanded() => self.word_of(&mut list),
                '\n' => {
                    self.finish(&mut list);
                    self.advance();
                    self.bodies(&mut list);
                }
                '#' => self.skip_line(),
                '&' | '|' | '(' | ')' | '<' | '>' if in_test => self.advance(),
                '&' if self.rest().starts_with("&>") => self.redirection(&mut list),
                ';' | '&' | '|' => {
                    self.finish(&mut list);
                    self.separator(&mut list);
                }
                '<' | '>' => self.redirection(&mut list),
                '(' => self.open(&mut list),
                ')' if list.closes_pattern() => self.advance(),
                ')' => {
                    self.finish(&mut list);
                    self.advance();
                    if list.parentheses == 0 && is_substitution {
                        break;
                    }
                    list.parentheses = list.parentheses.saturating_sub(1);
                }
                _ => self.word_of(&mut list),
            }
        }
        self.finish(&mut list);
        list.found
    }

    /// Reads `;`, `&`, `|` or the end of a branch of `case`.
    fn separator(&mut self, list: &mut List) {
        let start = self.at;
        while matches!(self.peek(), Some(';' | '&' | '|')) && !self.is_expanded() && !self.rest().starts_with("&>") {
            self.advance();
        }
        let separator = self.text.get(start..self.at).unwrap_or_default();
        if [";;", ";&", ";;&"].contains(&separator)
            && let Some(case @ Case::Body) = list.cases.last_mut()
        {
            *case = Case::Patterns;
        }
    }

    /// Reads an opening parenthesis: a subshell, a function, an array or a sum.
    fn open(&mut self, list: &mut List) {
        if list.cases.last() == Some(&Case::Patterns) {
            self.advance();
        } else if list.array == Some(self.at) {
            self.advance();
            self.array(list);
        } else if list.words.is_empty() && self.rest().starts_with("((") {
            self.sum(&mut list.inner);
        } else {
            self.advance();
            self.skip_blanks();
            if self.peek() == Some(')') && list.words.len() <= 1 {
                self.advance();
                list.words.clear();
            } else {
                self.finish(list);
                list.parentheses += 1;
            }
        }
    }

    /// Skips the elements of an array.
    fn array(&mut self, list: &mut List) {
        loop {
            self.skip_blanks();
            match self.peek() {
                _ if self.is_expanded() => drop(self.word(&mut list.inner)),
                None => break,
                Some('#') => self.skip_line(),
                Some(next @ (';' | '&' | '|' | '(' | ')' | '<' | '>' | '\n')) => {
                    self.advance();
                    if next == ')' {
                        break;
                    }
                }
                Some(_) => drop(self.word(&mut list.inner)),
            }
        }
    }

    /// Reads a redirection with its file, or the mark of a heredoc. A process substitution is a word.
    fn redirection(&mut self, list: &mut List) {
        if self.at_process() {
            return self.word_of(list);
        }
        let start = self.at;
        while matches!(self.peek(), Some('<' | '>' | '&' | '|')) && self.at - start < 3 && !self.is_expanded() {
            self.advance();
        }
        let is_heredoc = self.text.get(start..self.at) == Some("<<");
        let strips_tabs = is_heredoc && self.peek() == Some('-');
        if strips_tabs {
            self.advance();
        }
        self.skip_blanks();
        if !self.at_word() && !self.at_process() {
            return;
        }
        let word = self.word(&mut list.inner);
        if is_heredoc {
            let expands = word.is_plain();
            self.pending.push(Pending { end: word.text, expands, strips_tabs, shell: None });
        }
    }

    /// Reads a word, and puts it to the command, or follows it if it is a keyword.
    fn word_of(&mut self, list: &mut List) {
        let word = self.word(&mut list.inner);
        let is_number = !word.text.is_empty() && word.is_plain() && word.text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && matches!(self.peek(), Some('<' | '>')) {
            return;
        }
        list.array = word.begins_array().then_some(self.at);
        if list.follow_case(&word) {
            return;
        }
        match list.skip {
            Skip::One => list.skip = Skip::None,
            Skip::All => {}
            Skip::None => {
                let is_command = !list.words.is_empty() || !(list.follow_keyword(&word) || word.is_assignment());
                list.words.extend(is_command.then_some(word));
            }
        }
    }

    /// Ends the current command.
    fn finish(&mut self, list: &mut List) {
        let words = std::mem::take(&mut list.words);
        (list.skip, list.array) = (Skip::None, None);
        if !words.is_empty() && !matches!(list.cases.last(), Some(Case::Patterns | Case::Subject(_))) {
            let shell = self.command(words, &mut list.found);
            if let (Some(shell), Some(heredoc)) =
                (shell, self.pending.get_mut(list.heredocs..).and_then(<[_]>::last_mut))
            {
                heredoc.shell = Some(shell);
            }
        }
        list.heredocs = self.pending.len();
        list.found.append(&mut list.inner);
    }

    /// Adds the program that a command starts, or the commands of its script. Returns the programs down to a shell that
    /// reads its standard input.
    pub(super) fn command(
        &mut self,
        mut words: Vec<Piece>,
        found: &mut Vec<ShellCommand>,
    ) -> Option<Vec<&'static str>> {
        let Unwrapped { start, through, kind } = unwrap(&words);
        let mut through = [self.through.as_slice(), through.as_slice()].concat();
        counted::count(words.len() + through.len());
        if let Kind::Script(script) = &kind {
            if !self.is_deepest() {
                let inner = self.inside(&script.text, script.span.clone());
                found.extend(Script { expanded: &script.expansions, through, ..inner }.commands());
                return None;
            }
            // The program with the script is named as it is.
            through.pop();
        }
        let span = self.place.clone().unwrap_or_else(|| span(&words));
        let mut words = words.drain(start..);
        let program = words.next()?.into_program();
        let words = std::iter::once(program).chain(words.map(Piece::into_word)).collect();
        let shell = match kind {
            Kind::Input(shell) => Some([through.as_slice(), &[shell]].concat()),
            _ => None,
        };
        found.push(ShellCommand { words, through, span });
        shell
    }

    /// Reads the bodies of the heredocs that were on the line before.
    fn bodies(&mut self, list: &mut List) {
        for heredoc in std::mem::take(&mut self.pending) {
            let (body, behind) = self.body(&heredoc);
            let end = std::mem::replace(&mut self.end, body.end);
            self.at = body.start;
            if let Some(shell) = heredoc.shell.filter(|_| !self.is_deepest()) {
                let before = std::mem::replace(&mut self.through, shell);
                self.depth += 1;
                list.found.extend(self.list(false));
                self.depth -= 1;
                self.through = before;
            } else if heredoc.expands {
                self.expansions(&mut list.found);
            }
            (self.at, self.end) = (behind, end);
        }
        list.heredocs = self.pending.len();
    }

    /// Finds the body of a heredoc. Returns it and the position behind the line that ends it.
    fn body(&self, heredoc: &Pending) -> (Range<usize>, usize) {
        let mut at = self.at;
        for line in self.rest().split_inclusive('\n') {
            counted::count(line.len());
            let plain = line.trim_end_matches(['\r', '\n']);
            let plain = if heredoc.strips_tabs { plain.trim_start_matches('\t') } else { plain };
            if plain == heredoc.end {
                return (self.at..at, at + line.len());
            }
            at += line.len();
        }
        (self.at..at, at)
    }
}

impl List {
    /// Whether the current command is an open `[[`, in which operators separate nothing.
    fn is_test(&self) -> bool {
        let is = |word: Option<&Piece>, text| word.is_some_and(|word| word.is_plain() && word.text == text);
        is(self.words.first(), "[[") && !is(self.words.last(), "]]")
    }

    /// Whether a closing parenthesis ends the patterns of a branch of `case`.
    fn closes_pattern(&mut self) -> bool {
        let Some(case @ Case::Patterns) = self.cases.last_mut() else { return false };
        *case = Case::Body;
        self.words.clear();
        self.found.append(&mut self.inner);
        true
    }

    /// Follows a word of `case` outside of its commands; returns whether it is one.
    fn follow_case(&mut self, word: &Piece) -> bool {
        match self.cases.last_mut() {
            Some(case @ Case::Subject(_)) => {
                let Case::Subject(words) = *case else { return false };
                let is_in = words > 0 && word.is_plain() && word.text == "in";
                *case = if is_in { Case::Patterns } else { Case::Subject(words + 1) };
                true
            }
            Some(Case::Patterns) => {
                if word.is_plain() && word.text == "esac" {
                    self.cases.pop();
                }
                true
            }
            _ => false,
        }
    }

    /// Follows the first word of a command; returns whether it is a keyword.
    fn follow_keyword(&mut self, word: &Piece) -> bool {
        if !word.is_plain() {
            return false;
        }
        match word.text.as_str() {
            "if" | "then" | "elif" | "else" | "fi" | "while" | "until" | "do" | "done" | "{" | "}" | "!" | "coproc" => {
            }
            "for" | "select" => self.skip = Skip::All,
            "function" => self.skip = Skip::One,
            "case" => self.cases.push(Case::Subject(0)),
            "esac" => drop(self.cases.pop()),
            _ => return false,
        }
        true
    }
}
