//! The tag that git's state gives: `tags`, and the same tag in `build`.

use snapbox::{IntoData, str};

use crate::harness::docker;
use crate::harness::sandbox::Sandbox;

/// The tag of `build`, which must say these words and nothing else.
#[track_caller]
fn tag(sandbox: &Sandbox, words: impl IntoData) -> String {
    sandbox.fake("docker", docker::builds_everything());
    let run = sandbox.xtask(&["build", "--dry-run", "--json"]).code(0).stderr(words);
    let tag = run.document()["tag"].as_str().unwrap().to_owned();
    let shown = sandbox.xtask(&["tags", "-q", "--json"]).code(0).document();
    assert_eq!(shown["components"][0]["tags"][0]["tag"], tag, "both commands decide the same tag");
    tag
}

#[test]
fn a_branch_gives_its_name() {
    let sandbox = Sandbox::new();
    assert_eq!(tag(&sandbox, ""), "1.0.0-main");
    sandbox.git(&["checkout", "--quiet", "-b", "kubernetes"]);
    assert_eq!(tag(&sandbox, ""), "1.0.0-kubernetes");
}

#[test]
fn a_branch_whose_name_changes_is_told() {
    let sandbox = Sandbox::new();
    sandbox.git(&["checkout", "--quiet", "-b", "feature/login"]);
    let told = str![[r#"
note: branch `feature/login` is `feature.login` in tags

"#]];
    assert_eq!(tag(&sandbox, told), "1.0.0-feature.login");
    sandbox.git(&["checkout", "--quiet", "-b", "fix_#12"]);
    let told = str![[r#"
note: branch `fix_#12` is `fix-12-949eb54b` in tags

"#]];
    // The first digits of `printf 'fix_#12' | sha256sum`.
    assert_eq!(tag(&sandbox, told), "1.0.0-fix-12-949eb54b");
}

#[test]
fn a_detached_head_gives_its_commit() {
    let sandbox = Sandbox::new();
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    // The run's text has the commit replaced.
    assert_eq!(tag(&sandbox, ""), "1.0.0-g[SHORT]");
    sandbox.write("frontend/new.txt", "");
    assert_eq!(tag(&sandbox, "note: the tree has changes: `frontend/new.txt`\n"), "1.0.0-g[SHORT].dirty");
    assert_eq!(sandbox.commit_id().len(), 40);
}

#[test]
fn a_release_tag_counts_on_the_default_branch_and_detached() {
    let sandbox = Sandbox::new();
    sandbox.git(&["tag", "--annotate", "v1.2.3", "--message=1.2.3"]);
    assert_eq!(tag(&sandbox, ""), "1.2.3");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(tag(&sandbox, ""), "1.2.3");
    sandbox.git(&["checkout", "--quiet", "-b", "next"]);
    let behind = str![[r#"
note: taskflow.toml says version 1.0.0, the release tag 1.2.3 is higher and is used

"#]];
    assert_eq!(tag(&sandbox, behind), "1.2.3-next");
}

#[test]
fn a_dirty_tree_is_no_release() {
    let sandbox = Sandbox::new();
    sandbox.git(&["tag", "v1.0.0"]);
    sandbox.write("frontend/new.txt", "");
    assert_eq!(tag(&sandbox, "note: the tree has changes: `frontend/new.txt`\n"), "1.0.0-main.dirty");
}

#[test]
fn reasons_are_told() {
    let sandbox = Sandbox::new();
    sandbox.xtask(&["tags"]).code(0).stderr("").stdout(str![[r#"
taskflow-frontend:1.0.0-main  branch `main` (HEAD), version 1.0.0 from taskflow.toml
taskflow-backend:1.0.0-main   branch `main` (HEAD), version 1.0.0 from taskflow.toml

"#]]);
    sandbox
        .xtask(&["tags", "backend", "--branch", "feature/x"])
        .code(0)
        .stderr(str![[r#"
note: branch `feature/x` is `feature.x` in tags

"#]])
        .stdout(str![[r#"
taskflow-backend:1.0.0-feature.x  branch `feature/x` (--branch), version 1.0.0 from taskflow.toml

"#]]);
    sandbox.git(&["tag", "v1.0.0"]);
    sandbox.xtask(&["tags", "backend"]).code(0).stderr("").stdout(str![[r#"
taskflow-backend:1.0.0  release tag `v1.0.0` at HEAD, clean tree

"#]]);
    sandbox.write("frontend/new.txt", "");
    sandbox
        .xtask(&["tags", "backend"])
        .code(0)
        .stderr(str![[r#"
note: the tree has changes: `frontend/new.txt`

"#]])
        .stdout(str![[r#"
taskflow-backend:1.0.0-main.dirty  branch `main` (HEAD), version 1.0.0 from taskflow.toml, tree with changes

"#]]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox
        .xtask(&["tags", "backend"])
        .code(0)
        .stderr(str![[r#"
note: the tree has changes: `frontend/new.txt`

"#]])
        .stdout(str![[r#"
taskflow-backend:1.0.0-g[SHORT].dirty  detached HEAD at [SHORT], version 1.0.0 from taskflow.toml, tree with changes

"#]]);
}

#[test]
fn the_environment_can_name_the_branch_or_pull_request() {
    let mut sandbox = Sandbox::new();
    sandbox.git(&["tag", "v1.2.3"]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.set("GITHUB_SHA", sandbox.commit_id());
    sandbox.set("GITHUB_REF", "refs/pull/17/merge");
    sandbox.xtask(&["tags", "-q", "backend"]).code(0).stdout(str![[r#"
taskflow-backend:1.2.3-pr-17  pull request 17 (GITHUB_REF), version 1.2.3 from release tag `v1.2.3`

"#]]);
    sandbox.set("GITHUB_REF", "refs/heads/topic");
    sandbox.xtask(&["tags", "-q", "backend"]).code(0).stdout(str![[r#"
taskflow-backend:1.2.3-topic  branch `topic` (GITHUB_REF), version 1.2.3 from release tag `v1.2.3`

"#]]);
    sandbox.set("TASKFLOW_BRANCH", "other");
    sandbox.xtask(&["tags", "-q", "backend"]).code(0).stdout(str![[r#"
taskflow-backend:1.2.3-other  branch `other` (TASKFLOW_BRANCH), version 1.2.3 from release tag `v1.2.3`

"#]]);
}

#[test]
fn the_document_of_tags() {
    let sandbox = Sandbox::new();
    sandbox.git(&["checkout", "--quiet", "-b", "feature/login"]);
    sandbox
        .xtask(&["tags", "--json", "frontend"])
        .code(0)
        .stderr(str![[r#"
note: branch `feature/login` is `feature.login` in tags

"#]])
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "tags",
  "ok": true,
  "dirty": false,
  "changes": [],
  "notes": [
    "branch `feature/login` is `feature.login` in tags"
  ],
  "components": [
    {
      "name": "frontend",
      "repository": "taskflow-frontend",
      "tags": [
        {
          "tag": "1.0.0-feature.login",
          "reference": "taskflow-frontend:1.0.0-feature.login",
          "kind": "branch",
          "reason": "branch `feature/login` (HEAD), version 1.0.0 from taskflow.toml"
        }
      ]
    }
  ],
  "error": null
}

"#]]);
}

#[test]
fn a_submodule_that_is_not_there_is_told() {
    let library = Sandbox::new();
    let sandbox = Sandbox::new();
    let url = format!("file://{}", library.root.display());
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "library"]);
    sandbox.commit();
    sandbox.git(&["submodule", "--quiet", "deinit", "library"]);
    // libgit2 is not believed about submodules; without git it is, with a word on it.
    sandbox.xtask(&["tags", "backend"]).code(0).stderr(str![[r#"
note: submodule `library` is not checked out: its files are missing from what is built
note: whether the tree has changes is uncertain without the git program, because of the submodule `library`; install git

"#]]);
    sandbox.real("git");
    sandbox
        .xtask(&["tags", "backend"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main  branch `main` (HEAD), version 1.0.0 from taskflow.toml

"#]])
        .stderr(str![[r#"
note: submodule `library` is not checked out: its files are missing from what is built

"#]]);
}

#[test]
fn a_shallow_clone_with_a_version_is_told() {
    let origin = Sandbox::new();
    origin.commit();
    let sandbox = Sandbox::empty();
    sandbox.git(&["clone", "--quiet", "--depth=1", &format!("file://{}", origin.root.display()), "."]);
    sandbox
        .xtask(&["tags", "backend"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main  branch `main` (HEAD), version 1.0.0 from taskflow.toml

"#]])
        .stderr(str![[r#"
note: this is a shallow clone: release tags in the history that was cut off are not seen; fetch it with `git fetch --unshallow --tags origin`

"#]]);
}

#[test]
fn why_the_git_program_is_missed_is_told() {
    let uncertain = |prepare: &dyn Fn(&Sandbox), expected| {
        let sandbox = Sandbox::new();
        prepare(&sandbox);
        sandbox.xtask(&["tags", "backend"]).code(0).stderr(expected);
    };
    uncertain(
        &|sandbox| drop(sandbox.git(&["config", "core.autocrlf", "input"])),
        str![[r#"
note: whether the tree has changes is uncertain without the git program, because of the setting `core.autocrlf`; install git

"#]],
    );
    let replaced = |sandbox: &Sandbox| {
        sandbox.write("frontend/new.txt", "");
        sandbox.commit();
        sandbox.git(&["replace", "HEAD", "HEAD~1"]);
    };
    uncertain(
        &replaced,
        str![[r#"
note: whether the tree has changes is uncertain without the git program, because of replaced objects; install git

"#]],
    );
    uncertain(
        &|sandbox| drop(sandbox.git(&["update-index", "--assume-unchanged", "taskflow.toml"])),
        str![[r#"
note: whether the tree has changes is uncertain without the git program, because of the index entry `taskflow.toml`; install git

"#]],
    );
    uncertain(
        &|sandbox| sandbox.write(".git/info/exclude", "!*.log\n"),
        str![[r#"
note: whether the tree has changes is uncertain without the git program, because of `[ROOT]/.git/info/exclude`; install git

"#]],
    );
}

#[test]
fn an_ignore_file_that_only_git_can_read_needs_git() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "*.log\n!//\n");
    sandbox.commit();
    sandbox.xtask(&["tags", "backend"]).code(2).stderr(str![[r#"
error: only git can read line 2 of the ignore file `[ROOT]/.gitignore`, and `git` is not installed or not on PATH
hint: install git

"#]]);
    sandbox.real("git");
    sandbox.xtask(&["tags", "backend"]).code(0).stderr("");
}

#[test]
fn formats_that_only_git_knows_are_read_by_git() {
    let sandbox = Sandbox::without_git();
    sandbox.git(&["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
    sandbox.commit();
    sandbox.real("git");
    sandbox.xtask(&["tags", "backend"]).code(0).stderr("").stdout(str![[r#"
taskflow-backend:1.0.0-main  branch `main` (HEAD), version 1.0.0 from taskflow.toml

"#]]);
}
