//! Parses one joined line as an instruction, as BuildKit does (0.34).

use std::ops::Range;

use super::budget::Budget;
use super::expand::Style;
use super::heredoc::{self, Mark};
use super::located::Located;
use super::model::{Command, Content, Flag, FromClause, Heredoc, Instruction, Pair, Source, Transfer, Value};
use super::read_error::Reason;
use super::shell::KnownCommands;
use super::variables::Scope;
use super::words::{self, Json};

/// A joined line with the state that applies at its place.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a Located,
    pub(super) escape: char,
    /// The variables of the stage, or those before the first FROM.
    pub(super) scope: &'a Scope,
    pub(super) global: &'a Scope,
    /// The budget that is left for variables.
    pub(super) budget: &'a Budget,
    pub(super) stage: Option<usize>,
    /// The numbers of its first and last line.
    pub(super) lines: (usize, usize),
    /// The offset of the end of its last line.
    pub(super) end: usize,
}

/// Returns the marks of heredocs in a joined line. Only some instructions have any, and none in their JSON form.
pub(super) fn marks(text: &str, escape: char) -> Vec<Mark> {
    let mut rest = words::trimmed(text, 0..text.len());
    for _ in 0..2 {
        let (keyword, behind) = words::first_word(text, rest);
        let keyword = text.get(keyword).unwrap_or_default().to_ascii_uppercase();
        let (_, arguments) = words::flags(text, behind, escape);
        match keyword.as_str() {
            "ONBUILD" => rest = arguments,
            "RUN" | "COPY" | "ADD" if !matches!(words::json(text, arguments.clone()), Json::Strings(_)) => {
                return heredoc::marks(text);
            }
            _ => break,
        }
    }
    Vec::new()
}

