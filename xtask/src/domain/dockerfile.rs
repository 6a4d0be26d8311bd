//! What a build needs to know of a Dockerfile before it starts: base images and features that only BuildKit has.
//!
//! Understands, does not judge. A text that cannot be read here may still be one that the builder reads, so the caller
//! goes on without these facts.

use std::collections::HashMap;

use parse_dockerfile::{Flag, Instruction, Source, parse_iter};

/// Facts about one Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DockerfileFacts {
    /// Images that stages begin from, each once, in order; other stages and `scratch` are not among them.
    pub base_images: Vec<String>,
    /// The image under the stage that is built.
    pub final_base: Option<String>,
    /// What only BuildKit understands, with its line.
    pub buildkit_features: Vec<(String, usize)>,
    stages: Vec<Stage>,
    /// The line of every instruction, which is what the classic builder counts.
    instructions: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage {
    name: Option<String>,
    /// What it begins from; `None` where that depends on what we do not know.
    from: Option<String>,
    /// The lines of what `BuildKit` counts as steps: FROM, RUN, COPY, ADD and WORKDIR.
    steps: Vec<usize>,
}

impl DockerfileFacts {
    /// Whether there is a stage of that name or number.
    pub fn has_stage(&self, target: &str) -> bool {
        let number = target.parse::<usize>().is_ok_and(|number| number < self.stages.len());
        number || self.stages.iter().any(|stage| stage.name.as_deref() == Some(target.to_lowercase().as_str()))
    }

    /// The names of the stages.
    pub fn stage_names(&self) -> Vec<&str> {
        self.stages.iter().filter_map(|stage| stage.name.as_deref()).collect()
    }

    /// The line of a step as a builder names it: `[builder 3/6] RUN …` or `Step 3/9 : RUN …`.
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

/// `3/6` → 2.
fn position(fraction: &str) -> Option<usize> {
    fraction.split_once('/')?.0.parse::<usize>().ok()?.checked_sub(1)
}

/// Reads a Dockerfile; `target` is the stage to build, the last one without it. `overridden` are the args that get a
/// value from outside, which is not ours to look into: a name made from one is unknown.
pub fn read(text: &str, target: Option<&str>, overridden: &[&str]) -> Result<DockerfileFacts, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line_of = |offset: usize| super::problem::line_and_column(text, offset).0;
    let mut global_args: HashMap<String, Option<String>> = HashMap::new();
    let mut stages: Vec<Stage> = Vec::new();
    let mut features = Vec::new();
    let mut others = Vec::new();
    let mut instructions = Vec::new();
    for instruction in parse_iter(text).map_err(|error| error.to_string())? {
        let instruction = instruction.map_err(|error| error.to_string())?;
        let line = line_of(start(&instruction));
        instructions.push(line);
        let counts = matches!(
            instruction,
            Instruction::Run(_) | Instruction::Copy(_) | Instruction::Add(_) | Instruction::Workdir(_)
        );
        if let Some(stage) = stages.last_mut().filter(|_| counts) {
            stage.steps.push(line);
        }
        match instruction {
            Instruction::Arg(arg) if stages.is_empty() => {
                for word in arg.arguments.value.split_whitespace() {
                    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
                    let value =
                        value.filter(|_| !overridden.contains(&name)).map(|value| value.trim_matches(['"', '\'']));
                    let value = value.and_then(|value| expand(value, &global_args));
                    global_args.insert(name.to_owned(), value);
                }
            }
            Instruction::From(from) => stages.push(Stage {
                name: from.as_.map(|(_, name)| name.value.to_lowercase()),
                from: expand(&from.image.value, &global_args),
                steps: vec![line],
            }),
            Instruction::Run(run) => {
                others.extend(from_flag(&run.options));
                features.extend(flags(
                    &run.options,
                    &["mount", "network", "security"],
                    "RUN",
                    line_of(run.run.span.start),
                ));
                if !run.here_docs.is_empty() {
                    features.push(("RUN <<".to_owned(), line_of(run.run.span.start)));
                }
            }
            Instruction::Copy(copy) => {
                others.extend(from_flag(&copy.options));
                features.extend(flags(&copy.options, &["link", "chmod", "parents", "exclude"], "COPY", line));
                features.extend(heredoc(&copy.src, "COPY", line));
            }
            Instruction::Add(add) => {
                features.extend(flags(&add.options, &["link", "chmod", "checksum", "exclude"], "ADD", line));
                features.extend(heredoc(&add.src, "ADD", line));
            }
            _ => {}
        }
    }
    let (base_images, final_base) = bases(&stages, &others, target);
    Ok(DockerfileFacts { base_images, final_base, buildkit_features: features, stages, instructions })
}

