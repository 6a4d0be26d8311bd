//! Ignore rules: what xtask takes for untracked is what git takes for it, whatever the rules are.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use xtask::domain::text::printable;
use xtask::effects::git;
use xtask::effects::process::Runner;

use crate::repository::Repo;

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
    let (runner, tree) = (Runner::new(&repo.path), repo.path.join("tree"));
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
