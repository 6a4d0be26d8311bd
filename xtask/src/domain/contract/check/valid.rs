//! Whether the builder accepts the Dockerfile.

use std::collections::HashSet;

use dockerfile::{Base, Content, Dockerfile, Instruction, Port, Source, Value};

use super::check_rule::CheckRule;
use super::origins::{Origin, needed_stages, origins};
use super::subject::{Subject, at_file};
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::dockerfile_problem::{cannot_be_built, remedy};
use crate::domain::finding::{Finding, Severity};

/// Holds the rule `dockerfile-valid`.
pub(super) const DOCKERFILE_VALID: CheckRule = CheckRule {
    text: RuleText {
        id: "dockerfile-valid",
        severity: Severity::Error,
        what: "Dockerfile that BuildKit refuses",
        section: "Validation Checklist, \"Docker build completes without errors\"",
        scope: Scope::General,
        command: JudgedBy::Check,
        why: "A Dockerfile that the builder refuses makes no image. The builder reports it only after it has received \
              the build context.",
        good: "FROM alpine:3.22\nRUN echo ready\n",
        bad: "FROM alpine:3.22\nRUNN echo ready\n",
        remedy: "Correct the line that the finding names. The message says what BuildKit expects there.",
        page: "docs/contract/dockerfile-valid.md",
    },
    applies: |_| true,
    judge: dockerfile_valid,
};

fn dockerfile_valid(subject: &Subject<'_>) -> Verdict {
    let rule = &DOCKERFILE_VALID.text;
    let file = match &subject.file.read {
        Ok(file) => file,
        Err(error) => {
            let path = &subject.file.path;
            let finding = at_file(rule, path, Some(error.line), cannot_be_built(error, path));
            let otherwise = || format!("correct line {} of `{path}`", error.line);
            let remedies = vec![remedy(error, path).unwrap_or_else(otherwise)];
            return Verdict::Broken(vec![Finding { remedies, ..finding }]);
        }
    };
    if let Err(verdict) = subject.dockerfile() {
        return verdict;
    }
    let needed = needed_stages(file, subject.component.target.as_deref());
    let is_needed = |instruction: &&Instruction| instruction.stage.is_none_or(|stage| needed.contains(&stage));
    let mut findings: Vec<Finding> = Vec::new();
    for instruction in file.instructions.iter().filter(is_needed) {
        findings.extend(refused(subject, file, instruction));
    }
    if !findings.is_empty() {
        return Verdict::Broken(findings);
    }
    match file.instructions.iter().find_map(|instruction| unknown_flag(instruction).map(|flag| (instruction, flag))) {
        Some((instruction, flag)) => {
            let line = instruction.first_line;
            Verdict::NotDecided(format!("`--{flag}` in line {line} is a flag that xtask does not know"))
        }
        None => Verdict::Held(None),
    }
}

/// Returns what BuildKit refuses in an instruction of a stage that it builds.
fn refused(subject: &Subject<'_>, file: &Dockerfile, instruction: &Instruction) -> Vec<Finding> {
    let rule = &DOCKERFILE_VALID.text;
    let mut found = Vec::new();
    for value in values(instruction).into_iter().filter(|value| value.is_malformed) {
        let what = "a substitution is not valid, or a quote is not closed".to_owned();
        let remedy = "write variables as `$NAME` or `${NAME:-default}`, and close quotes".to_owned();
        let finding = subject.at(rule, instruction, value.raw.span.clone(), what);
        found.push(Finding { remedies: vec![remedy], ..finding });
    }
    if let Content::From(from) = &instruction.content {
        let stage = instruction.stage.and_then(|stage| file.stages.get(stage));
        let is_blank = from.image.known().is_some_and(|name| name.trim().is_empty());
        if is_blank && stage.is_some_and(|stage| stage.base == Base::Unknown) {
            let what = match from.image.unset.first() {
                Some(name) => format!("the base image is empty: `ARG {name}` has no value before the first `FROM`"),
                None => "the base image is empty".to_owned(),
            };
            let finding = subject.at_all(rule, instruction, what);
            let remedy = "give the `ARG` a default, as in `ARG BASE=node:20-alpine`".to_owned();
            found.push(Finding { remedies: vec![remedy], ..finding });
        }
    }
    found.extend(refused_flags(subject, instruction));
    if found.is_empty() && instruction.ports().iter().any(|port| matches!(port, Port::Invalid(_))) {
        let finding = subject.at_all(rule, instruction, "`EXPOSE` has a value that is not a port".to_owned());
        let remedy = "write a number from 1 to 65535, with or without `/tcp` or `/udp`".to_owned();
        found.push(Finding { remedies: vec![remedy], ..finding });
    }
    let own = instruction.stage;
    if origins(file, instruction).iter().any(|origin| matches!(origin, Origin::Stage(stage) if Some(*stage) == own)) {
        let finding = subject.at_all(rule, instruction, "the stage copies from itself".to_owned());
        found.push(Finding { remedies: vec!["copy from another stage, or with `RUN cp`".to_owned()], ..finding });
    }
    found
}

