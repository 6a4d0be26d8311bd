//! Values of another type, and keys that are missing.

use snapbox::str;

use super::{changed, refused};
use crate::harness::sandbox::Sandbox;

#[test]
fn wrong_types() {
    changed(
        "schema = 1",
        "schema = \"1\"",
        str![[r#"
error: `schema` must be an integer, not a string
 --> taskflow.toml:1:10
  |
1 | schema = "1"
  |          ^^^ expected an integer

"#]],
    );
    changed(
        "\"taskflow\"",
        "7",
        str![[r#"
error: `project.name` must be a string, not an integer
 --> taskflow.toml:4:8
  |
4 | name = 7
  |        ^ expected a string

"#]],
    );
    changed(
        "\"frontend\"\n",
        "[\"frontend\"]\n",
        str![[r#"
error: `component.frontend.context` must be a string, not an array
 --> taskflow.toml:8:11
  |
8 | context = ["frontend"]
  |           ^^^^^^^^^^^^ expected a string

"#]],
    );
    changed(
        "[project]",
        "[secrets]\ndeclared = \"TOKEN\"\n[project]",
        str![[r#"
error: `secrets.declared` must be a list of strings, not a string
  --> taskflow.toml:4:12

"#]],
    );
    changed(
        "[project]",
        "[secrets]\ndeclared = [1]\n[project]",
        str![[r#"
error: `secrets.declared` must be a list of strings, not an integer
  --> taskflow.toml:4:13

"#]],
    );
    changed(
        "[component.frontend]\ncontext = \"frontend\"",
        "[component]\nfrontend = true",
        str![[r#"
error: `component.frontend` must be a table, not a boolean
 --> taskflow.toml:8:12
  |
8 | frontend = true
  |            ^^^^ expected a table

"#]],
    );
}

#[test]
fn missing_keys() {
    refused(
        "",
        str![[r#"
error: `schema` is missing
 --> taskflow.toml:1:1
  |
1 |
  | ^ needs `schema`
hint: add the line `schema = 1` above the first table of the file

error: `project` is missing
 --> taskflow.toml:1:1
  |
1 |
  | ^ needs `project`
hint: add `[project]` with `name = "taskflow"`

error: `component` is missing
 --> taskflow.toml:1:1
  |
1 |
  | ^ needs `component`
hint: add one: `[component.frontend]` with `context = "frontend"`

"#]],
    );
    changed(
        "name = \"taskflow\"\n",
        "",
        str![[r#"
error: `project.name` is missing
 --> taskflow.toml:3:1
  |
3 | [project]
  | ^^^^^^^^^ needs `name`
hint: add the first half of each repository, as in `name = "taskflow"`

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        "",
        str![[r#"
error: `component.frontend.context` is missing
 --> taskflow.toml:7:1
  |
7 | [component.frontend]
  | ^^^^^^^^^^^^^^^^^^^^ needs `context`
hint: add the folder that is built, as in `context = "frontend"`

"#]],
    );
    refused(
        "schema = 1\n[project]\nname = \"taskflow\"\n[component]\n",
        str![[r#"
error: no component is declared
 --> taskflow.toml:4:1
  |
4 | [component]
  | ^^^^^^^^^^^
hint: add one: `[component.frontend]` with `context = "frontend"`

"#]],
    );
}

#[test]
fn several_problems_are_told_at_once_and_in_json() {
    let sandbox = Sandbox::without_git();
    sandbox.write("taskflow.toml", "schema = 1\n[project]\nnane = \"taskflow\"\n[component.a]\ncontext = \".\"\n");
    let run = sandbox.xtask(&["build", "--json"]).code(2).stderr(str![[r#"
error: unknown key `project.nane`
 --> taskflow.toml:3:1
  |
3 | nane
  | ^^^^ not known here
hint: did you mean `name`?

error: invalid build context for component `a`: `.` is the repository root
 --> taskflow.toml:5:11
  |
5 | context = "."
  |           ^^^ the root
note: contract: Build Context, "Never: Repository root"; every file of the repository would be sent to the engine
hint: give the component a folder of its own: `context = "a"`

"#]]).stdout(str![[r#"
{
  "schema": 1,
  "command": "build",
  "ok": false,
  "error": {
    "kind": "config",
    "exit_code": 2,
    "problems": [
      {
        "message": "unknown key `project.nane`",
        "file": "taskflow.toml",
        "line": 3,
        "column": 1,
        "causes": [],
        "notes": [],
        "hints": [
          "did you mean `name`?"
        ]
      },
      {
        "message": "invalid build context for component `a`: `.` is the repository root",
        "file": "taskflow.toml",
        "line": 5,
        "column": 11,
        "causes": [],
        "notes": [
          "contract: Build Context, \"Never: Repository root\"; every file of the repository would be sent to the engine"
        ],
        "hints": [
          "give the component a folder of its own: `context = \"a\"`"
        ]
      }
    ]
  }
}

"#]]);
    assert_eq!(run.document()["error"]["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn a_number_that_is_too_large() {
    changed(
        "schema = 1",
        "schema = 9999999999999999999999",
        str![[r#"
error: `schema` is too large
 --> taskflow.toml:1:10
  |
1 | schema = 9999999999999999999999
  |          ^^^^^^^^^^^^^^^^^^^^^^

"#]],
    );
}

#[test]
fn what_is_said_to_be_missing_can_be_added_step_by_step() {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", "");
    let missing = |sandbox: &Sandbox| {
        let run = sandbox.xtask(&["tags", "--json"]).code(2);
        run.document()["error"]["problems"][0]["hints"][0].as_str().unwrap().to_owned()
    };
    let code = |hint: &str, place: usize| hint.split('`').nth(place).unwrap().to_owned();
    let schema = code(&missing(&sandbox), 1);
    sandbox.write("taskflow.toml", &format!("{schema}\n"));
    let project = missing(&sandbox);
    let project = format!("{}\n{}\nversion = \"1.0.0\"\n", code(&project, 1), code(&project, 3));
    sandbox.write("taskflow.toml", &format!("{schema}\n{project}"));
    let component = missing(&sandbox);
    let component = format!("{}\n{}\n", code(&component, 1), code(&component, 3));
    sandbox.write("taskflow.toml", &format!("{schema}\n{project}{component}"));
    sandbox.xtask(&["tags", "-q"]).code(0).stderr("");
}
