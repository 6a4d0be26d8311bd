//! `test`: the suites, how they end, and what they are given.

use std::fs;
use std::os::unix::fs::symlink;

use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;
use crate::harness::suites::{nothing_is_up, sandbox, with_engine};

#[test]
fn every_suite_passes() {
    let sandbox = sandbox();
    sandbox.xtask(&["test"]).code(0).stdout(str![[r#"
rust      passed                [TIME]
frontend  passed                [TIME]
backend   passed                [TIME]
images    passed                [TIME]
browser   passed                [TIME]
5 passed, 0 failed

"#]]).stderr(str![[r#"
     Running rust: `cargo fmt --all --check`
     Running rust: `cargo clippy --workspace --all-targets --locked --quiet -- -D warnings`
     Running rust: `cargo clippy --workspace --test '*' --locked --quiet -- -D warnings`
     Running rust: `cargo test --workspace --locked --no-fail-fast`
     Running frontend: `cd frontend && npm ci`
     Running frontend: `cd frontend && npm run lint`
     Running frontend: `cd frontend && npm run typecheck`
     Running frontend: `cd frontend && npm run test`
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
     Running images: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine -- --skip browser::`
     Running browser: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine browser::`

"#]]);
    let calls = sandbox.calls();
    let shown =
        calls.iter().fold(String::new(), |text, call| text + &format!("{:9}{}\n", call.folder, call.argv.join(" ")));
    compare(
        &shown,
        str![[r#"
         cargo rig status --json
         cargo fmt --all --check
         cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
         cargo clippy --workspace --test * --locked --quiet -- -D warnings
         cargo test --workspace --locked --no-fail-fast
frontend npm ci
frontend npm run lint
frontend npm run typecheck
frontend npm run test
backend  python3 -m venv .venv
backend  pip install --quiet --require-hashes -r requirements-dev.txt
backend  ruff check .
backend  ruff format --check .
backend  mypy
backend  pytest -q
         cargo test --locked --package xtask --test engine -- --skip browser::
         cargo test --locked --package xtask --test engine browser::

"#]],
    );
}

#[test]
fn a_suite_is_chosen_by_name() {
    let sandbox = sandbox();
    sandbox.xtask(&["test", "-q", "frontend"]).code(0).stderr("").stdout(str![[r#"
frontend  passed                [TIME]
1 passed, 0 failed

"#]]);
}

#[test]
fn a_dry_run_prints_the_commands() {
    let sandbox = sandbox();
    sandbox.xtask(&["test", "--dry-run"]).code(0).stderr("").stdout(str![[r#"
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
cargo clippy --workspace --test '*' --locked --quiet -- -D warnings
cargo test --workspace --locked --no-fail-fast
cd frontend && npm ci
cd frontend && npm run lint
cd frontend && npm run typecheck
cd frontend && npm run test
cd backend && python3 -m venv .venv
cd backend && .venv/bin/pip install --quiet --require-hashes -r requirements-dev.txt
cd backend && .venv/bin/ruff check .
cd backend && .venv/bin/ruff format --check .
cd backend && .venv/bin/mypy
cd backend && TASKFLOW_REQUIRE_RIG=1 .venv/bin/pytest -q
TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine -- --skip browser::
TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine browser::

"#]]);
    assert_eq!(sandbox.transcript(), "cargo rig status --json\n");
    let run = sandbox.xtask(&["test", "--dry-run", "--json", "rust"]).code(0).stderr("");
    assert_eq!(run.document()["suites"][0]["outcome"], "not-run");
}

#[test]
fn what_is_installed_is_not_installed_again() {
    let sandbox = sandbox();
    sandbox.write("frontend/package-lock.json", "{}");
    sandbox.write("frontend/node_modules/.package-lock.json", "{}");
    sandbox.write("backend/.venv/bin/pip", "");
    sandbox.xtask(&["test", "--dry-run", "frontend", "backend"]).code(0).stdout(str![[r#"
cd frontend && npm run lint
cd frontend && npm run typecheck
cd frontend && npm run test
cd backend && .venv/bin/pip install --quiet --require-hashes -r requirements-dev.txt
cd backend && .venv/bin/ruff check .
cd backend && .venv/bin/ruff format --check .
cd backend && .venv/bin/mypy
cd backend && TASKFLOW_REQUIRE_RIG=1 .venv/bin/pytest -q

"#]]);
}

#[test]
fn parts_of_the_rig_are_handed_on_and_their_secrets_are_not_shown() {
    let sandbox = sandbox();
    let status = r#"{"parts":[
        {"name":"database","state":"up","facts":{"url":"postgresql://u:PASSWORD@host/x","container_url":"postgresql://u:PASSWORD@bridge/x","port":5432}},
        {"name":"browser","state":"up","facts":{"chromium":"/opt/chromium"}}]}"#;
    sandbox.fake("cargo", [on("rig status --json").says(status.replace("PASSWORD", "pl4nted")), on("test *")]);
    fs::create_dir_all(sandbox.root.join("backend/.venv/bin")).unwrap();
    for tool in ["pip", "ruff", "mypy", "pytest"] {
        symlink(sandbox.outside("bin").join(tool), sandbox.root.join("backend/.venv/bin").join(tool)).unwrap();
    }
    let run = sandbox.xtask(&["test", "backend", "images", "--json"]).code(0);
    assert!(!run.stdout.contains("pl4nted") && !run.stderr.contains("pl4nted"), "{run:?}");
    let expected = [
        concat!("TASKFLOW_TEST_DATABASE_URL=postgresql://u:", "pl4nted@host/x"),
        concat!("TASKFLOW_TEST_DATABASE_URL_IN_CONTAINER=postgresql://u:", "pl4nted@bridge/x"),
        "CHROMIUM=/opt/chromium",
    ];
    for call in sandbox.calls().iter().skip(1) {
        let given = call.argv[0] == "pytest" || call.argv.get(1).is_some_and(|word| word == "test");
        assert_eq!(call.env == expected, given, "{call:?}");
        assert!(!call.argv.join(" ").contains("pl4nted"), "{call:?}");
    }
}

#[test]
fn a_rig_that_gives_no_answer_is_no_obstacle() {
    let sandbox = sandbox();
    sandbox.fake("cargo", [on("rig status --json").complains("error: could not compile `rig`\n").exits(101), on("*")]);
    sandbox.xtask(&["test", "-q", "rust"]).code(0).stderr("");
}

#[test]
fn without_cargo_nothing_is_tested() {
    let sandbox = sandbox();
    fs::remove_file(sandbox.outside("bin/cargo")).unwrap();
    sandbox.xtask(&["test"]).code(2).stdout("").stderr(str![[r#"
error: `cargo` is not installed or not on PATH

"#]]);
}

/// A machine with an engine, whose rig gets what it is asked for.
fn bootstrapping() -> Sandbox {
    let sandbox = with_engine();
    let up = |part: &str| on(&format!("rig up {part}")).says(format!("rig: {part} is up\n"));
    sandbox.fake("cargo", [nothing_is_up(), on("test *"), up("database"), up("browser")]);
    sandbox
}

#[test]
fn bootstrap_comes_first_when_asked_for() {
    let sandbox = bootstrapping();
    sandbox.xtask(&["test", "--bootstrap", "browser"]).code(0).stdout(str![[r#"
browser   passed                [TIME]
1 passed, 0 failed

"#]]).stderr(str![[r#"
       Found the Docker engine 26.1.5
       Found the base image node:20-alpine
       Found the base image python:3.13-slim
     Running `cargo rig up database`: starting a PostgreSQL for the tests
rig: database is up
     Running `cargo rig up browser`: getting a browser for the tests
rig: browser is up
     Running browser: `TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine browser::`

"#]]);
    sandbox.take_calls();
    sandbox
        .xtask(&["test", "--bootstrap", "browser", "--dry-run"])
        .code(0)
        .stdout(str![[r#"
cargo rig up database
cargo rig up browser
TASKFLOW_REQUIRE_ENGINE=1 TASKFLOW_REQUIRE_RIG=1 cargo test --locked --package xtask --test engine browser::

"#]])
        .stderr(str![[r#"
       Found the Docker engine 26.1.5
       Found the base image node:20-alpine
       Found the base image python:3.13-slim
   Would run `cargo rig up database`: starting a PostgreSQL for the tests
   Would run `cargo rig up browser`: getting a browser for the tests

"#]]);
    assert!(!sandbox.transcript().contains("rig up"), "{}", sandbox.transcript());
}

#[test]
fn the_document_has_the_steps_of_bootstrap() {
    let sandbox = bootstrapping();
    let expected = serde_json::json!(["cargo rig up database", "cargo rig up browser"]);
    let run = sandbox.xtask(&["test", "--bootstrap", "--json", "-q", "browser"]).code(0).stderr("");
    assert_eq!(run.document()["bootstrap"], expected);
    assert_eq!(run.document()["suites"][0]["outcome"], "passed");
    let run = sandbox.xtask(&["test", "--bootstrap", "--json", "-q", "-n", "browser"]).code(0).stderr("");
    assert_eq!(run.document()["bootstrap"], expected);
    assert_eq!(run.document()["suites"][0]["outcome"], "not-run");
}
