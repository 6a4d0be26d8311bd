//! Facts that a build needs before it starts: base images, and features that only BuildKit supports.
//!
//! A builder may accept a text that this crate cannot read, so callers should treat an error as missing facts and
//! continue.

use std::collections::HashSet;

use super::model::{Base, Content, Dockerfile, Instruction, Source, Transfer};
use super::read_error::ReadError;
use super::scope::Outside;

/// Facts about one Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DockerfileFacts {
    /// Images that stages begin from or copy files from, each once, in order. Other stages and `scratch` are not
    /// included.
    pub base_images: Vec<String>,
    /// The base image of the stage that is built, through the stages between; none if it is not known.
    pub final_base: Option<String>,
    /// Features that only BuildKit supports, each with its line number.
    pub buildkit_features: Vec<(String, usize)>,
    stages: Vec<Stage>,
    /// The line of every instruction. The classic builder numbers its steps by instructions.
    instructions: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage {
    name: Option<String>,
    /// The lines of the instructions that `BuildKit` counts as steps: FROM, RUN, COPY, ADD and WORKDIR.
    steps: Vec<usize>,
}

impl DockerfileFacts {
    /// Whether there is a stage with this name or number.
    pub fn has_stage(&self, target: &str) -> bool {
        let number = target.parse::<usize>().is_ok_and(|number| number < self.stages.len());
        number || self.stages.iter().any(|stage| stage.name.as_deref() == Some(target.to_lowercase().as_str()))
    }

    /// Returns the names of the stages, in order.
    pub fn stage_names(&self) -> Vec<&str> {
        self.stages.iter().filter_map(|stage| stage.name.as_deref()).collect()
    }

    /// Returns the line of a step as a builder prints it: `[builder 3/6] RUN …` or `Step 3/9 : RUN …`. None if there is
    /// no such step.
    pub fn line_of_step(&self, step: &str) -> Option<usize> {
        if let Some(rest) = step.strip_prefix("Step ") {
            return self.instructions.get(position(rest.split(' ').next()?)?).copied();
        }
        let mut words = step.strip_prefix('[')?.split(']').next()?.rsplit(' ');
        let position = position(words.next()?)?;
        let of_stage = |name: &str| {
            let number = name.strip_prefix("stage-").and_then(|number| number.parse::<usize>().ok());
            let named = self.stages.iter().find(|stage| stage.name.as_deref() == Some(name));
            named.or_else(|| self.stages.get(number?))
        };
        let stage = match words.next() {
            Some(name) => of_stage(name)?,
            None => self.stages.first()?,
        };
        stage.steps.get(position).copied()
    }
}

/// Parses the fraction of a step, as an index: `3/6` → 2.
fn position(fraction: &str) -> Option<usize> {
    fraction.split_once('/')?.0.parse::<usize>().ok()?.checked_sub(1)
}

/// Reads a Dockerfile. `target` is the stage to build; without it, the last one. `overridden` are the args that get a
/// value from outside, which this function does not know: an image name made from one is unknown.
///
/// # Errors
///
/// The first line that is not valid in a Dockerfile, as a [`ReadError`].
pub fn read(text: &str, target: Option<&str>, overridden: &[&str]) -> Result<DockerfileFacts, ReadError> {
    let dockerfile = Dockerfile::read(text, Outside::AtLeast(overridden))?;
    let stages = dockerfile.stages.iter().map(|stage| {
        let own = dockerfile.instructions.get(stage.instructions.clone()).unwrap_or_default();
        let steps = own.iter().filter(|instruction| is_step(instruction)).map(|instruction| instruction.first_line);
        Stage { name: stage.name.clone(), steps: steps.collect() }
    });
    Ok(DockerfileFacts {
        base_images: base_images(&dockerfile),
        final_base: final_base(&dockerfile, target),
        buildkit_features: dockerfile.instructions.iter().flat_map(buildkit_features).collect(),
        stages: stages.collect(),
        instructions: dockerfile.instructions.iter().map(|instruction| instruction.first_line).collect(),
    })
}