impl Line<'_> {
    /// Parses the instruction in a range of the line.
    pub(super) fn instruction(&self, range: Range<usize>, heredocs: Vec<Heredoc>) -> Result<Instruction, Reason> {
        let range = words::trimmed(&self.text.text, range);
        let (keyword, behind) = words::first_word(&self.text.text, range.clone());
        let (flags, rest) = words::flags(&self.text.text, behind, self.escape);
        let flags: Vec<Flag> = flags.into_iter().map(|flag| self.flag(flag)).collect();
        let mut heredocs = heredocs;
        let keyword = self.str(keyword).to_ascii_uppercase();
        if matches!(keyword.as_str(), "COPY" | "ADD") {
            for heredoc in &mut heredocs {
                self.expand_contents(heredoc);
            }
        }
        let inner = if keyword == "ONBUILD" { std::mem::take(&mut heredocs) } else { Vec::new() };
        let content = match keyword.as_str() {
            "ARG" => Content::Arg(self.arg(rest)?),
            "ENV" => Content::Env(self.pairs(rest, "ENV")?),
            "LABEL" => Content::Label(self.pairs(rest, "LABEL")?),
            "FROM" => Content::From(Box::new(self.from(rest, &flags)?)),
            "RUN" => Content::Run(self.command(rest)?),
            "CMD" => Content::Cmd(self.command(rest)?),
            "ENTRYPOINT" => Content::Entrypoint(self.command(rest)?),
            "HEALTHCHECK" => Content::Healthcheck(self.healthcheck(rest)?),
            "SHELL" => Content::Shell(self.shell(rest)?),
            "COPY" => Content::Copy(self.transfer(rest, &heredocs, "COPY")?),
            "ADD" => Content::Add(self.transfer(rest, &heredocs, "ADD")?),
            "USER" => Content::User(self.single(rest, "USER")?),
            "WORKDIR" => Content::Workdir(self.single(rest, "WORKDIR")?),
            "EXPOSE" => Content::Expose(self.words(rest, "EXPOSE")?),
            "VOLUME" => Content::Volume(self.list(rest, "VOLUME")?),
            "STOPSIGNAL" => Content::Stopsignal(self.single(rest, "STOPSIGNAL")?),
            "MAINTAINER" => Content::Maintainer(self.text.slice(some(rest, "MAINTAINER")?)),
            "ONBUILD" => Content::Onbuild(Box::new(self.trigger(some(rest, "ONBUILD")?, inner)?)),
            _ if keyword.starts_with('\u{feff}') => return Err(Reason::Mark),
            _ => return Err(Reason::Unknown),
        };
        let (first_line, last_line) = self.lines;
        let span = self.text.place(range).start..self.end;
        let variables = self.scope.clone();
        Ok(Instruction {
            first_line,
            last_line,
            span,
            stage: self.stage,
            flags,
            content,
            heredocs,
            variables,
            commands: KnownCommands::default(),
        })
    }

    fn str(&self, range: Range<usize>) -> &str {
        self.text.text.get(range).unwrap_or_default()
    }

    /// Expands the text of a range as the builder does.
    fn value(&self, range: Range<usize>) -> Value {
        self.scope.value(self.text.slice(range), self.style(), self.budget)
    }

    fn style(&self) -> Style {
        Style { escape: self.escape, quotes: true, keeps_quotes: false, keeps_escapes: false }
    }

    fn flag(&self, raw: words::RawFlag) -> Flag {
        let text = raw.text.trim_start_matches("--");
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.to_owned())));
        Flag { name: name.to_owned(), value, span: self.text.place(raw.range) }
    }

    /// Expands the body of a heredoc of COPY or ADD. The builder leaves quotes in it alone.
    fn expand_contents(&self, heredoc: &mut Heredoc) {
        if heredoc.expands {
            let style = Style { escape: '\\', quotes: false, keeps_quotes: false, keeps_escapes: false };
            let plain = heredoc.contents.raw.clone().decoded(heredoc.contents.text.clone());
            let raw = std::mem::take(&mut heredoc.contents.raw);
            heredoc.contents = Value { raw, ..self.scope.value(plain, style, self.budget) };
        }
    }

    fn arg(&self, rest: Range<usize>) -> Result<Vec<Pair>, Reason> {
        // Builders differ in whether a pair sees the pairs before it on the same line.
        let mut scope = self.scope.clone();
        let mut pairs = Vec::new();
        for word in words::quoted_words(&self.text.text, some(rest, "ARG")?, self.escape) {
            let (name, value) = self.halves(word.clone()).map_or((word, None), |(name, value)| (name, Some(value)));
            if name.is_empty() {
                return Err(Reason::NoName("ARG"));
            }
            let raw = self.text.slice(name);
            let value = value.map(|value| scope.value(self.text.slice(value), self.style(), self.budget));
            scope.forget(&raw.text);
            let name = Value { text: raw.text.clone(), raw, ..Value::default() };
            pairs.push(Pair { name, value, is_legacy: false });
        }
        if pairs.is_empty() { Err(Reason::NoArgument("ARG")) } else { Ok(pairs) }
    }

    fn pairs(&self, rest: Range<usize>, keyword: &'static str) -> Result<Vec<Pair>, Reason> {
        let rest = some(rest, keyword)?;
        let found = words::quoted_words(&self.text.text, rest.clone(), self.escape);
        if found.first().is_none_or(|first| self.halves(first.clone()).is_none()) {
            let (name, value) = words::first_word(&self.text.text, rest);
            if value.is_empty() {
                return Err(Reason::NoPair(keyword));
            }
            return Ok(vec![Pair { name: self.value(name), value: Some(self.value(value)), is_legacy: true }]);
        }
        let pair = |word| {
            let (name, value) = self.halves(word).ok_or(Reason::NoPair(keyword))?;
            if name.is_empty() {
                return Err(Reason::NoName(keyword));
            }
            Ok(Pair { name: self.value(name), value: Some(self.value(value)), is_legacy: false })
        };
        found.into_iter().map(pair).collect()
    }

    /// Splits a word at its first `=`.
    fn halves(&self, word: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let at = word.start + self.str(word.clone()).find('=')?;
        Some((word.start..at, at + 1..word.end))
    }

    fn from(&self, rest: Range<usize>, flags: &[Flag]) -> Result<FromClause, Reason> {
        let found = words::words(&self.text.text, some(rest, "FROM")?);
        let of_global = |raw| self.global.value(raw, self.style(), self.budget);
        let (image, name) = match found.as_slice() {
            [image] => (image, None),
            [image, keyword, name] if self.str(keyword.clone()).eq_ignore_ascii_case("as") => (image, Some(name)),
            _ => return Err(Reason::From),
        };
        let name = name.map(|name| self.text.slice(name.clone()));
        if name.as_ref().is_some_and(|name| !is_stage_name(&name.text)) {
            return Err(Reason::StageName);
        }
        let platform = flags
            .iter()
            .find(|flag| flag.name == "platform")
            .and_then(|flag| Some(of_global(Located::decoded_from(flag.value.clone()?, flag.span.clone()))));
        Ok(FromClause { image: of_global(self.text.slice(image.clone())), platform, name })
    }

    fn json(&self, rest: Range<usize>) -> Result<Option<Vec<Located>>, Reason> {
        match words::json(&self.text.text, rest) {
            Json::No => Ok(None),
            Json::Other => Err(Reason::NotStrings),
            Json::Strings(strings) => {
                let located = strings.into_iter().map(|(range, string)| self.text.slice(range).decoded(string));
                Ok(Some(located.collect()))
            }
        }
    }

    fn command(&self, rest: Range<usize>) -> Result<Command, Reason> {
        let arguments = self.json(rest.clone())?;
        Ok(arguments.map_or_else(|| Command::Shell(self.text.slice(rest)), Command::Exec))
    }

    fn healthcheck(&self, rest: Range<usize>) -> Result<Option<Command>, Reason> {
        let rest = some(rest, "HEALTHCHECK")?;
        let end = self.str(rest.clone()).find(char::is_whitespace).map_or(rest.end, |at| rest.start + at);
        let behind = words::trimmed(&self.text.text, end..rest.end);
        match self.str(rest.start..end).to_ascii_uppercase().as_str() {
            "NONE" if behind.is_empty() => Ok(None),
            "CMD" => match self.command(behind.clone())? {
                Command::Exec(arguments) if arguments.is_empty() => Err(Reason::Healthcheck),
                Command::Shell(text) if text.text.is_empty() => Err(Reason::Healthcheck),
                command => Ok(Some(command)),
            },
            _ => Err(Reason::Healthcheck),
        }
    }

    fn shell(&self, rest: Range<usize>) -> Result<Vec<Located>, Reason> {
        let arguments = self.json(some(rest, "SHELL")?)?.ok_or(Reason::ShellForm)?;
        if arguments.is_empty() { Err(Reason::NoArgument("SHELL")) } else { Ok(arguments) }
    }

    fn single(&self, rest: Range<usize>, keyword: &'static str) -> Result<Value, Reason> {
        Ok(self.value(some(rest, keyword)?))
    }

    fn words(&self, rest: Range<usize>, keyword: &'static str) -> Result<Vec<Value>, Reason> {
        let found = words::words(&self.text.text, some(rest, keyword)?);
        Ok(found.into_iter().map(|word| self.value(word)).collect())
    }

    /// Parses words or a JSON array.
    fn list(&self, rest: Range<usize>, keyword: &'static str) -> Result<Vec<Value>, Reason> {
        let Some(strings) = self.json(rest.clone())? else { return self.words(rest, keyword) };
        let values: Vec<Value> =
            strings.into_iter().map(|string| self.scope.value(string, self.style(), self.budget)).collect();
        if values.is_empty() { Err(Reason::NoArgument(keyword)) } else { Ok(values) }
    }

    fn transfer(&self, rest: Range<usize>, heredocs: &[Heredoc], keyword: &'static str) -> Result<Transfer, Reason> {
        let is_json = matches!(words::json(&self.text.text, rest.clone()), Json::Strings(_));
        let mut paths = self.list(rest, keyword)?;
        let destination = paths.pop().filter(|_| !paths.is_empty()).ok_or(Reason::NoDestination(keyword))?;
        let mark = |path: &Value| heredoc::mark(&path.raw.text).filter(|_| !is_json);
        if mark(&destination).is_some() {
            return Err(Reason::HeredocDestination(keyword));
        }
        let source = |path: Value| {
            // Of two heredocs with one name, the last one is used.
            let of_name = |mark: Mark| heredocs.iter().rposition(|heredoc| heredoc.name == mark.name);
            mark(&path).and_then(of_name).map_or(Source::Path(path), Source::Heredoc)
        };
        Ok(Transfer { sources: paths.into_iter().map(source).collect(), destination })
    }

    fn trigger(&self, rest: Range<usize>, heredocs: Vec<Heredoc>) -> Result<Instruction, Reason> {
        let (keyword, _) = words::first_word(&self.text.text, rest.clone());
        if matches!(self.str(keyword).to_ascii_uppercase().as_str(), "FROM" | "MAINTAINER" | "ONBUILD") {
            return Err(Reason::Onbuild);
        }
        let unknown = Scope::of_another_build();
        let line = Line { scope: &unknown, global: &unknown, ..*self };
        line.instruction(rest, heredocs)
    }
}

fn some(rest: Range<usize>, keyword: &'static str) -> Result<Range<usize>, Reason> {
    if rest.is_empty() { Err(Reason::NoArgument(keyword)) } else { Ok(rest) }
}

fn is_stage_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(allowed)
}
