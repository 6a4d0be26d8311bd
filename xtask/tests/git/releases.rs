//! Releases that a clone does not have or that HEAD does not reach, and the commands that the messages give.

use serde_json::Value;

use crate::repository::{Repo, document, tag_of};

/// A repository with release 1.2.0 and a history behind it.
fn released() -> Repo {
    let repo = Repo::empty(&[]);
    repo.commit("first");
    repo.git(&["tag", "v1.2.0"]);
    (0..20)
        .for_each(|number| drop(repo.git(&["commit", "--quiet", "--allow-empty", "--message", &number.to_string()])));
    assert_eq!(repo.tag(), "1.2.0-main");
    repo
}

fn clone(repo: &Repo, name: &str, options: &[&str]) -> Repo {
    let url = format!("file://{}", repo.path.display());
    let path = repo.beside(name);
    repo.git(&[&["clone", "--quiet"], options, &[&url, path.to_str().unwrap()]].concat());
    Repo::at(path)
}

/// Clones in which the release tag is out of sight.
fn blind_clones(repo: &Repo) -> Vec<(&'static str, Repo)> {
    let one = Repo::at(repo.beside("one"));
    std::fs::create_dir(&one.path).unwrap();
    one.git(&["init", "--quiet", "--initial-branch", "main"]);
    one.git(&["remote", "add", "upstream", &format!("file://{}", repo.path.display())]);
    one.git(&["fetch", "--quiet", "--no-tags", "--depth", "1", "upstream", "main"]);
    one.git(&["checkout", "--quiet", "FETCH_HEAD"]);
    vec![
        ("shallow", clone(repo, "shallow", &["--depth", "5", "--no-single-branch"])),
        ("without tags", clone(repo, "tagless", &["--no-tags"])),
        ("without tags, another name", clone(repo, "named", &["--no-tags", "--origin", "upstream"])),
        ("both", clone(repo, "both", &["--depth", "5", "--no-tags"])),
        ("one commit, detached", one),
    ]
}

/// The first command in backticks of a text.
fn command(text: &str) -> &str {
    text.split('`').nth(1).unwrap()
}

fn follow(repo: &Repo, command: &str) {
    let output = repo.command("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

fn failed(repo: &Repo) -> Value {
    let output = repo.tags().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["error"]["problems"][0].take()
}

#[test]
fn a_clone_without_the_release_tag_is_refused_with_the_command_that_gets_it() {
    let repo = released();
    for (what, clone) in blind_clones(&repo) {
        let hint = failed(&clone)["hints"][0].as_str().unwrap().to_owned();
        assert!(!hint.contains("git tag"), "{what}: {hint}");
        follow(&clone, command(&hint));
        assert_eq!(tag_of(&document(&mut clone.tags())).split('-').next(), Some("1.2.0"), "{what}: {hint}");
    }
}

/// The command of the first note that gives one.
fn remedy(document: &Value) -> Option<String> {
    let notes = document["notes"].as_array().unwrap().iter();
    notes
        .filter_map(|note| note.as_str().unwrap().split("with `").nth(1))
        .map(|rest| command(&format!("`{rest}")).to_owned())
        .next()
}

#[test]
fn a_clone_without_the_release_tag_and_with_a_version_gets_a_note_that_ends_when_it_is_followed() {
    let repo = released();
    for (what, clone) in blind_clones(&repo) {
        clone.declare("1.0.0");
        let before = document(&mut clone.tags());
        assert!(tag_of(&before).starts_with("1.0.0-"), "{what}: {before}");
        assert!(remedy(&before).is_some(), "{what}: {before}");
        // A clone can hide tags for two reasons; each note goes away when it is followed.
        while let Some(command) = remedy(&document(&mut clone.tags())) {
            follow(&clone, &command);
            assert_ne!(remedy(&document(&mut clone.tags())), Some(command), "{what}");
        }
        let after = document(&mut clone.tags());
        assert!(tag_of(&after).starts_with("1.2.0-"), "{what}: {after}");
        let expected = "taskflow.toml says version 1.0.0, the release tag 1.2.0 is higher and is used";
        assert_eq!(after["notes"], serde_json::json!([expected]), "{what}");
    }
}

#[test]
fn a_second_remote_whose_tags_are_not_wanted_is_no_reason_for_a_note() {
    let repo = released();
    let clone = clone(&repo, "clone", &[]);
    clone.git(&["remote", "add", "--no-tags", "fork", "https://example.org/fork.git"]);
    let document = document(&mut clone.tags());
    assert_eq!((tag_of(&document).as_str(), &document["notes"]), ("1.2.0-main", &serde_json::json!([])));
}

/// A release on a branch of its own, and one commit more on `main`.
fn beside_main() -> Repo {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "release"]);
    repo.commit("released");
    repo.git(&["tag", "v1.25.0"]);
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit("second");
    repo
}

/// The notes on the version, by what they say about 1.25.0.
fn names_it(repo: &Repo, extra: &[&str]) -> (String, bool) {
    let document = document(repo.tags().args(extra));
    let named = document["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("v1.25.0"));
    (tag_of(&document), named)
}

#[test]
fn the_default_branch_names_a_higher_release_that_it_does_not_contain() {
    let repo = beside_main();
    assert_eq!(names_it(&repo, &[]), ("1.0.0-main".to_owned(), true), "never merged");
    repo.git(&["merge", "--quiet", "--squash", "release"]);
    repo.git(&["commit", "--quiet", "--message", "squashed"]);
    assert_eq!(names_it(&repo, &[]), ("1.0.0-main".to_owned(), true), "merged as one new commit");
    repo.git(&["switch", "--quiet", "--create", "topic"]);
    assert_eq!(names_it(&repo, &[]), ("1.0.0-topic".to_owned(), false), "another branch has higher ones beside it");
    assert_eq!(names_it(&repo, &["--branch", "main"]), ("1.0.0-main".to_owned(), true), "the branch that is asked for");
    repo.git(&["switch", "--quiet", "--detach"]);
    assert!(!names_it(&repo, &[]).1, "detached");
}

#[test]
fn both_ways_that_the_note_gives_end_it() {
    let repo = beside_main();
    let note = document(&mut repo.tags())["notes"][0].as_str().unwrap().to_owned();
    let merge = note.split('`').find(|text| text.starts_with("git merge")).unwrap();
    follow(&repo, merge);
    assert_eq!(names_it(&repo, &[]), ("1.25.0-main".to_owned(), false));
    let repo = beside_main();
    repo.declare("1.25.0");
    assert_eq!(names_it(&repo, &[]), ("1.25.0-main".to_owned(), false));
}

#[test]
fn a_release_is_never_advised_below_one_that_is_out() {
    let repo = released();
    repo.git(&["switch", "--quiet", "--orphan", "fresh"]);
    std::fs::create_dir_all(repo.path.join("a")).unwrap();
    std::fs::write(repo.path.join("a/Dockerfile"), "FROM scratch\n").unwrap();
    std::fs::write(repo.path.join("taskflow.toml"), crate::repository::CONFIG).unwrap();
    repo.commit("fresh");
    let problem = failed(&repo).to_string();
    assert!(problem.contains("v1.2.0") && !problem.contains("1.0.0"), "{problem}");
    repo.declare("1.2.0");
    assert_eq!(repo.tag(), "1.2.0-fresh");
}
