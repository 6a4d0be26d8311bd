//! Properties of the rules on all texts: no panic, the same verdicts for the same input, work in proportion to the input,
//! and no effect of comments and empty lines.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use dockerfile::ignore_file::FILE_NAME;
use dockerfile::{Dockerfile, Outside};
use proptest::prelude::*;
use xtask::domain::config::{Config, parse};
use xtask::domain::contract::{Judgement, Verdict};

use crate::world::{BACKEND, BACKEND_IGNORE, FRONTEND, FRONTEND_IGNORE, TOML, World};

/// Returns the rules with the names of their verdicts.
fn names(judgements: &[Judgement]) -> Vec<(&'static str, &'static str)> {
    judgements.iter().map(|judgement| (judgement.rule.id, judgement.verdict.name())).collect()
}

/// The contract of the shipped files in two halves, so that a case is quick: without the entries of ignore files, and
/// with nothing but them.
static HALVES: LazyLock<[Config; 2]> = LazyLock::new(|| {
    let text = &World::shipped().files[TOML];
    let is_entry = |line: &&str| line.starts_with("ignore = ");
    let without: String = text.lines().filter(|line| !is_entry(line)).map(|line| line.to_owned() + "\n").collect();
    let mut entries = text.lines().filter(is_entry);
    let mut with = "schema = 1\n[project]\nname = \"taskflow\"\n".to_owned();
    for name in ["frontend", "backend"] {
        let ignore = entries.next().unwrap();
        writeln!(with, "[component.{name}]\ncontext = \"{name}\"\n[component.{name}.contract]\n{ignore}").unwrap();
    }
    [without, with].map(|text| parse(TOML, &text).unwrap())
});

/// Judges a component with one of its files replaced, by the rules that read it.
fn judged(path: &str, text: &str) -> Vec<Judgement> {
    let is_ignore_file = path.ends_with(FILE_NAME);
    let config = &HALVES[usize::from(is_ignore_file)];
    let component = config.components.iter().find(|component| path.starts_with(&component.context)).unwrap();
    let mut files = BTreeMap::from([(path.to_owned(), text.to_owned())]);
    if is_ignore_file {
        files.insert(component.dockerfile.clone(), "FROM alpine:3.22\nUSER 1000\n".to_owned());
    }
    World { files }.judge_component(config, component)
}

/// A line of a Dockerfile from a small grammar.
fn line() -> impl Strategy<Value = String> {
    let image =
        prop::sample::select(vec!["node:20-alpine", "builder", "${BASE}", "scratch", "python:3.13-slim@sha256:0", ""]);
    let name = prop::sample::select(vec!["builder", "runner", "Runner", "x"]);
    let path = prop::sample::select(vec![".", "/", "/app", "package*.json", "..", "$DIR", "a/../b", "\"\"", "<<EOF"]);
    let word = prop::sample::select(vec![
        "npm ci",
        "apk add gcc",
        "adduser -S nextjs -u",
        "1001",
        "&&",
        "|",
        "$(",
        ")",
        "'",
        "\"",
        "\\",
        "$UID",
        "<<EOF",
        "sh -c",
        "useradd",
        "--uid=",
        "pip install .",
        "python -m",
        "cp -r",
        "/in",
        ";",
        "{",
        "}",
        "`",
        "EOF",
    ]);
    prop_oneof![
        (image, name.clone()).prop_map(|(image, name)| format!("FROM {image} AS {name}")),
        (prop::sample::select(vec!["COPY", "ADD"]), name, path.clone(), path.clone())
            .prop_map(|(keyword, from, source, target)| format!("{keyword} --from={from} {source} {target}")),
        (path.clone(), path.clone()).prop_map(|(source, target)| format!("COPY {source} {target}")),
        (path.clone(), prop::collection::vec(word.clone(), 0..6))
            .prop_map(|(path, words)| format!("RUN --mount=from=builder,source={path},target=/in {}", words.join(" "))),
        prop::collection::vec(word, 0..8).prop_map(|words| format!("RUN {}", words.join(" "))),
        (
            prop::sample::select(vec![
                "USER",
                "WORKDIR",
                "EXPOSE",
                "STOPSIGNAL",
                "ARG",
                "ENV",
                "CMD",
                "ENTRYPOINT",
                "SHELL"
            ]),
            "[a-z0-9$={}:/\\[\\]\", -]{0,12}"
        )
            .prop_map(|(keyword, value)| format!("{keyword} {value}")),
        Just("EOF".to_owned()),
        Just("# taskflow: allow port -- a reason that is long enough".to_owned()),
        Just("ONBUILD RUN npm ci".to_owned()),
    ]
}

