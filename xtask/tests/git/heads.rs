//! Where HEAD points: branches of any name, commits, nothing yet, something broken, other working trees.

use std::collections::HashMap;

use crate::repository::{Repo, bytes, document, tag_of};

#[test]
fn a_branch_ahead_of_a_release() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--create", "kubernetes"]);
    repo.commit("second");
    assert_eq!(repo.tag(), "1.0.0-kubernetes");
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit("third");
    assert_eq!(repo.tag(), "1.0.0-main", "the default branch, too, has its name in the tag");
}

#[test]
fn no_commit_yet() {
    let repo = Repo::empty(&[]);
    assert_eq!(repo.error(), "branch `main` has no commit yet");
}

#[test]
fn an_orphan_branch() {
    let repo = Repo::new();
    repo.git(&["switch", "--quiet", "--orphan", "fresh"]);
    let config = "schema = 1\n[project]\nname = \"t\"\nversion = \"1.0.0\"\n[component.a]\ncontext = \"a\"\n";
    std::fs::write(repo.path.join("taskflow.toml"), config).unwrap();
    assert_eq!(repo.error(), "branch `fresh` has no commit yet");
}

#[test]
fn detached() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(repo.tag(), format!("1.0.0-{}", repo.short()));
}

#[test]
fn a_branch_name_that_is_not_text() {
    let repo = Repo::new();
    repo.commit("second");
    let switched = repo.command("git").args(["switch", "--quiet", "--create"]).arg(bytes(b"caf\xe9")).status().unwrap();
    assert!(switched.success());
    let document = document(&mut repo.tags());
    assert_eq!(tag_of(&document), "1.0.0-caf-dafd66c0");
    assert_eq!(document["notes"][0], r"branch `caf\xe9` is `caf-dafd66c0` in tags");
    // The same by name, from another branch.
    repo.git(&["switch", "--quiet", "main"]);
    let asked = crate::repository::document(repo.tags().arg("--branch").arg(bytes(b"caf\xe9")));
    assert_eq!(tag_of(&asked), "1.0.0-caf-dafd66c0");
}

#[test]
fn names_that_a_shell_or_an_option_parser_would_act_on() {
    let repo = Repo::new();
    repo.commit("second");
    for name in ["$(touch${IFS}planted)", "`id`", "a;b", "--json", "-n", "%s%n", "a'b\"c", "@{-1}", "a|b", "a&b"] {
        // By option, whatever git itself thinks of the name.
        let tag = tag_of(&document(repo.tags().arg(format!("--branch={name}"))));
        assert!(
            tag.starts_with("1.0.0-") && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)),
            "{tag}"
        );
        let separate = tag_of(&document(repo.tags().args(["--branch", name])));
        assert_eq!(separate, tag);
        // As HEAD, where git takes it.
        let made = repo.try_git(&["update-ref", &format!("refs/heads/{name}"), "HEAD"]);
        if made.status.success() {
            repo.git(&["symbolic-ref", "HEAD", &format!("refs/heads/{name}")]);
            assert_eq!(repo.tag(), tag, "{name}");
            repo.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
        }
    }
    assert!(!repo.path.join("planted").exists());
}

/// Names that are long, signed, in upper case, or that look like another form of tag.
const NAMES: [&str; 21] = [
    "Jane/Issue200",
    "feature-#6-x",
    "feat/x",
    "feat_x",
    "feat-x",
    "feat.x",
    "MAIN",
    "main",
    "Main",
    "release/1.0",
    "release-1.0",
    "release.1.0",
    "pr-12",
    "PR-12",
    "g0123456789ab",
    "main.dirty",
    "main/dirty",
    "x y",
    "x  y",
    "latest",
    "gh-readonly-queue/main/pr-104",
];

#[test]
fn names_of_every_kind_give_valid_tags_that_differ() {
    let repo = Repo::new();
    repo.commit("second");
    let long = "a".repeat(79);
    let queue = |number: &str, digits: &str| format!("gh-readonly-queue/main/pr-{number}-{}", digits.repeat(20));
    let made = [format!("{long}b"), format!("{long}c"), queue("104", "7e"), queue("104", "e7"), queue("105", "7e")];
    let mut taken = HashMap::new();
    for name in NAMES.map(str::to_owned).into_iter().chain(made) {
        let tag = tag_of(&document(repo.tags().arg(format!("--branch={name}"))));
        assert!(is_valid(&tag), "{name} gives {tag}");
        if let Some(other) = taken.insert(tag.clone(), name.clone()) {
            panic!("{name} and {other} both give {tag}");
        }
    }
}

