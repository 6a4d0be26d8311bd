//! Ignore rules: what xtask takes for untracked is what git takes for it, whatever the rules are.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shown::printable;
use xtask::effects::git;
use xtask::effects::runner;

use crate::repository::{Repo, document, error_of};

/// A rule of names, and of names with one star.
fn plain_rule() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["a", "b", "x", "log", "sub", "a.log", "ab", "A", ".x", "keep"]);
    let path = prop::collection::vec(name(), 1..4).prop_map(|names| names.join("/"));
    let slash = || prop::sample::select(vec!["", "/"]);
    prop_oneof![
        (slash(), path, slash()).prop_map(|(before, path, after)| format!("{before}{path}{after}")),
        name().prop_map(|name| format!("*{name}")),
        name().prop_map(|name| format!("{name}*")),
    ]
}

/// A rule of every kind.
fn rule() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "x", "log", "sub", "A", ".", "-"]),
        6 => prop::sample::select(vec!["*", "?", "/", "/", "*.log", "a*"]),
        2 => prop::sample::select(vec!["**", "**/", "/**", "[ab]", "[!a]", "\\", "\\*", "!", "#", " ", "\t", "\r", "é"]),
    ];
    (prop::bool::weighted(0.15), prop::collection::vec(part, 1..5))
        .prop_map(|(negated, parts)| format!("{}{}", if negated { "!" } else { "" }, parts.concat()))
}

/// A path of the tree: up to three folders deep.
fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "x", "log", "sub", "a.log", "ab", "A", "a-b", ".x"]);
    prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"))
}

/// The rules of three files: plain ones in half of the cases.
fn rules() -> impl Strategy<Value = [Vec<String>; 3]> {
    let of = |rule: BoxedStrategy<String>| prop::array::uniform3(prop::collection::vec(rule, 0..5));
    prop_oneof![of(plain_rule().boxed()), of(rule().boxed())]
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    // A file can stand where a folder should be; then there is one file less.
    if path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()) && !path.is_dir() {
        let _taken = fs::write(path, text);
    }
}

fn git_says(repo: &Repo) -> Vec<String> {
    let output = repo.try_git(&["status", "--porcelain", "-z", "--no-renames"]);
    assert!(output.status.success());
    let entries = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries.map(|entry| printable(&entry[3..])).collect()
}

#[test]
fn what_is_ignored_is_what_git_ignores() {
    let repo = Repo::new();
    let (runner, tree) = (runner::below(&repo.path), repo.path.join("tree"));
    let exclude = repo.path.join(".git/info/exclude");
    fs::create_dir_all(exclude.parent().unwrap()).unwrap();
    let mut cases = TestRunner::new(Config { cases: 120, failure_persistence: None, ..Config::default() });
    let tracked = prop::collection::vec(path(), 0..3);
    let untracked = prop::collection::vec(path(), 1..7);
    let input = (rules(), tracked, untracked, prop::bool::ANY, prop::bool::ANY);
    let compared = cases.run(&input, |([outer, inner, own], mut tracked, untracked, committed, full)| {
        // A folder without a tracked file is git's to judge, so half of the cases have one in each.
        if full {
            let folders = untracked.iter().chain(&tracked).flat_map(|path| Path::new(path).ancestors().skip(1));
            tracked.extend(folders.map(|folder| folder.join("keep").display().to_string()).collect::<Vec<_>>());
        }
        repo.git(&["reset", "--quiet", "--hard", "v1.0.0"]);
        repo.git(&["clean", "--quiet", "-dffx"]);
        fs::write(&exclude, own.join("\n")).unwrap();
        for path in &tracked {
            write(&tree, path, "tracked");
        }
        if !tracked.is_empty() {
            repo.git(&["add", "--all", "--force"]);
            repo.git(&["commit", "--quiet", "--message", "tracked"]);
        }
        write(&repo.path, ".gitignore", &(outer.join("\n") + "\n"));
        write(&tree, "a/.gitignore", &inner.join("\n"));
        if committed {
            repo.git(&["add", "--force", ".gitignore"]);
            repo.git(&["commit", "--quiet", "--message", "rules"]);
        }
        for path in &untracked {
            write(&tree, path, "untracked");
        }
        let state = git::state(&runner, &repo.path, &|_| None).unwrap();
        prop_assert_eq!(state.changes, git_says(&repo), "{:?} {:?} {:?} {:?}", outer, inner, own, tracked);
        Ok(())
    });
    compared.unwrap();
}

/// Rules on which libgit2 1.9.7 ends its process: what negates has no name, and a rule with a wildcard stands above it.
const FATAL: [&str; 8] = [
    "[!a]?\n!\\\r\n?\n",
    "[!a]?\n!\\",
    "*x\n!//\n",
    "*x\n!/\\\r\n",
    "*x\n!\\/\n",
    "*x\n\r!//\n",
    "\u{feff}*x\n!//\n",
    "*x\n!//\n*\n!a\n",
];

/// Runs xtask, which must answer as git does, and without git refuse the file of this name.
fn survives(repo: &Repo, file: &str, what: &str) {
    let changes = document(&mut repo.tags())["changes"].clone();
    let changes: Vec<String> = serde_json::from_value(changes).unwrap();
    assert_eq!(changes, git_says(repo), "{what}");
    let error = error_of(repo.tags().env("PATH", "/nonexistent"));
    assert!(error.starts_with("only git can read line 2 of the ignore file `"), "{what}: {error}");
    assert!(error.contains(&format!("{file}`, and `git` is not installed")), "{what}: {error}");
}

#[test]
fn rules_that_end_libgit2_are_read_by_git_alone() {
    for file in [".gitignore", ".git/info/exclude", "vendor/.gitignore"] {
        let repo = Repo::new();
        if file.starts_with("vendor") {
            repo.git(&["clone", "--quiet", ".", "../library"]);
            let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "vendor"];
            repo.git(&add);
            repo.git(&["commit", "--quiet", "--message", "vendor"]);
        }
        for name in ["a/x", "b", "ax", "new"] {
            fs::write(repo.path.join(name), "untracked").unwrap();
        }
        fs::create_dir_all(repo.path.join(".git/info")).unwrap();
        for rules in FATAL {
            fs::write(repo.path.join(file), rules).unwrap();
            survives(&repo, file, &format!("{file}: {rules:?}"));
        }
        // Another doubt is found first, or the settings name the file.
        let kept = repo.beside("rules");
        fs::rename(repo.path.join(file), &kept).unwrap();
        repo.git(&["config", "core.excludesFile", kept.to_str().unwrap()]);
        survives(&repo, "/rules", file);
        fs::rename(&kept, repo.path.join(file)).unwrap();
        survives(&repo, file, "after another doubt");
    }
}