/// A shipped file, changed in a few places.
fn changed(path: &'static str) -> impl Strategy<Value = String> {
    let change = (0usize..4, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<char>());
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut text = World::shipped().files[path].clone();
        for (kind, one, other, letter) in changes {
            let mut lines: Vec<&str> = text.lines().collect();
            if lines.is_empty() {
                break;
            }
            let (first, second) = (one.index(lines.len()), other.index(lines.len()));
            match kind {
                0 => drop(lines.drain(first.min(second)..first.max(second))),
                1 => lines.insert(first, lines[second]),
                2 => lines.swap(first, second),
                _ => {
                    let letters: Vec<char> = text.chars().collect();
                    let at = one.index(letters.len());
                    text = letters
                        .iter()
                        .enumerate()
                        .map(|(index, old)| if index == at { letter } else { *old })
                        .collect();
                    continue;
                }
            }
            text = lines.join("\n") + "\n";
        }
        text
    })
}

/// The place of an empty line or a comment: before an instruction, so not inside of one.
fn with_line_between(text: &str, line: &str, at: prop::sample::Index) -> Option<String> {
    let file = Dockerfile::read(text, Outside::Only(&[])).ok()?;
    let instruction = &file.instructions[at.index(file.instructions.len())];
    // Directives count only in the first lines.
    let start = text.split_inclusive('\n').take(instruction.first_line - 1).map(str::len).sum::<usize>();
    let (before, behind) = text.split_at(start);
    let is_directive = before.is_empty() || before.lines().all(|line| line.starts_with('#'));
    (!is_directive).then(|| format!("{before}{line}\n{behind}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_dockerfile_has_verdicts_and_comments_change_none(
        lines in prop::collection::vec(line(), 1..14),
        at: prop::sample::Index,
        comment in prop::sample::select(vec!["", "# a comment", "   ", "  # EXPOSE 1", "\t"]),
    ) {
        let text = format!("FROM node:20-alpine AS builder\n{}\n", lines.join("\n"));
        let before = names(&judged(FRONTEND, &text));
        if let Some(text) = with_line_between(&text, comment, at) {
            prop_assert_eq!(names(&judged(FRONTEND, &text)), before);
        }
    }

    #[test]
    fn a_changed_dockerfile_of_the_frontend_has_verdicts(text in changed(FRONTEND)) {
        let judgements = judged(FRONTEND, &text);
        prop_assert_eq!(judged(FRONTEND, &text), judgements);
    }

    #[test]
    fn a_changed_dockerfile_of_the_backend_has_verdicts(text in changed(BACKEND)) {
        judged(BACKEND, &text);
    }

    #[test]
    fn a_changed_ignore_file_of_the_frontend_has_verdicts(text in changed(FRONTEND_IGNORE)) {
        judged(FRONTEND_IGNORE, &text);
    }

    #[test]
    fn a_changed_ignore_file_of_the_backend_has_verdicts(text in changed(BACKEND_IGNORE)) {
        judged(BACKEND_IGNORE, &text);
    }
}

/// Lines that could make the work grow faster than their number.
const REPEATED: [&str; 14] = [
    "WORKDIR a",
    "COPY . .",
    "COPY --from=builder / /x",
    "RUN npm ci",
    "RUN adduser -S nextjs -u 1001 && apk add a b c",
    "RUN useradd x && userdel x",
    "RUN --mount=from=builder,target=/in cp -r /in/app .",
    "FROM builder AS builder",
    "FROM builder AS builder\nONBUILD RUN npm ci\nCOPY . .",
    "ARG A=b\nRUN apk add $A",
    "ENV A=$A$A",
    "EXPOSE 1-2 $X",
    "# taskflow: allow port -- a reason that is long enough\nEXPOSE 1",
    "RUN sh -c \"sh -c 'npm ci'\" <<EOF\nnpm ci\nEOF",
];

#[test]
fn work_grows_in_proportion_to_a_dockerfile() {
    for line in REPEATED {
        let steps = |count: usize| {
            let mut text = "FROM node:20-alpine AS builder\nWORKDIR /app\nCOPY . .\n".to_owned();
            (0..count).for_each(|_| writeln!(text, "{line}").unwrap());
            counted::of(|| drop(judged(FRONTEND, &text)))
        };
        let (once, four_times) = (steps(500), steps(2000));
        assert!(four_times < once * 5, "{line}: {once} steps, and {four_times} for four times as much");
    }
}

#[test]
fn work_grows_in_proportion_to_an_ignore_file() {
    for line in ["!a*", "!**/a/b", "*x*", "**/*.md", "!.env*", "!?[ab]*"] {
        let steps = |count: usize| {
            let text = format!("{line}\n").repeat(count);
            counted::of(|| drop(judged(FRONTEND_IGNORE, &text)))
        };
        let (once, four_times) = (steps(500), steps(2000));
        assert!(four_times < once * 5, "{line}: {once} steps, and {four_times} for four times as much");
    }
}

#[test]
fn the_shipped_files_hold_every_rule() {
    let outcome = World::shipped().judge();
    let is_held = |judgement: &Judgement| matches!(judgement.verdict, Verdict::Held(_));
    assert!(outcome.judgements.iter().all(is_held), "{}", outcome.described());
}
