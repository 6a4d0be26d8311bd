//! The contents of a Dockerfile: its instructions, with the place of each part.
//!
//! Lines count from 1. Spans are byte ranges of the unmodified file, including its byte order mark. Texts may hold
//! secrets: print places, not texts.

use std::collections::HashMap;
use std::ops::Range;

use super::located::Located;
use super::shell::KnownCommands;
use super::variables::Scope;

/// A parsed Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    /// The frontend image that reads the file (`# syntax=`); none for the builder's own.
    pub syntax: Option<Located>,
    /// The character that escapes the next one and continues lines: a backslash, or the one that `# escape=` names.
    pub escape: char,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// All instructions, in order; those before the first FROM belong to no stage.
    pub instructions: Vec<Instruction>,
    /// The indices of the stages with each name, in order.
    by_name: HashMap<String, Vec<usize>>,
}

/// A stage: one FROM and the instructions up to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name in lower case, as builders compare names.
    pub name: Option<String>,
    /// The base that the stage begins from.
    pub base: Base,
    /// The indices of its instructions, beginning with its FROM.
    pub instructions: Range<usize>,
}

/// The base of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// `scratch`: the empty image.
    Scratch,
    /// An earlier stage, by its index.
    Stage(usize),
    /// An image, by its name with all variables replaced.
    Image(String),
    /// Unknown: it depends on a value from outside the file, or on a variable that has no value.
    Unknown,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The number of its first line, which builders report as its line.
    pub first_line: usize,
    /// The number of its last line, including its last heredoc.
    pub last_line: usize,
    /// The byte range from its first letter to the end of its last line.
    pub span: Range<usize>,
    /// The index of its stage; none before the first FROM.
    pub stage: Option<usize>,
    /// The flags `--name` and `--name=value`, in order. Every instruction can have some.
    pub flags: Vec<Flag>,
    /// The arguments, by instruction.
    pub content: Content,
    /// The heredocs of RUN, COPY and ADD, in order. Those behind ONBUILD belong to the inner instruction.
    pub heredocs: Vec<Heredoc>,
    /// The variables that a command of the instruction gets.
    pub(super) variables: Scope,
    /// The commands that it runs, once they were asked for.
    pub(super) commands: KnownCommands,
}

/// The arguments of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// `ARG`: names and defaults. Before the first FROM, they apply to FROM lines only.
    Arg(Vec<Pair>),
    /// `ENV`: variables of the image.
    Env(Vec<Pair>),
    /// `LABEL`: labels of the image.
    Label(Vec<Pair>),
    /// `FROM`: the start of a stage.
    From(Box<FromClause>),
    /// `RUN`: a command that runs during the build. The shell gets it with its variables and quotes.
    Run(Command),
    /// `CMD`: the default command, or the arguments of the entrypoint.
    Cmd(Command),
    /// `ENTRYPOINT`: the entrypoint.
    Entrypoint(Command),
    /// `HEALTHCHECK`: the command that checks a container's health; none for `NONE`.
    Healthcheck(Option<Command>),
    /// `SHELL`: the shell for commands in shell form.
    Shell(Vec<Located>),
    /// `COPY`: files of the context, of a stage or of an image (`--from`).
    Copy(Transfer),
    /// `ADD`: files as for `COPY`, and URLs and archives.
    Add(Transfer),
    /// `USER`: the user of the instructions that follow and of the container.
    User(Value),
    /// `WORKDIR`: the folder of the instructions that follow and of the container.
    Workdir(Value),
    /// `EXPOSE`: ports, with or without `/tcp` or `/udp`. A value that expands to nothing exposes no port, one with
    /// blanks several.
    Expose(Vec<Value>),
    /// `VOLUME`: folders that are volumes.
    Volume(Vec<Value>),
    /// `STOPSIGNAL`: the signal that ends a container.
    Stopsignal(Value),
    /// `MAINTAINER`: the author.
    Maintainer(Located),
    /// `ONBUILD`: an instruction for builds on top of this image. Its values are not expanded.
    Onbuild(Box<Instruction>),
}

