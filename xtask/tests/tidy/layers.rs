//! The direction of the layers: main → cli → commands → context → effects and ui → domain, and who may use which library.

use crate::Finding;
use crate::paths::{CodePath, module_of, paths};
use crate::source::Source;

/// What a folder must not use: layers of ours, then paths and crates of others.
const FENCES: [(&str, &[&str], &[&str]); 7] = [
    (
        "domain/",
        &["effects", "ui", "context", "outcome", "workflows", "documents", "commands", "cli", "error"],
        &[
            "std::fs",
            "std::process",
            "std::env",
            "std::net",
            "std::thread",
            "std::os",
            "git2",
            "process::Runner",
            "process::signals",
            "xshell",
            "indicatif",
            "rustix",
            "anstream",
            "annotate_snippets",
            "console",
        ],
    ),
    ("effects/", &["ui", "context", "outcome", "workflows", "documents", "commands", "cli", "error"], &[]),
    (
        "ui/",
        &["effects", "context", "outcome", "workflows", "documents", "commands", "cli"],
        &["std::fs", "std::process", "std::env", "std::net", "process::Runner", "process::signals"],
    ),
    (
        "workflows/",
        &["ui", "outcome", "documents", "commands", "cli"],
        &["std::fs", "std::process", "std::env", "std::net"],
    ),
    (
        "documents/",
        &["effects", "ui", "context", "commands", "cli"],
        &["std::fs", "std::process", "std::env", "std::net"],
    ),
    (
        "context/",
        &["outcome", "workflows", "documents", "commands", "cli"],
        &["std::fs", "std::process", "std::env", "std::net"],
    ),
    ("commands/", &["commands"], &["std::fs", "std::process", "std::env", "std::net"]),
];

/// Libraries that belong to one place.
const HOMES: [(&str, &[&str]); 6] = [
    ("git2", &["effects/git"]),
    ("xshell", &["effects/fs.rs"]),
    ("rustix", &["effects/"]),
    ("indicatif", &["ui/"]),
    ("anstream", &["ui/"]),
    ("annotate_snippets", &["ui/"]),
];

/// Ways to print; clap prints its own messages in `main.rs`.
const PRINTING: [&str; 7] = ["println!", "print!", "eprintln!", "eprint!", "dbg!", "io::stdout", "io::stderr"];

/// Uses that break the direction.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let Some(path) = source.path.strip_prefix("xtask/src/") else { return Vec::new() };
    let (module, used) = (module_of(path), paths(source));
    let mut findings = Vec::new();
    let mut report = |line, rule: String| findings.push(Finding::new(&source.path, line, rule));
    for (folder, layers, others) in FENCES.iter().filter(|(folder, ..)| path.starts_with(folder)) {
        for used in &used {
            if let Some(name) = used.first_below_root().filter(|name| layers.contains(name)) {
                report(used.line, format!("`{folder}` does not use `{name}`"));
            }
            if let Some(other) = others.iter().find(|other| leads_into(used, other)) {
                report(used.line, format!("`{folder}` does not use `{other}`"));
            }
        }
    }
    if let [folder, command, ..] = module.as_slice()
        && folder == "commands"
    {
        for used in &used {
            let from_root = used.absolute(&module).unwrap_or_default();
            if from_root.first() == Some(folder) && from_root.get(1).is_some_and(|other| other != command) {
                report(used.line, "no command uses another one".to_owned());
            }
        }
    }
    for (library, homes) in HOMES {
        if !homes.iter().any(|home| path.starts_with(home)) {
            for used in used.iter().filter(|used| leads_into(used, library)) {
                report(used.line, format!("`{library}` belongs to {} only", homes.join(" and ")));
            }
        }
    }
    if !path.starts_with("ui/") {
        for (line, code) in source.lines() {
            if let Some(how) = PRINTING.iter().find(|how| has_word(code, how)) {
                report(line, format!("`{how}` belongs to ui/ only"));
            }
        }
    }
    findings
}

/// Whether a path is one of the standard library or a crate, or leads into it.
fn leads_into(used: &CodePath, other: &str) -> bool {
    let other: Vec<&str> = other.split("::").collect();
    used.names.len() >= other.len() && used.names.iter().zip(&other).all(|(name, other)| name == other)
}

fn is_word_end(text: &str) -> bool {
    text.ends_with(|character: char| character.is_alphanumeric() || character == '_')
}

/// Whether the text has this word with no letter right before it.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !is_word_end(&text[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<String> {
        check(&Source::read(&format!("xtask/src/{path}"), text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn bad_samples_are_found() {
        for (path, text) in [
            ("domain/x.rs", "use crate::effects::fs;"),
            ("domain/x/y.rs", "fn f() { super::super::ui::Ui }"),
            ("domain/x.rs", "use crate::{\n    domain::{a, b},\n    error::CliError,\n};"),
            ("domain/x.rs", "use std::fs;"),
            ("domain/x.rs", "use std::{fmt, env};"),
            ("domain/x.rs", "fn f() { std::process::id(); }"),
            ("domain/x.rs", "use git2::Oid;"),
            ("domain/x.rs", "use rustix;"),
            ("domain/x.rs", "use process::{Invocation, Runner};"),
            ("ui/x.rs", "process::signals::received()"),
            ("effects/x.rs", "use crate::ui::Ui;"),
            ("effects/x.rs", "use crate::commands::run;"),
            ("ui/x.rs", "use crate::effects::fs;"),
            ("ui/x.rs", "use super::commands;"),
            ("context/x.rs", "use crate::commands::x;"),
            ("commands/x.rs", "use std::fs::File;"),
            ("commands/x.rs", "use crate::commands::build;"),
            ("commands/x.rs", "use super::build;"),
            ("commands/x/y.rs", "fn f() { super::super::build::run() }"),
            ("workflows/x.rs", "use crate::ui::Ui;"),
            ("workflows/x.rs", "use crate::cli::BuildArgs;"),
            ("documents/x.rs", "use crate::effects::fs;"),
            ("effects/fs.rs", "use git2::Oid;"),
            ("effects/git/x.rs", "xshell::Shell::new()"),
            ("commands/x.rs", "anstream::eprintln!(a);"),
            ("effects/x.rs", "println!(a);"),
            ("main.rs", "std::io::stderr()"),
        ] {
            assert!(!rules(path, text).is_empty(), "{path}: {text}");
        }
    }

    #[test]
    fn good_samples_are_not() {
        for (path, text) in [
            ("domain/x.rs", "use crate::domain::{error_text, ui_name};\nuse std::fmt;"),
            ("domain/x.rs", "// use crate::effects::fs;\nlet a = \"std::fs and git2::x and println!\";"),
            ("domain/x.rs", "let x = libgit2::y; use std::time::Duration; use process::{Invocation, Masking};"),
            ("effects/git/x.rs", "use git2::Oid; use crate::domain::x;"),
            ("ui/x.rs", "eprintln!(a); use crate::domain::x;"),
            ("main.rs", "error.print();"),
            ("commands/x/y.rs", "use super::z; pub(in crate::commands) fn f() {}"),
            ("commands/x.rs", "use crate::{effects::fs, ui::Ui, error::CliError};"),
        ] {
            assert_eq!(rules(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn the_place_is_told() {
        let found = rules("domain/x.rs", "//! X.\n\nuse crate::ui::Ui;\n");
        assert_eq!(found, ["xtask/src/domain/x.rs:3: `domain/` does not use `ui`"]);
    }
}