fn is_step(instruction: &Instruction) -> bool {
    matches!(instruction.keyword(), "FROM" | "RUN" | "COPY" | "ADD" | "WORKDIR")
}

/// Returns what the classic builder does not support in an instruction, with line numbers.
fn buildkit_features(instruction: &Instruction) -> Vec<(String, usize)> {
    let (flags, has_heredoc): (&[&str], bool) = match &instruction.content {
        Content::Run(_) => (&["mount", "network", "security"], !instruction.heredocs.is_empty()),
        Content::Copy(transfer) => (&["link", "chmod", "parents", "exclude"], copies_heredoc(transfer)),
        Content::Add(transfer) => (&["link", "chmod", "checksum", "exclude"], copies_heredoc(transfer)),
        _ => return Vec::new(),
    };
    let keyword = instruction.keyword();
    let used = instruction.flags.iter().filter(|flag| flags.contains(&flag.name.as_str()));
    let used = used.map(|flag| format!("{keyword} --{}", flag.name));
    let heredoc = has_heredoc.then(|| format!("{keyword} <<"));
    used.chain(heredoc).map(|feature| (feature, instruction.first_line)).collect()
}

fn copies_heredoc(transfer: &Transfer) -> bool {
    transfer.sources.iter().any(|source| matches!(source, Source::Heredoc(_)))
}

/// Returns the images that stages begin from, and those that files are copied from.
fn base_images(dockerfile: &Dockerfile) -> Vec<String> {
    let others = dockerfile.instructions.iter().flat_map(other_images).filter(|image| {
        image.parse::<usize>().is_err() && dockerfile.stage_before(image, dockerfile.stages.len()).is_none()
    });
    let (mut images, mut known) = (Vec::new(), HashSet::new());
    for image in (0..dockerfile.stages.len()).filter_map(|stage| image_of(dockerfile, stage)).chain(others) {
        if !image.is_empty() && image != "scratch" && known.insert(image.clone()) {
            images.push(image);
        }
    }
    images
}

/// Returns the image that a stage begins from. None for another stage, for scratch, and where the name is not certain.
fn image_of(dockerfile: &Dockerfile, stage: usize) -> Option<String> {
    let stage = dockerfile.stages.get(stage)?;
    let Base::Image(image) = &stage.base else { return None };
    // A reference to a variable without a value is a mistake, so what is left of the name is not used.
    let Content::From(from) = &dockerfile.instructions.get(stage.instructions.start)?.content else { return None };
    (from.image.unset.is_empty() && !image.contains('$')).then(|| image.clone())
}

fn final_base(dockerfile: &Dockerfile, target: Option<&str>) -> Option<String> {
    let mut stage = dockerfile.built_stage(target)?;
    while let Base::Stage(base) = dockerfile.stages.get(stage)?.base {
        stage = base;
    }
    image_of(dockerfile, stage)
}

