//! Tags that the command line gives.

use snapbox::str;

use crate::harness::docker;

#[test]
fn the_command_line_can_give_the_tag() {
    let sandbox = docker::sandbox();
    let tags = |args: &[&str]| {
        let run = sandbox.xtask(&[&["build", "-n", "--json", "frontend"], args].concat()).code(0).stderr("");
        run.document()["components"][0]["references"].clone()
    };
    assert_eq!(tags(&["--version", "2.0.0"]), serde_json::json!(["taskflow-frontend:2.0.0"]));
    assert_eq!(tags(&["--tag", "mine"]), serde_json::json!(["taskflow-frontend:mine"]));
    let latest = tags(&["--latest"]);
    assert_eq!(latest, serde_json::json!(["taskflow-frontend:1.0.0-main", "taskflow-frontend:latest"]));
}

#[test]
fn a_tag_that_cannot_be_given() {
    let sandbox = docker::sandbox();
    sandbox.xtask(&["build", "--tag", "latest"]).code(2).stdout("").stderr(str![[r#"
error: `latest` is no tag of its own
note: contract: Tag Naming, "only for local dev"; beside it there is always a tag that says what the image is
hint: pass `--latest` to add it to the tag that git gives

"#]]);
    sandbox.xtask(&["build", "--tag", "a b"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'a b' for '--tag <TAG>': the tag `a b` has an invalid ' ' at byte 1

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "--version", "1.0"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '1.0' for '--version <X.Y.Z>': `1.0` is not MAJOR.MINOR.PATCH: unexpected end of input while parsing minor version number

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "--version", "1.0.0", "--tag", "x"]).code(2).stdout("").stderr(str![[r#"
error: the argument '--version <X.Y.Z>' cannot be used with '--tag <TAG>'

Usage: cargo xtask build --version <X.Y.Z> [COMPONENT]...

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["tags", "--branch", ""]).code(2).stdout("").stderr(str![[r#"
error: `--branch` needs the name of a branch

"#]]);
    sandbox.xtask(&["tags", "fronted"]).code(2).stdout("").stderr(str![[r#"
error: no component `fronted` in taskflow.toml
note: the components are `frontend` and `backend`
hint: did you mean `frontend`?

"#]]);
}

#[test]
fn a_given_tag_says_nothing_of_changes() {
    let sandbox = docker::sandbox();
    sandbox.write("frontend/new.txt", "");
    sandbox.xtask(&["build", "-n", "--json", "--version", "2.0.0"]).code(0).stderr(str![[r#"
note: the tree has changes: `frontend/new.txt`
note: the tag `2.0.0` does not say that the tree has changes

"#]]);
}
