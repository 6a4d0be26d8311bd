//! The commands that an instruction of a Dockerfile runs.

use std::borrow::Cow;
use std::ops::Range;

use super::super::heredoc;
use super::super::located::Located;
use super::super::model::{Command, Content, Heredoc, Instruction};
use super::command::{Piece, ShellCommand};
use super::script::Script;
use super::unwrap::{Kind, unwrap};
use super::variables::replaced;

impl Instruction {
    /// Returns the commands that RUN, CMD, ENTRYPOINT and HEALTHCHECK run, in the order of the text; none for other
    /// instructions. `shell` is the SHELL that applies, if there is one. Spans are byte ranges of the file.
    ///
    /// The builder's own shell and a POSIX shell of SHELL are not in `through`. Any other SHELL is the program itself,
    /// with the text as a word. A heredoc of RUN is a script if it is the whole command, or if its command is a shell.
    /// Variables of RUN are replaced if the file sets their values.
    pub fn shell_commands(&self, shell: Option<&[Located]>) -> Cow<'_, [ShellCommand]> {
        self.commands.of(shell, || self.read_shell_commands(shell))
    }

    fn read_shell_commands(&self, shell: Option<&[Located]>) -> Vec<ShellCommand> {
        let (Content::Run(command)
        | Content::Cmd(command)
        | Content::Entrypoint(command)
        | Content::Healthcheck(Some(command))) = &self.content
        else {
            return Vec::new();
        };
        match command {
            Command::Exec(words) => exec(words.iter().map(piece).collect()),
            Command::Shell(text) => {
                let mut found = self.shell_form(text, shell);
                if let Content::Run(_) = self.content {
                    let source = self
                        .heredocs
                        .iter()
                        .fold(text.text.clone(), |all, heredoc| all + "\n" + &heredoc.contents.raw.text);
                    replaced(&mut found, &source, &self.variables);
                }
                found
            }
        }
    }

    fn shell_form(&self, text: &Located, shell: Option<&[Located]>) -> Vec<ShellCommand> {
        match self.heredocs.first().filter(|_| heredoc::mark(&text.text).is_some()) {
            Some(heredoc) => script_file(&contents(heredoc), shell),
            None => script(&with_heredocs(text.clone(), &self.heredocs), shell),
        }
    }
}

fn piece(word: &Located) -> Piece {
    Piece::literal(&word.text, word.span.clone())
}

/// Returns the commands of words that no shell reads.
fn exec(words: Vec<Piece>) -> Vec<ShellCommand> {
    let mut found = Vec::new();
    if !words.is_empty() {
        Script::new("").command(words, &mut found);
    }
    found
}

/// Returns the commands of a text for the shell.
fn script(text: &Located, shell: Option<&[Located]>) -> Vec<ShellCommand> {
    if let Some(shell) = shell {
        let words: Vec<Piece> = shell.iter().chain([text]).map(piece).collect();
        if !matches!(unwrap(&words).kind, Kind::Script(_)) {
            return exec(words);
        }
    }
    let mut found = Script::new(&text.text).commands();
    for command in &mut found {
        counted::count(1);
        command.span = text.place(command.span.clone());
    }
    found
}

/// Returns the commands of a heredoc that is the whole command. It can name its interpreter.
fn script_file(contents: &Located, shell: Option<&[Located]>) -> Vec<ShellCommand> {
    let first = contents.text.lines().next().unwrap_or_default();
    let Some(interpreter) = first.strip_prefix("#!") else { return script(contents, shell) };
    let span = contents.place(0..first.len());
    let words: Vec<Piece> = interpreter.split_whitespace().map(|word| Piece::literal(word, span.clone())).collect();
    // A shell reads the file as it would read its standard input.
    if let Kind::Input(_) = unwrap(&words).kind { script(contents, None) } else { exec(words) }
}

/// Returns what the shell gets from a heredoc, with the places in the file.
fn contents(heredoc: &Heredoc) -> Located {
    let raw = &heredoc.contents.raw;
    if !heredoc.strips_tabs {
        return raw.clone();
    }
    let mut contents = Located::new("", heredoc.body.start);
    let mut offset = heredoc.body.start;
    for line in raw.text.split_inclusive('\n') {
        let plain = line.trim_start_matches('\t');
        contents.push(plain, offset + line.len() - plain.len());
        offset += line.len();
    }
    contents
}

/// Appends the heredocs, as the builder passes them to the shell.
fn with_heredocs(mut text: Located, heredocs: &[Heredoc]) -> Located {
    for heredoc in heredocs {
        let Range { start, .. } = heredoc.body;
        text.push("\n", start.saturating_sub(1));
        text.push(&heredoc.contents.raw.text, start);
        text.push(&heredoc.name, heredoc.end.end.saturating_sub(heredoc.name.len()));
    }
    text
}
