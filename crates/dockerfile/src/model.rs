//! What a Dockerfile says, instruction by instruction, with the place of everything.
//!
//! Lines count from 1, spans are byte ranges of the file as it is, its byte order mark included. Texts may hold secrets:
//! show places, not texts.

use std::collections::HashMap;
use std::ops::Range;

use super::located::Located;

/// A Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    /// The image that reads the file instead of the builder (`# syntax=`).
    pub syntax: Option<Located>,
    /// What escapes the next character and continues lines: a backslash, or what `# escape=` says.
    pub escape: char,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// All instructions, in order; those before the first FROM belong to no stage.
    pub instructions: Vec<Instruction>,
    /// The numbers of the stages with each name, in order.
    by_name: HashMap<String, Vec<usize>>,
}

/// One FROM and all that follows up to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name in lower case, as builders compare names.
    pub name: Option<String>,
    /// What it begins from.
    pub base: Base,
    /// The indices of its instructions, its FROM the first.
    pub instructions: Range<usize>,
}

/// What a stage begins from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Scratch,
    /// An earlier stage.
    Stage(usize),
    /// An image, as the Dockerfile names it when all variables are in place.
    Image(String),
    /// It depends on something that is not in the file, or on a variable that has no value.
    Unknown,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its first line, which is also what builders call its line.
    pub first_line: usize,
    /// Its last line, the end of its last heredoc included.
    pub last_line: usize,
    /// From its first letter to the end of its last line.
    pub span: Range<usize>,
    /// The stage that it belongs to; none before the first FROM.
    pub stage: Option<usize>,
    /// `--name` and `--name=value`, in order. Every instruction can have some.
    pub flags: Vec<Flag>,
    /// The rest.
    pub content: Content,
    /// The heredocs of RUN, COPY and ADD, in order; behind ONBUILD they belong to the instruction there.
    pub heredocs: Vec<Heredoc>,
}

/// What an instruction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Names and defaults; before the first FROM for FROM lines only.
    Arg(Vec<Pair>),
    /// Variables of the image.
    Env(Vec<Pair>),
    /// Labels of the image.
    Label(Vec<Pair>),
    /// The beginning of a stage.
    From(Box<FromClause>),
    /// A command that runs during the build; the shell gets it with its variables and quotes.
    Run(Command),
    /// The default command, or the arguments of the entrypoint.
    Cmd(Command),
    /// The entrypoint.
    Entrypoint(Command),
    /// The command that tells a container's health; none for `NONE`.
    Healthcheck(Option<Command>),
    /// The shell of commands in shell form.
    Shell(Vec<Located>),
    /// Files of the context, a stage or an image (`--from`).
    Copy(Transfer),
    /// The same with URLs and archives.
    Add(Transfer),
    /// Who runs what follows.
    User(Value),
    /// The folder of what follows.
    Workdir(Value),
    /// Ports, with `/tcp` or `/udp` or without; a value that becomes empty exposes nothing, one with blanks several.
    Expose(Vec<Value>),
    /// Folders that are volumes.
    Volume(Vec<Value>),
    /// The signal that ends a container.
    Stopsignal(Value),
    /// An author.
    Maintainer(Located),
    /// An instruction for builds on top of this image; nothing in it is expanded here.
    Onbuild(Box<Instruction>),
}

/// `FROM image AS name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromClause {
    /// The image or stage.
    pub image: Value,
    /// The value of `--platform`.
    pub platform: Option<Value>,
    /// The name as it is written.
    pub name: Option<Located>,
}

/// A name and its value in ARG, ENV or LABEL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name; ENV and LABEL expand it, too.
    pub name: Value,
    /// The value; only ARG has names without one.
    pub value: Option<Value>,
    /// Whether there is a blank between them instead of `=`.
    pub is_legacy: bool,
}

