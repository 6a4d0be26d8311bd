//! Where instructions take files from, and which stages a build needs therefore.

use std::collections::BTreeSet;

use dockerfile::{Base, Content, Dockerfile, Instruction};

use super::mounts::mounts;

/// Where an instruction takes files from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The build context.
    Context,
    /// An earlier stage.
    Stage(usize),
    /// An image.
    Image(String),
    /// A name that depends on a value from outside.
    Unknown,
}

/// Returns what `--from` of an instruction names: a stage before it by name or number, or an image.
pub(super) fn named_origin(file: &Dockerfile, instruction: &Instruction, name: &str) -> Origin {
    if name.contains('$') {
        return Origin::Unknown;
    }
    let before = instruction.stage.map_or(0, |stage| stage + 1);
    let number = name.parse().ok().filter(|number| *number < before);
    match number.or_else(|| file.stage_before(name, before)) {
        Some(stage) => Origin::Stage(stage),
        None => Origin::Image(name.to_owned()),
    }
}

/// Returns where COPY, ADD, and the mounts of RUN take files from.
pub(super) fn origins(file: &Dockerfile, instruction: &Instruction) -> Vec<Origin> {
    let named = |name: &str| named_origin(file, instruction, name);
    match &instruction.content {
        Content::Copy(_) | Content::Add(_) => vec![instruction.flag("from").map_or(Origin::Context, named)],
        Content::Run(_) => mounts(instruction).into_iter().filter_map(|mount| mount.from).map(named).collect(),
        _ => Vec::new(),
    }
}

/// Returns the stages that the builder needs for the image: the built one, and those that it begins from or takes files
/// from.
pub(super) fn needed_stages(file: &Dockerfile, target: Option<&str>) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut waiting: Vec<usize> = file.built_stage(target).into_iter().collect();
    while let Some(number) = waiting.pop() {
        let Some(stage) = file.stages.get(number) else { continue };
        if !needed.insert(number) {
            continue;
        }
        if let Base::Stage(base) = stage.base {
            waiting.push(base);
        }
        let own = file.instructions.get(stage.instructions.clone()).unwrap_or_default();
        waiting.extend(own.iter().flat_map(|instruction| origins(file, instruction)).filter_map(
            |origin| match origin {
                Origin::Stage(stage) => Some(stage),
                _ => None,
            },
        ));
    }
    needed
}