/// Returns the values of `--from` and of `from` in mounts: names of stages or images.
fn other_images(instruction: &Instruction) -> Vec<String> {
    let of_mount = |text: &str| text.split(',').find_map(|part| part.strip_prefix("from=").map(str::to_owned));
    let is_known = |name: &String| !name.contains('$');
    let flags = instruction.flags.iter().filter_map(|flag| match (instruction.keyword(), flag.name.as_str()) {
        ("COPY", "from") => flag.value.clone(),
        ("RUN", "mount") => flag.value.as_deref().and_then(of_mount),
        _ => None,
    });
    flags.filter(is_known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bases_are_found_through_stages_and_args() {
        let text = "ARG NODE=20\nFROM node:${NODE}-alpine AS Deps\nFROM deps AS builder\nRUN --mount=type=cache,target=/x true\n\
                    FROM --platform=linux/amd64 python:3.13-slim AS other\nFROM builder AS runner\nCOPY --from=builder /a /a\n";
        let facts = read(text, None, &[]).unwrap();
        assert_eq!(facts.base_images, ["node:20-alpine", "python:3.13-slim"]);
        assert_eq!(facts.final_base.as_deref(), Some("node:20-alpine"));
        assert_eq!(facts.buildkit_features, [("RUN --mount".to_owned(), 4)]);
        assert_eq!(read(text, Some("OTHER"), &[]).unwrap().final_base.as_deref(), Some("python:3.13-slim"));
    }

    #[test]
    fn images_that_files_are_taken_from_are_bases_too() {
        let text = "FROM a AS one\nCOPY --from=tools:1 /x /x\nCOPY --from=0 /y /y\nFROM b\nCOPY --from=One /z /z\n\
                    RUN --mount=type=bind,from=helper:2,target=/h true\nCOPY --from=$UNKNOWN /q /q\n";
        let facts = read(text, None, &[]).unwrap();
        assert_eq!(facts.base_images, ["a", "b", "tools:1", "helper:2"]);
        assert_eq!(facts.final_base.as_deref(), Some("b"));
    }

    #[test]
    fn steps_are_found_by_their_number() {
        let text = "ARG V=1\nFROM a AS Builder\nENV X=1\nRUN one \\\n  two\nFROM b\nWORKDIR /x\nUSER y\nCOPY a b\n";
        let facts = read(text, None, &[]).unwrap();
        assert_eq!(facts.line_of_step("[builder 1/2] FROM a"), Some(2));
        assert_eq!(facts.line_of_step("[builder 2/2] RUN one   two"), Some(4));
        assert_eq!(facts.line_of_step("[stage-1 3/3] COPY a b"), Some(9));
        assert_eq!(facts.line_of_step("[linux/amd64 stage-1 2/3] WORKDIR /x"), Some(7));
        assert_eq!(facts.line_of_step("Step 4/8 : RUN one   two"), Some(4));
        assert_eq!(facts.line_of_step("[internal] load metadata"), None);
        let single = read("FROM a\nRUN x\n", None, &[]).unwrap();
        assert_eq!(single.line_of_step("[2/2] RUN x"), Some(2));
        assert_eq!(single.line_of_step("[9/9] RUN x"), None);
    }

    #[test]
    fn scratch_is_no_image() {
        let facts = read("FROM scratch\nCOPY --link a /a\n", None, &[]).unwrap();
        assert_eq!((facts.base_images.len(), facts.final_base), (0, None));
        assert_eq!(facts.buildkit_features, [("COPY --link".to_owned(), 2)]);
    }

    #[test]
    fn args_expand_as_the_builder_does() {
        let base = |image: &str| read(&format!("ARG A=x\nARG UNSET\nFROM {image}\n"), None, &[]).unwrap().final_base;
        assert_eq!(base("$A-${A}:${B:-y}").as_deref(), Some("x-x:y"));
        assert_eq!(base("${A:+y}${A-z}").as_deref(), Some("yx"));
        for unknown in ["$C", "x$C", "${UNSET}", "${UNSET:-y}", "100$"] {
            assert_eq!(base(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_base_that_depends_on_what_we_do_not_know_is_unknown() {
        let base = |text: &str, overridden: &[&str]| read(text, None, overridden).unwrap().final_base;
        assert_eq!(base("ARG BASE\nFROM ${BASE}\n", &[]), None);
        let chained = "ARG V=20\nARG BASE=node:${V}-alpine\nFROM ${BASE}\n";
        assert_eq!(base(chained, &[]).as_deref(), Some("node:20-alpine"));
        assert_eq!(base(chained, &["V"]), None);
        assert_eq!(base("ARG A=20 B=2\nFROM node:${A}-alpine\n", &[]).as_deref(), Some("node:20-alpine"));
        let facts = read("ARG BASE\nFROM ${BASE}\nFROM b\nCOPY <<EOF /x\ntext\nEOF\n", Some("1"), &[]).unwrap();
        assert_eq!((facts.base_images, facts.final_base.as_deref()), (vec!["b".to_owned()], Some("b")));
        assert_eq!(facts.buildkit_features, [("COPY <<".to_owned(), 4)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(FROM |RUN |COPY |ARG |AS |<<EOF|\\\\\n|[a-z$\\{\\}:=\" \n\u{e9}-]){0,40}") {
            let _unreadable_is_fine = read(&text, None, &[]);
        }
    }
}
