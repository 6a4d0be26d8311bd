//! Text that is no TOML, and keys that nobody knows.

use snapbox::str;

use super::changed;
use crate::harness::sandbox::Sandbox;

#[test]
fn broken_toml() {
    changed(
        "schema = 1",
        "schema = ",
        str![[r#"
error: taskflow.toml is not valid TOML: string values must be quoted, expected literal string
  --> taskflow.toml:1:10

"#]],
    );
    changed(
        "schema = 1",
        "schema = 1\nschema = 1",
        str![[r#"
error: taskflow.toml is not valid TOML: duplicate key
  --> taskflow.toml:2:1

"#]],
    );
    changed(
        "\"taskflow\"",
        "\"taskflow",
        str![[r#"
error: taskflow.toml is not valid TOML: invalid basic string, expected `"`
  --> taskflow.toml:4:17

"#]],
    );
}

#[test]
fn text_that_is_no_text() {
    let sandbox = Sandbox::without_git();
    std::fs::write(sandbox.root.join("taskflow.toml"), b"schema = 1 # \xff\n").unwrap();
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: `taskflow.toml` is not in UTF-8, but in an encoding such as ISO 8859-1, and xtask reads text in UTF-8
  --> taskflow.toml:1
hint: convert it with `iconv -f ISO-8859-1 -t UTF-8 taskflow.toml > taskflow.toml.new && mv taskflow.toml.new taskflow.toml`

"#]]);
}

#[test]
fn unknown_keys() {
    changed(
        "version =",
        "versoin =",
        str![[r#"
error: unknown key `project.versoin`
 --> taskflow.toml:5:1
  |
5 | versoin
  | ^^^^^^^ not known here
hint: did you mean `version`?

"#]],
    );
    changed(
        "[project]",
        "[secrets]\nallowed = []\n[project]",
        str![[r#"
error: unknown key `secrets.allowed`
  --> taskflow.toml:4:1
note: known here: `declared` and `allow`

"#]],
    );
    changed(
        "[project]",
        "[cluster]\nname = \"x\"\n[project]",
        str![[r#"
error: unknown key `cluster`
 --> taskflow.toml:3:2
  |
3 | [cluster]
  |  ^^^^^^^ not known here
note: known here: `schema`, `project`, `secrets`, `allow`, `minikube`, `release`, and `component`

"#]],
    );
    changed(
        "context = \"frontend\"",
        "context = \"frontend\"\ncontexts = 1\nport = 3000",
        str![[r#"
error: unknown key `component.frontend.contexts`
 --> taskflow.toml:9:1
  |
9 | contexts
  | ^^^^^^^^ not known here
hint: did you mean `context`?

error: unknown key `component.frontend.port`
  --> taskflow.toml:10:1
   |
10 | port
   | ^^^^ not known here
note: known here: `context`, `dockerfile`, `target`, `build-args`, `build-secrets`, and `contract`

"#]],
    );
}

#[test]
fn another_schema() {
    changed(
        "schema = 1",
        "schema = 2",
        str![[r#"
error: unknown `schema`: 2
 --> taskflow.toml:1:10
  |
1 | schema = 2
  |          ^
note: this xtask reads schema 1

"#]],
    );
}
