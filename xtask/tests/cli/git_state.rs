//! States of git that give no tag.

use std::fs;
use std::io::Write;

use snapbox::{IntoData, str};

use crate::harness::fakes::on;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A build that ends before any tool is asked.
#[track_caller]
fn refused(sandbox: &Sandbox, expected: impl IntoData) {
    sandbox.fake("docker", []);
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(expected);
    assert_eq!(sandbox.transcript(), "");
}

fn without_version(sandbox: &Sandbox) {
    sandbox.write("taskflow.toml", &CONFIG.replace("version = \"1.0.0\"\n", ""));
    sandbox.commit();
}

#[test]
fn no_repository() {
    refused(
        &Sandbox::without_git(),
        str![[r#"
error: `[ROOT]` is not inside a git repository
note: tags are made from the state of git
hint: run `git init` and make a first commit

"#]],
    );
}

#[test]
fn a_branch_without_commits() {
    let sandbox = Sandbox::without_git();
    sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
    refused(
        &sandbox,
        str![[r#"
error: branch `main` has no commit yet
hint: make a first commit; `build` also takes the tag itself, as `--tag TAG`

"#]],
    );
}

#[test]
fn a_repository_without_a_working_tree() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.bare", "true"]);
    refused(
        &sandbox,
        str![[r#"
error: the git repository at `[ROOT]` has no working tree
hint: run the command in a clone that has one

"#]],
    );
}

#[test]
fn another_working_tree() {
    let other = Sandbox::new();
    let mut sandbox = Sandbox::new();
    sandbox.set("GIT_DIR", other.root.join(".git").display().to_string());
    sandbox.set("GIT_WORK_TREE", other.root.display().to_string());
    let other = other.root.display().to_string();
    let run = sandbox.xtask(&["tags"]).code(2).stdout("");
    snapbox::assert_data_eq!(
        run.stderr.replace(&other, "[OTHER]"),
        str![[r#"
error: `[ROOT]` is outside the working tree that git was told to use: `[OTHER]`
hint: unset `GIT_DIR` and `GIT_WORK_TREE`, or run the command in that working tree

"#]]
    );
}

#[test]
fn a_repository_of_another_user() {
    let sandbox = Sandbox::new();
    if !xtask::effects::environment::root() {
        let _unheard =
            writeln!(std::io::stderr(), "SKIPPED a_repository_of_another_user: only root can give files away");
        return;
    }
    for path in [".", ".git"] {
        std::os::unix::fs::chown(sandbox.root.join(path), Some(65_534), None).unwrap();
    }
    refused(
        &sandbox,
        str![[r#"
error: the git repository at `[ROOT]` belongs to another user
note: git refuses such repositories, too
hint: trust it with `git config --global --add safe.directory [ROOT]`

"#]],
    );
}

#[test]
fn an_index_that_cannot_be_read() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.root.join(".git/index"), "no index").unwrap();
    refused(
        &sandbox,
        str![[r#"
error: libgit2 cannot read the git repository at `[ROOT]` (failed to read index: '[ROOT]/.git/index' no longer exists), and the git program cannot either: `git` is not installed or not on PATH
hint: install git, or a newer version of it

"#]],
    );
    sandbox.real("git");
    refused(
        &sandbox,
        str![[r#"
error: cannot read the git repository at `[ROOT]`: .git/index: index file smaller than expected
hint: look at it with `git status` and `git fsck`

"#]],
    );
}

#[test]
fn a_head_that_names_nothing() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.root.join(".git/HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
    refused(
        &sandbox,
        str![[r#"
error: HEAD of the git repository leads to something that is not there: the reference 'HEAD' cannot be peeled - Cannot retrieve reference target
hint: look at it with `git fsck` and `git reflog`

"#]],
    );
}

#[test]
fn a_format_that_nobody_here_knows() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.repositoryformatversion", "1"]);
    sandbox.git(&["config", "extensions.strange", "true"]);
    refused(
        &sandbox,
        str![[r#"
error: libgit2 cannot read the git repository at `[ROOT]` (unsupported extension name extensions.strange), and the git program cannot either: `git` is not installed or not on PATH
hint: install git, or a newer version of it

"#]],
    );
    sandbox.real("git");
    refused(
        &sandbox,
        str![[r#"
error: libgit2 cannot read the git repository at `[ROOT]` (unsupported extension name extensions.strange), and the git program cannot either: [..]strange
hint: install git, or a newer version of it

"#]],
    );
}

#[test]
fn a_git_program_that_says_nothing() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.repositoryformatversion", "1"]);
    sandbox.git(&["config", "extensions.strange", "true"]);
    sandbox.fake("git", [on("--no-pager rev-parse *").exits(1)]);
    sandbox.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: libgit2 cannot read the git repository at `[ROOT]` (unsupported extension name extensions.strange), and the git program cannot either: no reason given
hint: install git, or a newer version of it

"#]]);
}

#[test]
fn no_version_anywhere() {
    let sandbox = Sandbox::new();
    without_version(&sandbox);
    refused(
        &sandbox,
        str![[r#"
error: cannot determine the version: no release tag is reachable from HEAD
note: a release tag is `vMAJOR.MINOR.PATCH` in git
hint: make one with `git tag -a v1.0.0 -m 1.0.0`, or set `version = "1.0.0"` under `[project]` in taskflow.toml

"#]],
    );
}

#[test]
fn a_shallow_clone_without_a_version() {
    let origin = Sandbox::new();
    without_version(&origin);
    let sandbox = Sandbox::empty();
    sandbox.git(&["clone", "--quiet", "--depth=1", &format!("file://{}", origin.root.display()), "."]);
    refused(
        &sandbox,
        str![[r#"
error: cannot determine the version: this is a shallow clone without a release tag on HEAD
note: the highest release tag may lie in the history that was cut off
hint: fetch the history with `git fetch --unshallow --tags origin`, or set `version` under `[project]` in taskflow.toml

"#]],
    );
}

#[test]
fn two_release_tags_of_one_version() {
    let sandbox = Sandbox::new();
    sandbox.git(&["tag", "1.0.0"]);
    sandbox.commit();
    sandbox.git(&["tag", "v1.0.0"]);
    refused(
        &sandbox,
        str![[r#"
error: the release tags `1.0.0` and `v1.0.0` name different commits
note: both mean the same version
hint: delete the wrong one with `git tag -d 1.0.0` or `git tag -d v1.0.0`

"#]],
    );
}

#[test]
fn a_git_dir_that_is_none() {
    let mut sandbox = Sandbox::new();
    sandbox.set("GIT_DIR", "/nonexistent");
    sandbox.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: `GIT_DIR` is set to `/nonexistent`, which is not a git repository
hint: unset `GIT_DIR`, or set it to the repository's git folder

"#]]);
}