/// `FROM image AS name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromClause {
    /// The image or stage.
    pub image: Value,
    /// The value of `--platform`, if it is given.
    pub platform: Option<Value>,
    /// The name as it is written; none without `AS`.
    pub name: Option<Located>,
}

/// A name and its value in ARG, ENV or LABEL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name; ENV and LABEL expand it.
    pub name: Value,
    /// The value; none only for an ARG without a default.
    pub value: Option<Value>,
    /// Whether a blank separates name and value instead of `=`.
    pub is_legacy: bool,
}

/// A text in which the builder removes quotes and replaces variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The text as it is written.
    pub raw: Located,
    /// The text as the builder sees it. References to unknown variables are as they are written. If the builder would
    /// refuse the text (see `is_malformed`), this is the raw text.
    pub text: String,
    /// The variables that the text refers to, each once.
    pub names: Vec<String>,
    /// Variables whose value comes from outside the file, so that it is not in `text`.
    pub unknown: Vec<String>,
    /// Variables without a value and without a default; they were replaced by nothing.
    pub unset: Vec<String>,
    /// Whether the text has a substitution that fails, or an unclosed quote; a build stops here.
    pub is_malformed: bool,
}

/// A flag, `--name` or `--name=value`, with quotes and escapes removed. The builder expands some of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The name without its dashes.
    pub name: String,
    /// The value; none for `--name` alone.
    pub value: Option<String>,
    /// The byte range of the whole flag in the file.
    pub span: Range<usize>,
}

/// A command in exec form or in shell form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Exec form: the decoded JSON array of program and arguments.
    Exec(Vec<Located>),
    /// Shell form: a text for the shell, possibly empty.
    Shell(Located),
}

/// The arguments of COPY and ADD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The sources, at least one.
    pub sources: Vec<Source>,
    /// The destination.
    pub destination: Value,
}

/// A source of COPY or ADD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A path or a URL.
    Path(Value),
    /// A heredoc of the instruction, by its index.
    Heredoc(usize),
}

/// A heredoc: the text between a mark and the line that ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The name of the mark. For COPY and ADD, it is the name of the file.
    pub name: String,
    /// Whether the name is unquoted, so that variables in the body are expanded.
    pub expands: bool,
    /// Whether tabs at the beginning of lines are removed.
    pub strips_tabs: bool,
    /// The byte range of the body, including its line ends.
    pub body: Range<usize>,
    /// The byte range of the line that ends it.
    pub end: Range<usize>,
    /// The content that the file or the shell gets; only COPY and ADD expand it. `raw` is the body as it is written.
    pub contents: Value,
}

impl Dockerfile {
    /// A Dockerfile without instructions.
    pub(super) fn empty() -> Self {
        let (stages, instructions) = (Vec::new(), Vec::new());
        Self { syntax: None, escape: '\\', stages, instructions, by_name: HashMap::new() }
    }

    /// Adds a stage.
    pub(super) fn push_stage(&mut self, stage: Stage) {
        if let Some(name) = &stage.name {
            self.by_name.entry(name.clone()).or_default().push(self.stages.len());
        }
        self.stages.push(stage);
    }

    /// Returns the index of the stage that is built: the one with this name or number, or the last one without a
    /// target.
    pub fn built_stage(&self, target: Option<&str>) -> Option<usize> {
        let Some(target) = target else { return self.stages.len().checked_sub(1) };
        let number = target.parse().ok().filter(|number| *number < self.stages.len());
        number.or_else(|| self.stage_before(target, self.stages.len()))
    }

    /// Whether an ARG with this name has a default anywhere in the file.
    pub fn has_default(&self, arg: &str) -> bool {
        self.instructions.iter().any(|instruction| match &instruction.content {
            Content::Arg(pairs) => pairs.iter().any(|pair| pair.name.text == arg && pair.value.is_some()),
            _ => false,
        })
    }

