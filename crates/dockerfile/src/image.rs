//! The configuration of the image that a stage makes: the effect of all instructions of the stage and of those below it.
//!
//! A value that no instruction sets is the base image's, which this crate does not know. The ONBUILD instructions of the
//! base image are not known either.

use std::collections::BTreeMap;

use super::located::Located;
use super::model::{Base, Command, Content, Dockerfile, Instruction, Pair, Value};
use super::port::{self, Port};
use super::workdir::{Current, WorkingDirectory};

/// A value of the configuration, with the instruction that sets it. An instruction behind ONBUILD is the inner one; its
/// values are not expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<'a, T> {
    /// The value.
    pub value: T,
    /// The instruction that sets it.
    pub by: &'a Instruction,
}

/// The configuration of the image that a stage makes. Where several instructions set a value, it is the last one's.
#[derive(Clone, Debug)]
pub struct ImageConfig<'a> {
    /// The indices of the stages that make the image, the lowest one first.
    pub stages: Vec<usize>,
    /// The base of the lowest stage: an image, `scratch`, or unknown. It is no stage.
    pub base: &'a Base,
    /// The instructions in the order in which they apply, as `Dockerfile::instructions_of` returns them.
    pub instructions: Vec<&'a Instruction>,
    /// The user; an empty text is the superuser, as in an image without a user.
    pub user: Option<Setting<'a, &'a Value>>,
    /// The working directory, with the last WORKDIR.
    pub workdir: Option<Setting<'a, WorkingDirectory>>,
    /// All ports in order, with repetitions.
    pub ports: Vec<Setting<'a, Port>>,
    /// The entrypoint.
    pub entrypoint: Option<Setting<'a, &'a Command>>,
    /// The command. It has no value where an ENTRYPOINT removes the command of a lower stage or of the base.
    pub cmd: Option<Setting<'a, Option<&'a Command>>>,
    /// The shell for commands in shell form, from SHELL.
    pub shell: Option<Setting<'a, &'a [Located]>>,
    /// The command that checks a container's health. It has no value for `HEALTHCHECK NONE`.
    pub healthcheck: Option<Setting<'a, Option<&'a Command>>>,
    /// The signal that ends a container.
    pub stop_signal: Option<Setting<'a, &'a Value>>,
    /// All volumes in order, with repetitions.
    pub volumes: Vec<Setting<'a, &'a Value>>,
    /// The environment by name. A name with a variable whose value is not known is as it is written.
    pub env: BTreeMap<String, Setting<'a, &'a Value>>,
    /// The labels by name. A name with a variable whose value is not known is as it is written.
    pub labels: BTreeMap<String, Setting<'a, &'a Value>>,
}

static UNKNOWN: Base = Base::Unknown;

impl Dockerfile {
    /// Returns the configuration of the image that a stage makes. Without such a stage, it is empty and its base is
    /// unknown.
    pub fn image_of(&self, stage: usize) -> ImageConfig<'_> {
        let applied = self.applied_in(stage);
        let mut stages: Vec<usize> = applied.iter().map(|(stage, _)| *stage).collect();
        stages.dedup();
        let base = stages.first().and_then(|lowest| self.stages.get(*lowest)).map_or(&UNKNOWN, |stage| &stage.base);
        let instructions = applied.iter().map(|(_, instruction)| *instruction).collect();
        let mut image = ImageConfig::of(base, stages, instructions);
        let (mut workdir, mut cmd_of) = (Current::of(base), None);
        for (stage, instruction) in applied {
            match &instruction.content {
                Content::Workdir(path) => {
                    workdir.enter(path);
                    image.workdir = Some(set(WorkingDirectory::Unknown, instruction));
                }
                Content::Cmd(command) => {
                    image.cmd = Some(set(Some(command), instruction));
                    cmd_of = Some(stage);
                }
                Content::Entrypoint(command) => {
                    image.entrypoint = Some(set(command, instruction));
                    if cmd_of != Some(stage) {
                        image.cmd = Some(set(None, instruction));
                    }
                }
                _ => image.apply(instruction),
            }
        }
        if let Some(setting) = &mut image.workdir {
            setting.value = workdir.finish();
        }
        image
    }
}

impl<'a> ImageConfig<'a> {
    /// The configuration without the effect of the instructions.
    fn of(base: &'a Base, stages: Vec<usize>, instructions: Vec<&'a Instruction>) -> Self {
        Self {
            stages,
            base,
            instructions,
            user: None,
            workdir: None,
            ports: Vec::new(),
            entrypoint: None,
            cmd: None,
            shell: None,
            healthcheck: None,
            stop_signal: None,
            volumes: Vec::new(),
            env: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Applies an instruction whose effect depends on no other one. ONBUILD has none here.
    fn apply(&mut self, by: &'a Instruction) {
        match &by.content {
            Content::User(user) => self.user = Some(set(user, by)),
            Content::Stopsignal(signal) => self.stop_signal = Some(set(signal, by)),
            Content::Shell(words) => self.shell = Some(set(words.as_slice(), by)),
            Content::Healthcheck(command) => self.healthcheck = Some(set(command.as_ref(), by)),
            Content::Expose(values) => {
                let ports = values.iter().flat_map(port::ports);
                self.ports.extend(ports.map(|port| set(port, by)));
            }
            Content::Volume(values) => self.volumes.extend(values.iter().map(|value| set(value, by))),
            Content::Env(pairs) => insert(&mut self.env, pairs, by),
            Content::Label(pairs) => insert(&mut self.labels, pairs, by),
            _ => {}
        }
    }

    /// Returns each RUN in order, with the SHELL that applies to it; none for the builder's own shell or the base
    /// image's.
    pub fn runs(&self) -> Vec<(&'a Instruction, Option<&'a [Located]>)> {
        let (mut found, mut shell) = (Vec::new(), None);
        for instruction in &self.instructions {
            match &instruction.content {
                Content::Shell(words) => shell = Some(words.as_slice()),
                Content::Run(_) => found.push((*instruction, shell)),
                _ => {}
            }
        }
        found
    }
}

fn set<T>(value: T, by: &Instruction) -> Setting<'_, T> {
    Setting { value, by }
}

fn insert<'a>(into: &mut BTreeMap<String, Setting<'a, &'a Value>>, pairs: &'a [Pair], by: &'a Instruction) {
    for pair in pairs {
        counted::count(pair.name.text.len() + 1);
        if let Some(value) = &pair.value {
            into.insert(pair.name.text.clone(), set(value, by));
        }
    }
}
