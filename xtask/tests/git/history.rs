//! The commits of a release, as git lists them for paths.

use std::process::{Command, Stdio};

use xtask::domain::release::commits::ReleasedCommit;
use xtask::effects::{git, runner};

use crate::repository::Repo;

fn commits(repo: &Repo, base: Option<&str>, paths: &[&str]) -> Vec<ReleasedCommit> {
    git::commits_since(&runner::below(&repo.path), &repo.path, base, paths).unwrap()
}

fn subjects(repo: &Repo, base: Option<&str>, paths: &[&str]) -> Vec<String> {
    commits(repo, base, paths).iter().map(|commit| commit.text().subject).collect()
}

fn change(repo: &Repo, path: &str, message: &str) {
    let path = repo.path.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, message).unwrap();
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message", message]);
}

#[test]
fn commits_of_paths_are_listed_from_a_base() {
    let repo = Repo::new();
    change(&repo, "a/x", "first of a");
    change(&repo, "b/x", "first of b");
    change(&repo, "other/a/x", "elsewhere");
    change(&repo, "a/y", "second of a\n\nBREAKING CHANGE: it\nis");
    assert_eq!(subjects(&repo, Some("v1.0.0"), &["a"]), ["second of a", "first of a"]);
    assert_eq!(subjects(&repo, Some("v1.0.0"), &["b", "a"]), ["second of a", "first of b", "first of a"]);
    assert_eq!(subjects(&repo, None, &["a"]), ["second of a", "first of a", "first"]);
    assert_eq!(subjects(&repo, Some("HEAD"), &["a"]), Vec::<String>::new());
    assert_eq!(subjects(&repo, Some("v1.0.0"), &["missing"]), Vec::<String>::new());
    assert_eq!(subjects(&repo, Some("v1.0.0"), &[]), Vec::<String>::new());
    let newest = &commits(&repo, Some("v1.0.0"), &["a"])[0];
    assert_eq!(newest.hash, repo.git(&["rev-parse", "HEAD"]).trim());
    assert_eq!(newest.message, b"second of a\n\nBREAKING CHANGE: it\nis\n");
    let error = git::commits_since(&runner::below(&repo.path), &repo.path, Some("missing"), &["a"]).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn merges_are_left_out_and_their_branches_are_not() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "side"]);
    change(&repo, "a/side", "on a side branch");
    repo.git(&["switch", "--quiet", "main"]);
    change(&repo, "a/main", "on main");
    repo.git(&["merge", "--quiet", "--no-ff", "--message", "a merge", "side"]);
    repo.git(&["switch", "--quiet", "--create", "lost", "v1.0.0"]);
    change(&repo, "a/lost", "merged without its changes");
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--strategy", "ours", "--message", "another merge", "lost"]);
    let mut found = subjects(&repo, Some("v1.0.0"), &["a"]);
    found.sort();
    assert_eq!(found, ["merged without its changes", "on a side branch", "on main"]);
}

#[test]
fn settings_and_names_change_nothing() {
    let repo = Repo::new();
    change(&repo, "a[b]*/x", "with brackets");
    change(&repo, "ab/x", "no pattern");
    change(&repo, ":(top)/x", "with magic");
    std::fs::write(repo.path.join(".mailmap"), "X <x@example.org> <y@example.org>\n").unwrap();
    for (key, value) in [
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("log.decorate", "full"),
        ("log.showRoot", "true"),
        ("log.abbrevCommit", "true"),
        ("log.diffMerges", "first-parent"),
        ("color.ui", "always"),
        ("format.pretty", "oneline"),
        ("format.notes", "*"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
        ("core.pager", "false"),
        ("diff.renames", "copies"),
    ] {
        repo.git(&["config", key, value]);
    }
    repo.git(&["notes", "add", "--message", "a note", "HEAD"]);
    assert_eq!(subjects(&repo, Some("v1.0.0"), &["a[b]*"]), ["with brackets"]);
    assert_eq!(subjects(&repo, Some("v1.0.0"), &[":(top)"]), ["with magic"]);
}

#[test]
fn messages_in_another_encoding_become_utf8() {
    let repo = Repo::new();
    std::fs::write(repo.path.join("a/x"), "x").unwrap();
    repo.git(&["add", "--all"]);
    std::fs::write(repo.beside("message"), b"caf\xe9\n").unwrap();
    let message = repo.beside("message");
    let message = message.to_str().unwrap();
    repo.git(&["-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--file", message]);
    assert_eq!(subjects(&repo, Some("v1.0.0"), &["a"]), ["caf\u{e9}"]);
    // A commit that says nothing about its encoding keeps its bytes.
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let parent = repo.git(&["rev-parse", "v1.0.0^{commit}"]);
    let (tree, parent) = (tree.trim(), parent.trim());
    let raw = [
        format!(
            "tree {tree}\nparent {parent}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\n"
        )
        .as_bytes(),
        b"fix: caf\xe9\n",
    ]
    .concat();
    std::fs::write(repo.beside("commit"), raw).unwrap();
    let input = Stdio::from(std::fs::File::open(repo.beside("commit")).unwrap());
    let mut made = Command::new("git");
    made.args(["hash-object", "-t", "commit", "-w", "--stdin"]).stdin(input);
    let made = made.current_dir(&repo.path).output().unwrap();
    assert!(made.status.success());
    repo.git(&["reset", "--quiet", "--hard", String::from_utf8(made.stdout).unwrap().trim()]);
    assert_eq!(commits(&repo, Some("v1.0.0"), &["a"])[0].message, b"fix: caf\xe9\n");
}