    /// Returns the last stage with that name, ignoring case, among the first `before` stages.
    pub fn stage_before(&self, name: &str, before: usize) -> Option<usize> {
        let numbers = self.by_name.get(name.to_lowercase().as_str())?;
        let later = numbers.partition_point(|number| *number < before);
        numbers.get(later.checked_sub(1)?).copied()
    }

    /// Returns the instructions that make the image of a stage, in the order in which they apply: those of the stages
    /// below it, then its own. The ONBUILD instructions of a stage come where the next stage begins.
    pub fn instructions_of(&self, stage: usize) -> Vec<&Instruction> {
        self.applied_in(stage).into_iter().map(|(_, instruction)| instruction).collect()
    }

    /// Returns what a stage adds to the image that it begins from: the ONBUILD instructions of the stage below it, then
    /// its own instructions.
    pub fn added_by(&self, stage: usize) -> Vec<&Instruction> {
        let Some(stage) = self.stages.get(stage) else { return Vec::new() };
        let of = |stage: &Stage| self.instructions.get(stage.instructions.clone()).unwrap_or_default();
        let below = match stage.base {
            Base::Stage(base) => self.stages.get(base).map(of).unwrap_or_default(),
            _ => &[],
        };
        counted::count(below.len() + of(stage).len());
        let triggers = below.iter().filter_map(|instruction| match &instruction.content {
            Content::Onbuild(inner) => Some(inner.as_ref()),
            _ => None,
        });
        triggers.chain(of(stage)).collect()
    }

    /// Returns the same instructions as `instructions_of`, each with the stage that it applies in. For one behind
    /// ONBUILD, that is the next stage.
    pub(super) fn applied_in(&self, stage: usize) -> Vec<(usize, &Instruction)> {
        let mut found = Vec::new();
        let (mut next, mut above) = (Some(stage), None);
        while let Some((number, stage)) = next.and_then(|number| Some((number, self.stages.get(number)?))) {
            let own = self.instructions.get(stage.instructions.clone()).unwrap_or_default();
            counted::count(own.len());
            // Goes from the last stage to the first. Triggers of the built stage itself apply to other builds.
            if let Some(above) = above {
                found.extend(own.iter().rev().filter_map(|instruction| match &instruction.content {
                    Content::Onbuild(inner) => Some((above, inner.as_ref())),
                    _ => None,
                }));
            }
            found.extend(own.iter().rev().map(|instruction| (number, instruction)));
            above = Some(number);
            next = match stage.base {
                Base::Stage(base) => Some(base),
                _ => None,
            };
        }
        found.reverse();
        found
    }
}

impl Value {
    /// Returns the text if it is exactly what the builder sees.
    pub fn known(&self) -> Option<&str> {
        (self.unknown.is_empty() && !self.is_malformed).then_some(self.text.as_str())
    }
}

impl Instruction {
    /// Returns the instruction's keyword in upper case.
    pub fn keyword(&self) -> &'static str {
        match self.content {
            Content::Arg(_) => "ARG",
            Content::Env(_) => "ENV",
            Content::Label(_) => "LABEL",
            Content::From(_) => "FROM",
            Content::Run(_) => "RUN",
            Content::Cmd(_) => "CMD",
            Content::Entrypoint(_) => "ENTRYPOINT",
            Content::Healthcheck(_) => "HEALTHCHECK",
            Content::Shell(_) => "SHELL",
            Content::Copy(_) => "COPY",
            Content::Add(_) => "ADD",
            Content::User(_) => "USER",
            Content::Workdir(_) => "WORKDIR",
            Content::Expose(_) => "EXPOSE",
            Content::Volume(_) => "VOLUME",
            Content::Stopsignal(_) => "STOPSIGNAL",
            Content::Maintainer(_) => "MAINTAINER",
            Content::Onbuild(_) => "ONBUILD",
        }
    }

    /// Returns the value of a flag; none if the flag is missing or has no value.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|flag| flag.name == name).and_then(|flag| flag.value.as_deref())
    }
}
