//! Release tags: of every kind, on every side of the history, and what only looks like one.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use xtask::domain::git_name::{check_branch, check_tag_prefix};

use crate::repository::{Repo, document, reason_of};

#[test]
fn every_kind_of_tag_counts() {
    for kind in ["annotated", "lightweight", "tag of a tag", "packed", "bare form"] {
        let repo = Repo::empty(&[]);
        repo.commit("first");
        match kind {
            "annotated" => repo.git(&["tag", "--annotate", "v2.3.4", "--message", "x"]),
            "lightweight" => repo.git(&["tag", "v2.3.4"]),
            "tag of a tag" => {
                repo.git(&["tag", "--annotate", "inner", "--message", "x"]);
                repo.git(&["tag", "--annotate", "v2.3.4", "--message", "x", "inner"])
            }
            "packed" => {
                repo.git(&["tag", "--annotate", "v2.3.4", "--message", "x"]);
                repo.git(&["pack-refs", "--all"])
            }
            _ => repo.git(&["tag", "2.3.4"]),
        };
        assert_eq!(repo.tag(), "2.3.4", "{kind}");
        repo.git(&["switch", "--quiet", "--create", "topic"]);
        assert_eq!(repo.tag(), "2.3.4-topic", "{kind}");
        repo.commit("second");
        assert_eq!(repo.tag(), "2.3.4-topic", "{kind}");
    }
}

#[test]
fn the_highest_reachable_release_counts_not_the_nearest() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "hotfix"]);
    repo.commit("fix");
    repo.git(&["tag", "v1.0.1"]);
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit("feature");
    repo.git(&["tag", "v1.1.0"]);
    repo.git(&["merge", "--quiet", "--no-edit", "hotfix"]);
    repo.commit("more");
    assert_eq!(repo.tag(), "1.1.0-main");
    assert_eq!(reason_of(&document(&mut repo.tags())), "branch `main` (HEAD), version 1.1.0 from release tag `v1.1.0`");
}

#[test]
fn versions_are_compared_as_numbers_and_pre_releases_never_count() {
    let repo = Repo::new();
    for tag in ["v1.9.0", "v1.10.0", "v1.11.0-rc.1", "v2.0.0-alpha"] {
        repo.git(&["tag", tag]);
    }
    assert_eq!(repo.tag(), "1.10.0");
    repo.commit("second");
    assert_eq!(repo.tag(), "1.10.0-main");
}

#[test]
fn an_unreachable_release_does_not_count() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "next"]);
    repo.commit("next");
    repo.git(&["tag", "v2.0.0"]);
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit("second");
    assert_eq!(repo.tag(), "1.0.0-main");
}

#[test]
fn what_looks_like_a_release_tag_and_is_none() {
    let repo = Repo::empty(&[]);
    repo.commit("first");
    for tag in ["v1", "v1.0", "v01.0.0", "nightly", "a-v1.0.0", "a/v1.0.0", "v1.0.0+build", "latest"] {
        repo.git(&["tag", tag]);
    }
    repo.git(&["tag", "v3.0.0", "HEAD^{tree}"]);
    repo.git(&["tag", "--annotate", "v4.0.0", "--message", "blob", "HEAD:taskflow.toml"]);
    assert_eq!(repo.error(), "cannot determine the version: no release tag is reachable from HEAD");
    repo.declare("0.1.0");
    assert_eq!(repo.tag(), "0.1.0-main");
}

#[test]
fn another_prefix() {
    let repo = Repo::empty(&[]);
    let text = std::fs::read_to_string(repo.path.join("taskflow.toml")).unwrap();
    let text = text.replace("[component", "tag-prefix = \"release-\"\n[component");
    std::fs::write(repo.path.join("taskflow.toml"), text).unwrap();
    repo.commit("first");
    repo.git(&["tag", "release-5.0.0"]);
    // Other prefixes, and the bare form beside a prefix of its own, belong to something else.
    repo.git(&["tag", "v6.0.0"]);
    repo.git(&["tag", "7.0.0"]);
    assert_eq!(repo.tag(), "5.0.0");
}

#[test]
fn both_forms_on_different_commits() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["tag", "1.0.0"]);
    assert_eq!(repo.error(), "the release tags `1.0.0` and `v1.0.0` name different commits");
}

#[test]
fn a_release_tag_on_another_branch_than_the_default_one() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "topic"]);
    assert_eq!(repo.tag(), "1.0.0-topic");
    repo.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(repo.tag(), "1.0.0");
}

#[test]
fn a_declared_version_that_is_higher_or_lower() {
    let repo = Repo::new();
    repo.declare("1.2.0");
    assert_eq!(repo.tag(), "1.2.0-main");
    repo.git(&["tag", "v1.3.0"]);
    repo.commit("second");
    let document = document(&mut repo.tags());
    assert_eq!(document["notes"][0], "taskflow.toml says version 1.2.0, the release tag 1.3.0 is higher and is used");
}

#[test]
fn a_tag_name_that_is_not_text_is_passed_over() {
    let repo = Repo::new();
    let made = repo.command("git").arg("tag").arg(crate::repository::bytes(b"v9.9.9\xe9")).status().unwrap();
    assert!(made.success());
    assert_eq!(repo.tag(), "1.0.0");
}

/// Names from the characters and sequences that git's rules speak of.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/"),
        Just("."),
        Just("-"),
        Just(".lock"),
        Just("@"),
        Just("{"),
        Just("HEAD"),
        Just("\\"),
        Just(" "),
        Just("~"),
        Just("^"),
        Just(":"),
        Just("?"),
        Just("*"),
        Just("["),
        Just("\u{1}"),
        Just("\u{7f}"),
        Just("a"),
        Just("ö"),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

#[test]
fn names_are_refused_exactly_where_git_refuses_them() {
    let repo = Repo::new();
    let accepts = |args: &[&str]| repo.try_git(args).status.success();
    let mut runner = TestRunner::new(Config::with_cases(300));
    let compared = runner.run(&name(), |name| {
        let branch = accepts(&["check-ref-format", "--branch", &name]);
        prop_assert_eq!(check_branch(&name).is_ok(), branch, "branch {:?}", &name);
        // `git tag` has one rule more than the references that it makes.
        let tag = accepts(&["check-ref-format", &format!("refs/tags/{name}1.0.0")]) && !name.starts_with('-');
        prop_assert_eq!(check_tag_prefix(&name).is_ok(), tag, "prefix {:?}", &name);
        Ok(())
    });
    compared.unwrap();
}
