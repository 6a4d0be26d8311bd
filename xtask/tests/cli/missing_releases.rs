//! Release tags that are out of sight: cut off, not fetched, or outside the history of HEAD.

use snapbox::str;

use crate::harness::sandbox::{CONFIG, Sandbox};

/// A repository whose taskflow.toml declares no version, with a release and a commit behind it.
fn released() -> Sandbox {
    let origin = Sandbox::new();
    origin.write("taskflow.toml", &CONFIG.replace("version = \"1.0.0\"\n", ""));
    origin.commit();
    origin.git(&["tag", "v1.2.0"]);
    origin.write("frontend/new.txt", "");
    origin.commit();
    origin
}

fn clone(origin: &Sandbox, options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty();
    let url = format!("file://{}", origin.root.display());
    sandbox.git(&[&["clone", "--quiet"], options, &[&url, "."]].concat());
    sandbox
}

fn declare(sandbox: &Sandbox, version: &str) {
    let declared = format!("version = \"{version}\"\n");
    sandbox.write("taskflow.toml", &CONFIG.replace("version = \"1.0.0\"\n", &declared));
    sandbox.commit();
}

#[test]
fn tags_that_were_never_fetched() {
    let origin = released();
    let sandbox = clone(&origin, &["--no-tags"]);
    sandbox.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: cannot determine the version: no release tag is reachable from HEAD
note: git is set not to fetch tags from `origin`: remote.origin.tagOpt is `--no-tags`
hint: fetch the tags with `git fetch --tags origin`, or set `version` under `[project]` in taskflow.toml

"#]]);
    declare(&sandbox, "1.0.0");
    sandbox.xtask(&["tags", "backend"]).code(0).stderr(str![[r#"
note: git is set not to fetch tags from `origin`: higher release tags may be missing; get them with `git config --unset-all remote.origin.tagOpt && git fetch --tags origin`

"#]]);
}

#[test]
fn history_that_was_cut_off_and_cannot_be_fetched() {
    let origin = released();
    let sandbox = clone(&origin, &["--depth=1"]);
    sandbox.git(&["remote", "remove", "origin"]);
    sandbox.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: cannot determine the version: this is a shallow clone without a release tag on HEAD
note: the highest release tag may lie in the history that was cut off
hint: set `version` under `[project]` in taskflow.toml

"#]]);
    declare(&sandbox, "1.0.0");
    sandbox.xtask(&["tags", "backend"]).code(0).stderr(str![[r#"
note: this is a shallow clone: release tags in the history that was cut off are not seen

"#]]);
}

#[test]
fn a_release_beside_the_default_branch() {
    let sandbox = released();
    sandbox.git(&["checkout", "--quiet", "-b", "release"]);
    sandbox.write("frontend/released.txt", "");
    sandbox.commit();
    sandbox.git(&["tag", "v1.25.0"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox
        .xtask(&["tags", "backend"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.2.0-main  branch `main` (HEAD), version 1.2.0 from release tag `v1.2.0`

"#]])
        .stderr(str![[r#"
note: release tag `v1.25.0` is higher than 1.2.0, but is not in the history of HEAD: merge it with `git merge v1.25.0`, or set `version = "1.25.0"` under `[project]` in taskflow.toml

"#]]);
}

#[test]
fn releases_that_head_does_not_reach_at_all() {
    let sandbox = released();
    sandbox.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    sandbox.commit();
    sandbox.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: cannot determine the version: no release tag is reachable from HEAD
note: the highest release tag is `v1.2.0`, which is not in the history of HEAD
hint: set `version = "1.2.0"` under `[project]` in taskflow.toml

"#]]);
}