/// Returns the values of an instruction that the builder expands.
fn values(instruction: &Instruction) -> Vec<&Value> {
    match &instruction.content {
        Content::Arg(pairs) | Content::Env(pairs) | Content::Label(pairs) => {
            pairs.iter().flat_map(|pair| std::iter::once(&pair.name).chain(&pair.value)).collect()
        }
        Content::From(from) => std::iter::once(&from.image).chain(&from.platform).collect(),
        Content::Copy(transfer) | Content::Add(transfer) => {
            let paths = transfer.sources.iter().filter_map(|source| match source {
                Source::Path(path) => Some(path),
                Source::Heredoc(_) => None,
            });
            paths.chain([&transfer.destination]).collect()
        }
        Content::User(value) | Content::Workdir(value) | Content::Stopsignal(value) => vec![value],
        Content::Expose(values) | Content::Volume(values) => values.iter().collect(),
        _ => Vec::new(),
    }
}

/// The form of a flag's value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FlagForm {
    /// A text.
    Text,
    /// A text; the flag can be repeated.
    Texts,
    /// `true`, `false`, or none.
    Switch,
}

/// Returns BuildKit's flags of an instruction.
fn flags_of(content: &Content) -> &'static [(&'static str, FlagForm)] {
    use FlagForm::{Switch, Text, Texts};
    match content {
        Content::From(_) => &[("platform", Text)],
        Content::Copy(_) => &[
            ("from", Text),
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("parents", Switch),
            ("exclude", Texts),
        ],
        Content::Add(_) => &[
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("checksum", Text),
            ("keep-git-dir", Switch),
            ("unpack", Switch),
            ("exclude", Texts),
        ],
        Content::Run(_) => &[("mount", Texts), ("network", Text), ("security", Text), ("device", Texts)],
        Content::Healthcheck(_) => &[
            ("interval", Text),
            ("timeout", Text),
            ("start-period", Text),
            ("start-interval", Text),
            ("retries", Text),
        ],
        _ => &[],
    }
}

/// Returns a flag of an instruction that is not one of BuildKit's.
fn unknown_flag(instruction: &Instruction) -> Option<&str> {
    let known = flags_of(&instruction.content);
    let mut names = instruction.flags.iter().map(|flag| flag.name.as_str());
    names.find(|name| !known.iter().any(|(known, _)| known == name))
}

/// Returns what BuildKit refuses in the flags of an instruction.
fn refused_flags(subject: &Subject<'_>, instruction: &Instruction) -> Vec<Finding> {
    let known = flags_of(&instruction.content);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for flag in &instruction.flags {
        let Some((name, form)) = known.iter().find(|(name, _)| *name == flag.name) else { continue };
        let what = match (form, flag.value.as_deref()) {
            (FlagForm::Text | FlagForm::Texts, None) => format!("`--{name}` has no value"),
            (FlagForm::Switch, Some(value)) if !["true", "false"].contains(&value.to_ascii_lowercase().as_str()) => {
                format!("`--{name}` is neither `true` nor `false`")
            }
            (FlagForm::Text | FlagForm::Switch, _) if !seen.insert(*name) => format!("`--{name}` is given twice"),
            _ => continue,
        };
        let finding = subject.at(&DOCKERFILE_VALID.text, instruction, flag.span.clone(), what);
        let remedy = format!("write `--{name}` once, in the form that BuildKit documents");
        found.push(Finding { remedies: vec![remedy], ..finding });
    }
    found
}
