//! Whether every hint of the code has a row, every action of a hint is carried out, and every row has a hint.

use std::fs;
use std::path::Path;

use crate::action::{Action, actions};
use crate::row::{Row, Step, matches, repair};
use crate::rows;
use crate::source::Source;

/// Hints that are neither a command nor an edit, and why they cannot be more.
const WORDS: [(&str, &str); 12] = [
    (
        "make the files of the application readable for all users",
        "the engine and the application must be real ones; tests/engine/verify.rs has images of both kinds",
    ),
    (
        "find the cause in the output of the container; listen on `0.0.0.0` and on the declared port",
        "the engine and the application must be real ones; tests/engine/verify.rs has images of both kinds",
    ),
    (
        "write temporary files to /tmp, and everything else to other services",
        "the engine and the application must be real ones; tests/engine/verify.rs has images of both kinds",
    ),
    (
        "run the release again",
        "the builder must have lost its cache; tests/cli/release/attested.rs has one that makes another image",
    ),
    (
        "load the key with `ssh-add`, and connect to the host once with `ssh` to accept its key",
        "it needs another host; tests/cli/causes.rs asks on a terminal",
    ),
    (
        "run it by itself once and answer it there: `{call}`; then run this command again",
        "it needs someone at a terminal; tests/cli/causes.rs asks on one",
    ),
    (
        "end them with `kill {kill}`, and run the command again",
        "xtask waits ten minutes for them; tests/release/messages.rs has one that ends",
    ),
    (
        "wait until they have ended, and run the command again",
        "xtask waits ten minutes for them; tests/release/messages.rs has one that ends",
    ),
    ("or run the command again as root", "a sandbox has one user; tests/cli/machines.rs holds what root does"),
    (
        "make `{shown}` readable for the user who runs this",
        "the tests' own user may be root, who reads everything; tests/cli/files/closed.rs makes it as another user",
    ),
    (
        "replace `{pattern}` by patterns that name the folders that they are for{or}",
        "the tests' own user may be root, who reads everything; tests/cli/files/closed.rs makes it as another user",
    ),
    (
        "run it again with RUST_BACKTRACE=1, and report its output",
        "no input makes xtask panic; the hint asks for a report",
    ),
];

/// The Rust files of a folder of this repository, with those of the folders in it.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut sources = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                sources.push(Source::read(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources
}

/// The hints that stand in calls of `hint`, and those that snapshots show, each with its place.
fn hints() -> Vec<(String, String)> {
    let mut hints = Vec::new();
    for source in sources("src") {
        let end = source.tests_begin();
        for literal in source.literals.iter().filter(|literal| literal.line < end) {
            let before: String =
                literal.before.chars().rev().take(60).filter(|letter| !letter.is_whitespace()).collect();
            let before: String = before.chars().rev().collect();
            let before = before.strip_suffix("format!(").unwrap_or(&before);
            if [".hint(", "hints.push(", "lethint="].iter().any(|call| before.ends_with(call)) {
                hints.push((format!("{}:{}", source.path, literal.line), literal.text.clone()));
            }
        }
    }
    for folder in ["tests/cli", "tests/secrets", "tests/git", "tests/minikube"] {
        for source in sources(folder) {
            for literal in &source.literals {
                if literal.before.ends_with("str![[") || literal.before.ends_with("str![") {
                    let place = format!("{}:{}", source.path, literal.line);
                    hints.extend(shown(&literal.text).into_iter().map(|hint| (place.clone(), hint)));
                }
            }
        }
    }
    hints
}

/// The hints in a snapshot of a message or of a document.
fn shown(snapshot: &str) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    let (mut in_hint, mut in_list) = (false, false);
    for line in snapshot.lines() {
        if let Some(text) = repair(line) {
            hints.push(text.to_owned());
            in_hint = false;
            continue;
        }
        if let Some(text) = line.strip_prefix("hint: ") {
            hints.push(text.to_owned());
            in_hint = true;
            continue;
        }
        if let Some(text) = line.strip_prefix("  tip: ") {
            hints.push(text.replace('\'', "`"));
            in_hint = false;
            continue;
        }
        if let (true, Some(more)) = (in_hint, line.strip_prefix("  ")) {
            let last = hints.last_mut().unwrap();
            last.push('\n');
            last.push_str(more);
            continue;
        }
        in_hint = false;
        let item = line.trim().trim_end_matches(',');
        if in_list && item.starts_with('"') {
            // A document shows clap's tips with its quotes.
            hints.push(serde_json::from_str::<String>(item).unwrap().replace('\'', "`"));
        }
        in_list = (in_list && !item.starts_with(']')) || item == "\"hints\": [";
    }
    hints
}

