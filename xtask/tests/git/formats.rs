//! Repositories that libgit2 cannot open, shallow ones, and those of somebody else.

use std::io::Write;

use crate::repository::{Repo, document, error_of, exists, tag_of};

/// A clone with options; file:// so that git does not just link the objects.
fn clone(repo: &Repo, options: &[&str]) -> Repo {
    let url = format!("file://{}", repo.path.display());
    let path = repo.beside("clone");
    repo.git(&[&["clone", "--quiet"], options, &[&url, path.to_str().unwrap()]].concat());
    Repo::at(path)
}

#[test]
fn a_shallow_clone() {
    let repo = Repo::new();
    repo.commit("second");
    let shallow = clone(&repo, &["--depth", "1"]);
    let expected = "cannot determine the version: this is a shallow clone without a release tag on HEAD";
    assert_eq!(shallow.error(), expected);
    shallow.declare("1.5.0");
    let document = document(&mut shallow.tags());
    assert_eq!(tag_of(&document), "1.5.0-main");
    let note = "this is a shallow clone: release tags in the history that was cut off are not seen; \
                fetch it with `git fetch --unshallow --tags origin`";
    assert_eq!(document["notes"][0], note);
}

#[test]
fn a_shallow_clone_with_a_release_tag_on_head() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["tag", "v1.1.0"]);
    let shallow = clone(&repo, &["--depth", "1"]);
    assert_eq!(shallow.tag(), "1.1.0");
    shallow.git(&["switch", "--quiet", "--create", "topic"]);
    assert_eq!(shallow.tag(), "1.1.0-topic");
}

#[test]
fn a_worktree_of_a_shallow_clone() {
    let repo = Repo::new();
    repo.commit("second");
    let shallow = clone(&repo, &["--depth", "1"]);
    let path = repo.beside("linked");
    shallow.git(&["worktree", "add", "--quiet", "-b", "topic", path.to_str().unwrap()]);
    let linked = Repo::at(path);
    assert_eq!(linked.error(), "cannot determine the version: this is a shallow clone without a release tag on HEAD");
    linked.declare("2.0.0");
    assert_eq!(linked.tag(), "2.0.0-topic");
    linked.git(&["tag", "v1.9.0", "HEAD~1"]);
    assert_eq!(linked.tag(), "2.0.0-topic", "the walk ends where history was cut off");
}

#[test]
fn sha_256_object_names() {
    let repo = Repo::empty(&["--object-format=sha256"]);
    repo.commit("first");
    repo.git(&["tag", "--annotate", "v1.0.0", "--message", "x"]);
    assert_eq!(repo.tag(), "1.0.0");
    repo.commit("second");
    assert_eq!(repo.tag(), "1.0.0-main");
    repo.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(repo.tag(), format!("1.0.0-{}", repo.short()));
    std::fs::write(repo.path.join("new"), "x").unwrap();
    assert_eq!(repo.tag(), format!("1.0.0-{}.dirty", repo.short()));
}

#[test]
fn the_git_program_tells_a_branch_without_commits_from_a_broken_one() {
    let repo = Repo::empty(&["--object-format=sha256"]);
    assert_eq!(repo.error(), "branch `main` has no commit yet");
    let reference = repo.path.join(".git/refs/heads/main");
    for broken in ["1".repeat(64), "no object name".to_owned()] {
        std::fs::write(&reference, format!("{broken}\n")).unwrap();
        let error = repo.error();
        assert!(error.starts_with("HEAD of the git repository leads to something that is not there"), "{error}");
    }
}

#[test]
fn a_folder_below_the_top_is_read_by_the_git_program_like_the_top() {
    let repo = Repo::empty(&["--object-format=sha256"]);
    repo.commit("first");
    repo.git(&["tag", "v1.0.0"]);
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        repo.path.to_str().unwrap(),
        "vendor",
    ]);
    repo.git(&["commit", "--quiet", "--message", "vendor"]);
    repo.git(&["submodule", "--quiet", "deinit", "vendor"]);
    std::fs::copy(repo.path.join("taskflow.toml"), repo.path.join("a/taskflow.toml")).unwrap();
    let document = document(repo.tags().current_dir(repo.path.join("a")));
    assert_eq!(document["changes"], serde_json::json!(["a/taskflow.toml"]));
    let note = "submodule `vendor` is not checked out: its files are missing from what is built";
    assert_eq!(document["notes"][0], note);
}

#[test]
fn a_partial_clone() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = clone(&repo, &["--filter=blob:none"]);
    assert!(exists(&partial.path.join(".git")));
    assert_eq!(partial.tag(), "1.0.0-main");
    // The form in which git itself records it when several remotes promise objects.
    partial.git(&["config", "core.repositoryformatversion", "1"]);
    partial.git(&["config", "extensions.partialClone", "origin"]);
    assert_eq!(partial.tag(), "1.0.0-main");
}

#[test]
fn references_in_tables() {
    let known = Repo::empty(&[]).try_git(&["init", "--quiet", "--ref-format=reftable", "probe"]).status.success();
    if known {
        let repo = Repo::empty(&["--ref-format=reftable"]);
        repo.commit("first");
        repo.git(&["tag", "v1.0.0"]);
        assert_eq!(repo.tag(), "1.0.0");
        return;
    }
    let mut stderr = std::io::stderr();
    let _unheard = writeln!(stderr, "SKIPPED a repository with references in tables: this git cannot make one");
    // This git does not know the format, as libgit2 does not: both are named, with the remedy.
    let repo = Repo::new();
    repo.git(&["config", "core.repositoryformatversion", "1"]);
    repo.git(&["config", "extensions.refStorage", "reftable"]);
    let error = repo.error();
    assert!(error.starts_with("libgit2 cannot read the git repository at"), "{error}");
    assert!(error.contains("and the git program cannot either: "), "{error}");
}

#[test]
fn without_a_git_program_the_reason_is_named() {
    let repo = Repo::empty(&["--object-format=sha256"]);
    repo.commit("first");
    let error = error_of(repo.tags().env("PATH", "/nonexistent"));
    assert!(error.contains("`git` is not installed or not on PATH"), "{error}");
}

#[test]
fn a_repository_of_somebody_else() {
    let repo = Repo::new();
    // Only root can give a folder away; anybody else's own repository cannot be somebody else's.
    let given_away = repo.command("chown").args(["-R", "12345", "."]).status().unwrap().success();
    if !given_away {
        assert_eq!(repo.tag(), "1.0.0");
        return;
    }
    let error = repo.error();
    assert!(error.ends_with("belongs to another user"), "{error}");
    let config = repo.beside("gitconfig");
    std::fs::write(&config, format!("[safe]\n\tdirectory = {}\n", repo.path.display())).unwrap();
    // By the variable that only git reads, and by the file that libgit2 reads, too.
    let trusted = document(repo.tags().env("GIT_CONFIG_GLOBAL", &config));
    assert_eq!(tag_of(&trusted), "1.0.0");
    std::fs::rename(config, repo.beside(".gitconfig")).unwrap();
    let trusted = document(repo.tags().env_remove("GIT_CONFIG_GLOBAL").env("HOME", repo.beside("")));
    assert_eq!(tag_of(&trusted), "1.0.0");
}