/// Where an instruction's keyword stands.
fn start(instruction: &Instruction<'_>) -> usize {
    let keyword = match instruction {
        Instruction::Add(add) => &add.add,
        Instruction::Arg(arg) => &arg.arg,
        Instruction::Cmd(cmd) => &cmd.cmd,
        Instruction::Copy(copy) => &copy.copy,
        Instruction::Entrypoint(entrypoint) => &entrypoint.entrypoint,
        Instruction::Env(env) => &env.env,
        Instruction::Expose(expose) => &expose.expose,
        Instruction::From(from) => &from.from,
        Instruction::Healthcheck(healthcheck) => &healthcheck.healthcheck,
        Instruction::Label(label) => &label.label,
        Instruction::Maintainer(maintainer) => &maintainer.maintainer,
        Instruction::Onbuild(onbuild) => &onbuild.onbuild,
        Instruction::Run(run) => &run.run,
        Instruction::Shell(shell) => &shell.shell,
        Instruction::Stopsignal(stopsignal) => &stopsignal.stopsignal,
        Instruction::User(user) => &user.user,
        Instruction::Volume(volume) => &volume.volume,
        Instruction::Workdir(workdir) => &workdir.workdir,
        _ => return 0,
    };
    keyword.span.start
}

fn heredoc(sources: &[Source<'_>], instruction: &str, line: usize) -> Option<(String, usize)> {
    let is_one = |source: &Source<'_>| matches!(source, Source::HereDoc(_));
    sources.iter().any(is_one).then(|| (format!("{instruction} <<"), line))
}

fn flags(options: &[Flag<'_>], wanted: &[&str], instruction: &str, line: usize) -> Vec<(String, usize)> {
    options
        .iter()
        .filter(|flag| wanted.contains(&flag.name.value.as_ref()))
        .map(|flag| (format!("{instruction} --{}", flag.name.value), line))
        .collect()
}

/// Replaces `$NAME`, `${NAME}` and `${NAME:-default}` by the defaults of the args before the first FROM; nothing where
/// an arg has no value that we know, or stands in another form.
fn expand(text: &str, args: &HashMap<String, Option<String>>) -> Option<String> {
    let mut rest = text;
    let mut expanded = String::new();
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, default, tail) = if let Some((inner, tail)) = after.strip_prefix('{').and_then(|a| a.split_once('}'))
        {
            let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, text)| (name, Some(text)));
            (name, default, tail)
        } else {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            (name, None, tail)
        };
        match (args.get(name), default) {
            (Some(Some(value)), _) => expanded.push_str(value),
            // Only what no one can set from outside falls back for certain.
            (None, Some(default)) => expanded.push_str(default),
            _ => return None,
        }
        rest = tail;
    }
    expanded.push_str(rest);
    Some(expanded).filter(|text| !text.is_empty())
}

fn bases(stages: &[Stage], others: &[String], target: Option<&str>) -> (Vec<String>, Option<String>) {
    let stage_named = |name: &str, before: usize| {
        let name = name.to_lowercase();
        stages.iter().take(before).rposition(|stage| stage.name.as_deref() == Some(name.as_str()))
    };
    let mut images: Vec<String> = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let Some(from) = &stage.from else { continue };
        if stage_named(from, at).is_none() && from != "scratch" && !images.contains(from) {
            images.push(from.clone());
        }
    }
    let numbered = |name: &str| name.parse::<usize>().ok().filter(|number| *number < stages.len());
    let mut at = match target {
        Some(name) => numbered(name).or_else(|| stage_named(name, stages.len())),
        None => stages.len().checked_sub(1),
    };
    let mut final_base = None;
    while let Some(stage) = at.and_then(|index| stages.get(index)) {
        final_base.clone_from(&stage.from);
        at = stage.from.as_ref().and_then(|from| stage_named(from, at.unwrap_or_default()));
    }
    for image in others {
        let stage = image.parse::<usize>().is_ok() || stage_named(image, stages.len()).is_some();
        if !stage && !image.is_empty() && image != "scratch" && !images.contains(image) {
            images.push(image.clone());
        }
    }
    (images, final_base.filter(|image| image != "scratch"))
}

/// The value of `--from`, and the `from` of a mount: a stage or an image.
fn from_flag(options: &[Flag<'_>]) -> Vec<String> {
    let value = |flag: &Flag<'_>| flag.value.as_ref().map(|value| value.value.to_string());
    let of_mount = |text: String| text.split(',').find_map(|part| part.strip_prefix("from=").map(str::to_owned));
    let named = options.iter().filter_map(|flag| match flag.name.value.as_ref() {
        "from" => value(flag),
        "mount" => value(flag).and_then(of_mount),
        _ => None,
    });
    named.filter(|name| !name.contains('$')).collect()
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
        let args = HashMap::from([("A".to_owned(), Some("x".to_owned())), ("UNSET".to_owned(), None)]);
        assert_eq!(expand("$A-${A}:${B:-y}", &args).as_deref(), Some("x-x:y"));
        for unknown in ["$C", "${UNSET}", "${UNSET:-y}", "${A:+y}", "${A-y}", "100$", ""] {
            assert_eq!(expand(unknown, &args), None, "{unknown}");
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
