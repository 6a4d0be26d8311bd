//! `test` when a suite does not pass.

use std::fs;

use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::suites::{sandbox, with_engine};

#[test]
fn one_suite_fails_and_the_others_run() {
    let sandbox = sandbox();
    sandbox.fake("npm", [on("ci"), on("run lint").complains("2 problems\n").exits(3)]);
    sandbox
        .xtask(&["test", "frontend", "backend"])
        .code(1)
        .stdout(str![[r#"
frontend  failed                [TIME]  `cd frontend && npm run lint` ended with exit code 3
backend   passed                [TIME]
1 passed, 1 failed

"#]])
        .stderr(str![[r#"
     Running frontend: `cd frontend && npm ci`
     Running frontend: `cd frontend && npm run lint`
2 problems
     Running backend: `cd backend && python3 -m venv .venv`
     Running backend: `cd backend && .venv/bin/pip install --quiet --require-hashes -r requirements-dev.txt`
pip is content
     Running backend: `cd backend && .venv/bin/ruff check .`
ruff is content
     Running backend: `cd backend && .venv/bin/ruff format --check .`
ruff is content
     Running backend: `cd backend && .venv/bin/mypy`
mypy is content
     Running backend: `cd backend && TASKFLOW_REQUIRE_RIG=1 .venv/bin/pytest -q`
pytest is content
error: 1 suite did not pass
hint: run one alone with `cargo xtask test SUITE`

"#]]);
    assert!(!sandbox.transcript().contains("npm run typecheck"), "{}", sandbox.transcript());
}

#[test]
fn several_suites_fail() {
    let sandbox = sandbox();
    sandbox.fake("npm", [on("ci").does("kill -KILL $$")]);
    sandbox.fake("pytest", [on("-q").exits(1)]);
    sandbox.xtask(&["test", "-q", "frontend", "backend"]).code(1).stdout(str![[r#"
frontend  failed                [TIME]  `cd frontend && npm ci` was ended by a signal
backend   failed                [TIME]  `cd backend && TASKFLOW_REQUIRE_RIG=1 .venv/bin/pytest -q` ended with exit code 1
0 passed, 2 failed

"#]]).stderr(str![[r#"
error: 2 suites did not pass
hint: run one alone with `cargo xtask test SUITE`

"#]]);
}

#[test]
fn a_program_that_is_missing() {
    let sandbox = sandbox();
    fs::remove_file(sandbox.outside("bin/npm")).unwrap();
    sandbox
        .xtask(&["test", "-q", "frontend", "backend"])
        .code(1)
        .stdout(str![[r#"
frontend  could not run         [TIME]  `npm` is not installed or not on PATH
backend   passed                [TIME]
1 passed, 1 failed

"#]])
        .stderr(str![[r#"
error: 1 suite did not pass
hint: run one alone with `cargo xtask test SUITE`

"#]]);
}

#[test]
fn the_document_of_suites() {
    let sandbox = sandbox();
    sandbox.fake("npm", [on("ci").exits(1)]);
    sandbox
        .xtask(&["test", "--json", "-q", "rust", "frontend"])
        .code(1)
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "test",
  "ok": false,
  "dry_run": false,
  "bootstrap": [],
  "suites": [
    {
      "name": "rust",
      "commands": [
        "cargo fmt --all --check",
        "cargo clippy --workspace --all-targets --locked --quiet -- -D warnings",
        "cargo clippy --workspace --test '*' --locked --quiet -- -D warnings",
        "cargo test --workspace --locked --no-fail-fast"
      ],
      "outcome": "passed",
      "reason": null,
      "duration_ms": 0
    },
    {
      "name": "frontend",
      "commands": [
        "cd frontend && npm ci",
        "cd frontend && npm run lint",
        "cd frontend && npm run typecheck",
        "cd frontend && npm run test"
      ],
      "outcome": "failed",
      "reason": "`cd frontend && npm ci` ended with exit code 1",
      "duration_ms": 0
    }
  ],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "1 suite did not pass",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [],
        "hints": [
          "run one alone with `cargo xtask test SUITE`"
        ]
      }
    ]
  }
}

"#]])
        .stderr(str![[r#"
error: 1 suite did not pass
hint: run one alone with `cargo xtask test SUITE`

"#]]);
}

#[test]
fn bootstrap_fails_after_a_step_was_done() {
    let sandbox = with_engine();
    let browser = on("rig up browser").complains("no such package\n").exits(1);
    sandbox.fake("cargo", [on("rig up database"), browser]);
    sandbox
        .xtask(&["test", "--bootstrap", "--json", "-q", "browser"])
        .code(1)
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "test",
  "ok": false,
  "dry_run": false,
  "bootstrap": [
    "cargo rig up database",
    "cargo rig up browser"
  ],
  "suites": [],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "`cargo rig up browser` ended with exit code 1",
        "file": null,
        "line": null,
        "column": null,
        "causes": [
          "no such package"
        ],
        "notes": [
          "the step was getting a browser for the tests"
        ],
        "hints": []
      }
    ]
  }
}

"#]])
        .stderr(str![[r#"
error: `cargo rig up browser` ended with exit code 1
caused by: no such package
note: the step was getting a browser for the tests

"#]]);
}

#[test]
fn cargo_is_gone_after_bootstrap() {
    let sandbox = with_engine();
    sandbox.real("rm");
    sandbox.fake("cargo", [on("rig up database"), on("rig up browser").does("rm \"$0\"")]);
    sandbox.xtask(&["test", "--bootstrap", "-q", "browser"]).code(1).stdout("").stderr(str![[r#"
error: `cargo` is not installed or not on PATH
note: done before by `--bootstrap`: `cargo rig up database` and `cargo rig up browser`

"#]]);
}
