//! Builds the model from the text of a Dockerfile, line by line, and keeps track of stages and variables.

use std::collections::HashMap;

use super::budget::Budget;
use super::instruction::{self, Line};
use super::lines::{Joined, Reader};
use super::model::{Base, Content, Dockerfile, FromClause, Heredoc, Instruction, Pair, Stage, Value};
use super::read_error::{ReadError, Reason};
use super::scope::Outside;
use super::variables::Scope;

/// Reads a Dockerfile.
pub(super) fn read(text: &str, outside: Outside<'_>) -> Result<Dockerfile, ReadError> {
    let mut reader = Reader::new(text);
    let mut state = State::new(outside);
    let mut dockerfile = Dockerfile::empty();
    while let Some(joined) = reader.next().map_err(|reason| ReadError { line: reader.line(), reason })? {
        let failed = |reason| ReadError { line: joined.first_line, reason };
        let instruction = state.instruction(&joined, &mut reader, &dockerfile).map_err(failed)?;
        state.follow(instruction, &mut dockerfile).map_err(failed)?;
    }
    let reason = if dockerfile.instructions.is_empty() { Reason::Empty } else { Reason::NoStage };
    if dockerfile.stages.is_empty() {
        return Err(ReadError { line: 1, reason });
    }
    (dockerfile.syntax, dockerfile.escape) = (reader.syntax, reader.escape);
    Ok(dockerfile)
}

/// The variables at the current place.
struct State<'a> {
    outside: Outside<'a>,
    global: Scope,
    /// The scopes at the ends of the earlier stages.
    finished: Vec<Scope>,
    current: Option<Scope>,
    /// For stages with triggers: the scope at the start of a stage that begins from them, by their index.
    triggered: HashMap<usize, Scope>,
    budget: Budget,
}

impl<'a> State<'a> {
    fn new(outside: Outside<'a>) -> Self {
        let (finished, triggered) = (Vec::new(), HashMap::new());
        Self { outside, global: Scope::global(), finished, current: None, triggered, budget: Budget::new() }
    }

    /// Returns the variables at the start of a stage.
    fn scope_of(&mut self, base: &Base, dockerfile: &Dockerfile) -> Scope {
        let Base::Stage(stage) = base else { return Scope::of_stage(base, &self.finished) };
        let scope = self.triggered.entry(*stage).or_insert_with(|| {
            let mut scope = Scope::of_stage(base, &self.finished);
            let names = set_by_triggers(base, dockerfile);
            for name in &names {
                scope.forget(name);
            }
            scope
        });
        scope.clone()
    }

    /// Parses the instruction in a joined line, and the heredocs behind it.
    fn instruction(
        &self,
        joined: &Joined,
        reader: &mut Reader<'_>,
        so_far: &Dockerfile,
    ) -> Result<Instruction, Reason> {
        let heredocs = heredocs(joined, reader)?;
        let line = Line {
            text: &joined.text,
            escape: reader.escape,
            scope: self.current.as_ref().unwrap_or(&self.global),
            global: &self.global,
            budget: &self.budget,
            stage: so_far.stages.len().checked_sub(1),
            lines: (joined.first_line, reader.line()),
            end: reader.end(),
        };
        let mut instruction = line.instruction(0..joined.text.text.len(), heredocs)?;
        if self.budget.is_spent() {
            return Err(Reason::TooMuch);
        }
        // A lone backslash may stand on a line before the keyword.
        instruction.span.start = joined.text.span.start;
        Ok(instruction)
    }

    /// Adds an instruction to the model, and applies its effect on the instructions behind it.
    fn follow(&mut self, mut instruction: Instruction, dockerfile: &mut Dockerfile) -> Result<(), Reason> {
        let index = dockerfile.instructions.len();
        match &instruction.content {
            Content::From(from) => {
                let base = base(from, dockerfile);
                self.finished.extend(self.current.take());
                self.current = Some(self.scope_of(&base, dockerfile));
                instruction.stage = Some(dockerfile.stages.len());
                let name = from.name.as_ref().map(|name| name.text.to_lowercase());
                dockerfile.push_stage(Stage { name, base, instructions: index..index });
            }
            Content::Arg(pairs) => {
                let global = self.current.is_some().then(|| self.global.clone());
                let scope = self.current.as_mut().unwrap_or(&mut self.global);
                for pair in pairs {
                    scope.set_arg(&pair.name.text, pair.value.as_ref(), self.outside, global.as_ref());
                }
            }
            content => {
                let scope = self.current.as_mut().ok_or(Reason::BeforeFrom)?;
                if let Content::Env(pairs) = content {
                    scope.set_env(pairs);
                }
            }
        }
        dockerfile.instructions.push(instruction);
        if let Some(stage) = dockerfile.stages.last_mut() {
            stage.instructions.end = index + 1;
        }
        Ok(())
    }
}

fn heredocs(joined: &Joined, reader: &mut Reader<'_>) -> Result<Vec<Heredoc>, Reason> {
    let mut found = Vec::new();
    for mark in instruction::marks(&joined.text.text, reader.escape) {
        let Some((body, end)) = reader.body(&mark) else {
            // Builders that do not accept blanks in a mark read this as an ordinary line.
            if mark.has_blanks {
                continue;
            }
            return Err(Reason::Heredoc);
        };
        let plain = |line: &str| line.trim_start_matches('\t').to_owned();
        let text =
            if mark.strips_tabs { body.text.split_inclusive('\n').map(plain).collect() } else { body.text.clone() };
        found.push(Heredoc {
            name: mark.name,
            expands: mark.expands,
            strips_tabs: mark.strips_tabs,
            body: body.span.clone(),
            end,
            contents: Value { raw: body, text, ..Value::default() },
        });
    }
    Ok(found)
}

fn base(from: &FromClause, dockerfile: &Dockerfile) -> Base {
    match from.image.known() {
        None | Some("") => Base::Unknown,
        Some(image) => match dockerfile.stage_before(image, dockerfile.stages.len()) {
            Some(stage) => Base::Stage(stage),
            None if image == "scratch" => Base::Scratch,
            None => Base::Image(image.to_owned()),
        },
    }
}

/// Returns the variables that the ONBUILD instructions of a stage set in stages that begin from it.
fn set_by_triggers(base: &Base, dockerfile: &Dockerfile) -> Vec<String> {
    let Base::Stage(stage) = base else { return Vec::new() };
    let stage = dockerfile.stages.get(*stage).map(|stage| stage.instructions.clone()).unwrap_or_default();
    let instructions = dockerfile.instructions.get(stage).unwrap_or_default();
    counted::count(instructions.len());
    let pairs = instructions.iter().flat_map(|instruction| match &instruction.content {
        Content::Onbuild(inner) => match &inner.content {
            Content::Arg(pairs) | Content::Env(pairs) => pairs.as_slice(),
            _ => &[],
        },
        _ => &[],
    });
    pairs.map(|pair: &Pair| pair.name.text.clone()).collect()
}