/// Whether a pattern is a hint of the code, whatever its variables are called, or stands for a hint of a snapshot.
fn covers(pattern: &str, place: &str, hint: &str) -> bool {
    if place.starts_with("src/") { anonymous(pattern) == anonymous(hint) } else { matches(pattern, hint) }
}

/// A format string without the names of its variables.
fn anonymous(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "{}" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// What is missing of these rows for these hints.
fn missing(hints: &[(String, String)], rows: &[Row], words: &[(&'static str, &str)]) -> Vec<String> {
    let mut missing = Vec::new();
    for (place, hint) in hints {
        let known = rows.iter().map(|row| row.hint).chain(words.iter().map(|(hint, _)| *hint));
        if !known.into_iter().any(|pattern| covers(pattern, place, hint)) {
            missing.push(format!("{place}: no row in xtask/tests/hints carries out `{hint}`"));
        }
    }
    for row in rows {
        if !hints.iter().any(|(place, hint)| covers(row.hint, place, hint)) {
            missing.push(format!("no code has the hint of the row `{}`", row.hint));
        }
        for (index, action) in actions(row.hint).iter().enumerate() {
            let done = rows.iter().filter(|other| other.hint == row.hint).any(|other| other.carries_out(index));
            if !done {
                missing.push(format!("no row carries out action {index} of `{}`: {action:?}", row.hint));
            }
        }
    }
    for (words, _) in words {
        if actions(words).iter().any(|action| matches!(action, Action::Run(_))) {
            missing.push(format!("`{words}` is a command and needs a row"));
        }
        if !hints.iter().any(|(place, hint)| covers(words, place, hint)) {
            missing.push(format!("no code has the hint `{words}`"));
        }
    }
    missing
}

impl Row {
    fn carries_out(&self, index: usize) -> bool {
        let acts = |step: &Step| matches!(step, Step::Act(number) if *number == index);
        self.ways.is_empty() || self.ways.iter().any(|way| way.iter().any(acts))
    }
}

#[test]
fn every_hint_is_carried_out() {
    let hints = hints();
    assert!(hints.len() > 150, "only {} hints were found", hints.len());
    let missing = missing(&hints, &rows(), &WORDS);
    let all: std::collections::BTreeSet<&String> = missing.iter().collect();
    assert!(missing.is_empty(), "{} problems:\n{}", all.len(), all.into_iter().cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_is_missing_is_found() {
    let hint = |text: &str| vec![("x.rs:1".to_owned(), text.to_owned())];
    let rows = || vec![crate::row::row("run `git a`, or `git {b}`", || panic!("not run")).way(&[0])];
    assert_eq!(missing(&hint("run `git a`, or `git c`"), &rows(), &[]).len(), 1, "the second action is left out");
    assert_eq!(missing(&hint("run `git x`"), &rows(), &[]).len(), 3);
    assert_eq!(missing(&[], &[], &[("ask the owner", "")]).len(), 1);
    assert_eq!(missing(&hint("run `git a`"), &[], &[("run `git a`", "")]).len(), 1, "a command is more than words");
}

#[test]
fn hints_of_snapshots_are_seen() {
    assert_eq!(shown("error: a\nhint: b\n  c\n\nhint: d\n  tip: e 'f'\n"), ["b\nc", "d", "e `f`"]);
    assert_eq!(
        shown("{\n  \"hints\": [\n    \"a \\\"b\\\"\",\n    \"c\"\n  ],\n  \"x\": [\n    \"d\"\n"),
        ["a \"b\"", "c"]
    );
}
