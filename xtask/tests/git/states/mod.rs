//! States in which readers of git can disagree, one row each: what xtask says is what `git status` says.
//!
//! The rows follow git's own documentation: of the index format, attributes, configuration, ignore rules, sparse
//! checkouts, submodules, replaced objects, and partial clones. A row is a script in a new repository with two commits
//! and the release tag v1.0.0 on the first; the last line that it prints is the folder to look at, `.` when it is
//! silent.

mod attributes;
mod files;
mod index;

use std::path::{Path, PathBuf};

use serde_json::Value;
use shown::printable;
use xtask::domain::repository_state::RepositoryState;
use xtask::domain::tagging::release_of_git_tag;
use xtask::effects::git;
use xtask::effects::runner;

use crate::repository::{Repo, tag_of};
use attributes::{ATTRIBUTES, CRLF, RULES, SETTINGS};
use files::{FILES, REPOSITORIES, SUBMODULE};
use index::{INDEX, LEFT_OUT, SPARSE};

/// A state by name, and the script that makes it.
type State = (&'static str, &'static str);

fn tables() -> [(&'static str, &'static [State]); 6] {
    [
        ("index", INDEX),
        ("attributes", ATTRIBUTES),
        ("settings", SETTINGS),
        ("left out", LEFT_OUT),
        ("repositories", REPOSITORIES),
        ("files", FILES),
    ]
}

/// Makes a state; the folder to look at.
fn make(script: &str) -> (Repo, PathBuf) {
    let repo = Repo::new();
    repo.commit("second");
    let words = [("CRLF", CRLF), ("RULES", RULES), ("SPARSE", SPARSE), ("SUBMODULE", SUBMODULE)];
    let script = words.into_iter().fold(script.to_owned(), |script, (word, text)| match script.strip_prefix(word) {
        Some(rest) => format!("{text}{rest}"),
        None => script.replace(&format!(" {word} "), &format!(" {text} ")),
    });
    let output = repo.command("sh").args(["-e", "-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    let folder = said.lines().last().filter(|line| line.starts_with("../")).unwrap_or(".").to_owned();
    let path = repo.path.join(folder).canonicalize().unwrap();
    (repo, path)
}

/// The names that git lists, in its order.
fn listed(repo: &Repo, path: &Path) -> Vec<String> {
    let status = ["--no-optional-locks", "status", "--porcelain", "-z", "--untracked-files=normal", "--no-renames"];
    let output = repo.command("git").current_dir(path).args(status).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let entries = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries.map(|entry| printable(&entry[3..])).collect()
}

fn sorted(mut state: RepositoryState) -> RepositoryState {
    state.releases.sort();
    state
}

/// What is wrong in a state, if anything is.
fn judge(name: &str, script: &str) -> Vec<String> {
    let (repo, path) = make(script);
    let index = git_dir(&repo, &path).join("index");
    let before = std::fs::read(&index).ok();
    let mut wrong = Vec::new();
    // With nothing of this machine's settings, as a program.
    let output = repo.tags().current_dir(&path).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = document["error"]["problems"][0]["message"].clone();
    // As a library, each reader on its own.
    let runner = runner::below(&path);
    let release_of = |name: &str| release_of_git_tag(name, "v");
    let chosen = git::state(&runner, &path, &release_of).map(sorted);
    let program = git::state_by_program(&runner, &path, &release_of).map(sorted);
    match (&chosen, &program) {
        (Ok(chosen), Ok(program)) if chosen == program => {}
        (chosen, program) => wrong.push(format!("{name}: {chosen:?} is not {program:?}")),
    }
    if before != std::fs::read(&index).ok() {
        wrong.push(format!("{name}: the index was written"));
    }
    let mut names = listed(&repo, &path);
    let running = chosen
        .as_ref()
        .is_ok_and(|state| state.changes.first().is_some_and(|first| first.starts_with("an unfinished")));
    if running {
        names.insert(0, chosen.unwrap().changes[0].clone());
    }
    if document["error"].is_null() {
        if document["dirty"] != !names.is_empty() || document["changes"] != serde_json::json!(names) {
            wrong.push(format!("{name}: {} {}, git has {names:?}", document["dirty"], document["changes"]));
        }
        if tag_of(&document).strip_suffix(".dirty").is_some() == names.is_empty() {
            wrong.push(format!("{name}: {}", tag_of(&document)));
        }
    } else if !said.as_str().unwrap().starts_with("cannot determine the version") {
        wrong.push(format!("{name}: {said}"));
    }
    wrong
}

fn git_dir(repo: &Repo, path: &Path) -> PathBuf {
    let output = repo.command("git").current_dir(path).args(["rev-parse", "--absolute-git-dir"]).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

#[track_caller]
fn hold(table: &str) {
    let (_, states) = tables().into_iter().find(|(name, _)| *name == table).unwrap();
    let wrong: Vec<String> = states.iter().flat_map(|(name, script)| judge(name, script)).collect();
    assert!(wrong.is_empty(), "{} of {} states:\n{}", wrong.len(), states.len(), wrong.join("\n"));
}

#[test]
fn forms_and_marks_of_the_index() {
    hold("index");
}

#[test]
fn attributes() {
    hold("attributes");
}

#[test]
fn settings() {
    hold("settings");
}

#[test]
fn what_is_left_out_and_what_was_copied() {
    hold("left out");
}

#[test]
fn other_repositories_and_objects() {
    hold("repositories");
}

#[test]
fn files_of_every_kind() {
    hold("files");
}