/// A text in which the builder takes quotes away and puts variables in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// As it is written.
    pub raw: Located,
    /// As the builder sees it. References to unknown variables are as they are written; where the builder would refuse
    /// the text (see `is_malformed`), all of it is.
    pub text: String,
    /// The variables that it refers to, each once.
    pub names: Vec<String>,
    /// Those of them that get their value from outside the file, so that it is not in `text`.
    pub unknown: Vec<String>,
    /// Those of them that have no value and so became nothing, without a default that says so.
    pub unset: Vec<String>,
    /// Whether it has a substitution that fails, or a quote without its end; a build stops here.
    pub is_malformed: bool,
}

/// `--name` or `--name=value`, quotes and escapes taken away; the builder expands some of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name without the dashes.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// Where all of it stands.
    pub span: Range<usize>,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A JSON array, decoded: program and arguments.
    Exec(Vec<Located>),
    /// A text for the shell, possibly empty.
    Shell(Located),
}

/// What COPY and ADD copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// At least one.
    pub sources: Vec<Source>,
    /// Where to.
    pub destination: Value,
}

/// One thing that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A path or a URL.
    Path(Value),
    /// One of the instruction's heredocs, by its index.
    Heredoc(usize),
}

/// A text between a mark and the line that ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The name of the mark, which for COPY and ADD is the name of the file.
    pub name: String,
    /// Whether the name is without quotes, so that variables in the body count.
    pub expands: bool,
    /// Whether tabs at the beginning of lines go away.
    pub strips_tabs: bool,
    /// The lines of the body, with their ends.
    pub body: Range<usize>,
    /// The line that ends it.
    pub end: Range<usize>,
    /// What the file or the shell gets; only COPY and ADD expand it. `raw` is the body as it is in the file.
    pub contents: Value,
}

impl Dockerfile {
    /// One without anything.
    pub(super) fn empty() -> Self {
        let (stages, instructions) = (Vec::new(), Vec::new());
        Self { syntax: None, escape: '\\', stages, instructions, by_name: HashMap::new() }
    }

    /// Takes one more stage.
    pub(super) fn push_stage(&mut self, stage: Stage) {
        if let Some(name) = &stage.name {
            self.by_name.entry(name.clone()).or_default().push(self.stages.len());
        }
        self.stages.push(stage);
    }

    /// The stage that is built: the one with this name or number, without a target the last one.
    pub fn built_stage(&self, target: Option<&str>) -> Option<usize> {
        let Some(target) = target else { return self.stages.len().checked_sub(1) };
        let number = target.parse().ok().filter(|number| *number < self.stages.len());
        number.or_else(|| self.stage_before(target, self.stages.len()))
    }

    /// The last stage of that name, in any case, among the first `before` stages.
    pub fn stage_before(&self, name: &str, before: usize) -> Option<usize> {
        let numbers = self.by_name.get(name.to_lowercase().as_str())?;
        let later = numbers.partition_point(|number| *number < before);
        numbers.get(later.checked_sub(1)?).copied()
    }

    /// The instructions that make the image of a stage, in the order in which they count: those of the stages that it
    /// comes from, then its own. What a stage has behind ONBUILD comes where the next stage begins.
    pub fn instructions_of(&self, stage: usize) -> Vec<&Instruction> {
        let mut found = Vec::new();
        let mut next = Some(stage);
        while let Some(stage) = next.and_then(|stage| self.stages.get(stage)) {
            let own = self.instructions.get(stage.instructions.clone()).unwrap_or_default();
            let triggers = own.iter().rev().filter_map(|instruction| match &instruction.content {
                Content::Onbuild(inner) => Some(inner.as_ref()),
                _ => None,
            });
            // From the last one to the first; the built stage's own triggers are for others.
            found.extend(triggers.filter(|_| !found.is_empty()).collect::<Vec<_>>());
            found.extend(own.iter().rev());
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
    /// The text, if the builder sees exactly this.
    pub fn known(&self) -> Option<&str> {
        (self.unknown.is_empty() && !self.is_malformed).then_some(self.text.as_str())
    }
}

impl Instruction {
    /// Its name in capitals.
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

    /// The value of a flag, if it is there and has one.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|flag| flag.name == name).and_then(|flag| flag.value.as_deref())
    }
}