/// Docker's rule for tags, and Kubernetes' limit for the values of labels.
fn is_valid(tag: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    tag.len() <= 63 && tag.bytes().all(sign) && !tag.starts_with(['.', '-'])
}

#[test]
fn a_merge_queue_on_a_detached_head_shows_its_branch_and_number() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["switch", "--quiet", "--detach"]);
    let head = repo.head();
    for (base, shown, number) in
        [("main", "main", "pr-104"), ("main", "main", "pr-7"), ("v2/main", "v2-main", "pr-1045")]
    {
        for digits in ["7e", "00", "a1"] {
            let name = format!("gh-readonly-queue/{base}/{number}-{}", digits.repeat(20));
            let mut tags = repo.tags();
            tags.env("GITHUB_ACTIONS", "true").env("CI", "true").env("GITHUB_EVENT_NAME", "merge_group");
            tags.env("GITHUB_SHA", &head).env("GITHUB_REF", format!("refs/heads/{name}")).env("GITHUB_REF_NAME", &name);
            let tag = tag_of(&document(&mut tags));
            assert!(is_valid(&tag), "{name} gives {tag}");
            let (readable, hash) = tag.rsplit_once('-').unwrap();
            assert_eq!(hash.len(), 8, "{tag}");
            assert!(readable.contains(&format!("{shown}-{number}")), "{name} gives {tag}");
        }
    }
}

#[test]
fn a_head_that_leads_nowhere() {
    let repo = Repo::new();
    let missing = "1111111111111111111111111111111111111111";
    std::fs::write(repo.path.join(".git/refs/heads/main"), format!("{missing}\n")).unwrap();
    let error = repo.error();
    assert!(error.starts_with("HEAD of the git repository leads to something that is not there"), "{error}");
}

#[test]
fn a_linked_worktree() {
    let repo = Repo::new();
    repo.commit("second");
    let path = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "topic", path.to_str().unwrap()]);
    assert_eq!(Repo::at(path).tag(), "1.0.0-topic");
    assert_eq!(repo.tag(), "1.0.0-main");
}

#[test]
fn a_linked_worktree_with_relative_paths() {
    let repo = Repo::new();
    repo.commit("second");
    let path = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "topic", path.to_str().unwrap()]);
    // What `git worktree add --relative-paths` of git 2.48 writes.
    repo.git(&["config", "core.repositoryformatversion", "1"]);
    repo.git(&["config", "extensions.relativeWorktrees", "true"]);
    std::fs::write(path.join(".git"), "gitdir: ../repo/.git/worktrees/linked\n").unwrap();
    std::fs::write(repo.path.join(".git/worktrees/linked/gitdir"), "../../../../linked/.git\n").unwrap();
    assert_eq!(Repo::at(path).tag(), "1.0.0-topic");
}

#[test]
fn a_branch_named_like_a_tag() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["switch", "--quiet", "--create", "v1.0.0"]);
    let tag = repo.tag();
    assert!(tag.starts_with("1.0.0-v1-0-0-"), "{tag}");
}

#[test]
fn the_default_branch_of_the_remote() {
    let repo = Repo::new();
    repo.git(&["branch", "--move", "trunk"]);
    assert_eq!(repo.tag(), "1.0.0-trunk");
    let clone = repo.beside("clone");
    repo.git(&["clone", "--quiet", repo.path.to_str().unwrap(), clone.to_str().unwrap()]);
    assert_eq!(Repo::at(clone).tag(), "1.0.0", "origin/HEAD names `trunk`");
}

#[test]
fn not_a_repository_and_a_bare_one() {
    let repo = Repo::new();
    std::fs::rename(repo.path.join(".git"), repo.beside("away.git")).unwrap();
    assert!(repo.error().ends_with("is not inside a git repository"), "{}", repo.error());
    std::fs::rename(repo.beside("away.git"), repo.path.join(".git")).unwrap();
    repo.git(&["config", "core.bare", "true"]);
    assert!(repo.error().ends_with("has no working tree"), "{}", repo.error());
}
