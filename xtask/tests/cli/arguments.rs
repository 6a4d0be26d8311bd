//! What is typed: help, wrong arguments, components that are none.

use snapbox::str;

use crate::harness::docker;
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn wrong_arguments_are_usage_errors() {
    let sandbox = Sandbox::empty();
    let help = sandbox.xtask(&["--help"]).code(0).stdout;
    sandbox.xtask(&[]).code(2).stdout("").stderr(help);
    sandbox.xtask(&["biuld"]).code(2).stdout("").stderr(str![[r#"
error: unrecognized subcommand 'biuld'

  tip: a similar subcommand exists: 'build'

Usage: cargo xtask [OPTIONS] <COMMAND>

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "--no-cahce"]).code(2).stdout("").stderr(str![[r#"
error: unexpected argument '--no-cahce' found

  tip: a similar argument exists: '--no-cache'

Usage: cargo xtask build --no-cache [COMPONENT]...

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "-j", "0"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '0' for '--jobs <N>': 0 is not in 1..=65535

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "-j", "many"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'many' for '--jobs <N>': invalid digit found in string

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["build", "-q", "-v"]).code(2).stdout("").stderr(str![[r#"
error: the argument '--quiet' cannot be used with '--verbose'

Usage: cargo xtask build --quiet [COMPONENT]...

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["--color", "sometimes", "build"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'sometimes' for '--color <WHEN>'
  [possible values: auto, always, never]

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["test", "fronted"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'fronted' for '[SUITE]...'
  [possible values: rust, frontend, backend, images, browser, minikube]

  tip: a similar value exists: 'frontend'

For more information, try '--help'.

"#]]);
}

#[test]
fn unknown_components_are_named_with_the_nearest_one() {
    let sandbox = Sandbox::new();
    sandbox.xtask(&["build", "fronted"]).code(2).stdout("").stderr(str![[r#"
error: no component `fronted` in taskflow.toml
note: the components are `frontend` and `backend`
hint: did you mean `frontend`?

"#]]);
    sandbox.xtask(&["build", "database"]).code(2).stdout("").stderr(str![[r#"
error: no component `database` in taskflow.toml
note: the components are `frontend` and `backend`

"#]]);
}

#[test]
fn a_build_arg_without_its_flag_does_not_show_its_value() {
    let sandbox = Sandbox::new();
    sandbox.xtask(&["build", "NODE_ENV=pl4nted"]).code(2).stdout("").stderr(str![[r#"
error: an argument is not the name of a component; it is not shown, as it may be a secret
note: the components are `frontend` and `backend`
hint: build args are given as `--build-arg NAME=VALUE`

"#]]);
    let json = sandbox.xtask(&["--json", "build", "NODE_ENV=pl4nted"]).code(2);
    assert!(!json.stdout.contains("pl4nted"), "{}", json.stdout);
    assert_eq!(json.document()["error"]["kind"], "usage");
}

#[test]
fn without_a_configuration_nothing_is_done() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: no `taskflow.toml` in `[ROOT]` or any folder above it
hint: run the command inside the repository, or pass `--config FILE`

"#]]);
    sandbox
        .xtask(&["--json", "test"])
        .code(2)
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "test",
  "ok": false,
  "error": {
    "kind": "config",
    "exit_code": 2,
    "problems": [
      {
        "message": "no `taskflow.toml` in `[ROOT]` or any folder above it",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [],
        "hints": [
          "run the command inside the repository, or pass `--config FILE`"
        ]
      }
    ]
  }
}

"#]])
        .stderr(str![[r#"
error: no `taskflow.toml` in `[ROOT]` or any folder above it
hint: run the command inside the repository, or pass `--config FILE`

"#]]);
}

#[test]
fn the_configuration_that_was_asked_for_must_be_there() {
    let sandbox = Sandbox::new();
    sandbox.xtask(&["--config", "missing.toml", "build"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `missing.toml`: there is no such file
  --> missing.toml
hint: pass the path of a taskflow.toml with `--config FILE`

"#]]);
    sandbox.xtask(&["--config", "frontend", "build"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend`: it is a folder, not a file
  --> frontend
hint: put a file in its place, or take `frontend` away

"#]]);
}

#[test]
fn the_configuration_is_found_from_a_folder_below() {
    let sandbox = docker::sandbox();
    let mut command = sandbox.command(&["build", "--dry-run", "frontend"]);
    let run = sandbox.finished(&command.current_dir(sandbox.root.join("frontend")).output().unwrap()).code(0);
    assert!(run.stdout.ends_with("--tag taskflow-frontend:1.0.0-main ./frontend\n"), "{}", run.stdout);
}

#[test]
fn a_working_folder_that_is_gone_is_said() {
    let sandbox = Sandbox::empty();
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" build";
    sandbox.real("mkdir");
    sandbox.real("rmdir");
    let output = sandbox.program("/bin/sh", &["-c", script, env!("CARGO_BIN_EXE_xtask")]).output().unwrap();
    sandbox.finished(&output).code(2).stdout("").stderr(str![[r#"
error: the current folder is gone: No such file or directory (os error 2)

"#]]);
}

#[test]
fn a_configuration_of_another_name_is_named_in_its_errors() {
    let sandbox = Sandbox::new();
    sandbox.write("other.toml", &CONFIG.replace("context = \"backend\"", "contxt = \"backend\""));
    let run = sandbox.xtask(&["tags", "--config", "other.toml"]).code(2).stdout("");
    assert!(run.stderr.contains("other.toml:"), "{}", run.stderr);
}
