//! `secrets scan --stdin-args`: names with their values, one JSON object a line.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;
use snapbox::str;

use crate::harness::planted::{address, password, quiet, token};
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// Runs xtask with this on standard input.
pub(super) fn fed(sandbox: &Sandbox, args: &[&str], input: &[u8]) -> Run {
    let mut child = sandbox.command(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    quiet(sandbox.finished(&output))
}

fn rows() -> String {
    [
        json!({ "id": "a", "name": "DATABASE_URL", "value": "" }),
        json!({ "id": 2, "name": "LOG_LEVEL", "value": "debug" }),
        json!({ "id": 3, "name": "TARGET", "value": token() }),
        json!({ "name": "DSN", "value": address() }),
        json!({ "id": "e", "name": "DB_PASSWORD", "value": password() }),
        json!({ "id": "f", "name": "DB_PASSWORD", "value": "${DB_PASSWORD}" }),
        json!({ "id": "g", "name": "SIGNING_KEY" }),
        json!({ "id": "h", "name": "WORKERS", "value": 4 }),
    ]
    .map(|row| format!("{row}\n"))
    .concat()
}

#[test]
fn rows_with_a_secret_are_named() {
    let run = fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], rows().as_bytes()).code(1);
    run.stdout(str![[r#"
"a"  declared-name  its name is declared as a secret
3  github-token  GitHub token
4  url-password  password in an address
"e"  secret-name  its name says that it is a password
"g"  secret-name  its name says that it is a key or a token

"#]])
        .stderr(str![[r#"
error: 5 of 8 rows hold a secret

"#]]);
}

#[test]
fn the_document_has_a_finding_for_each() {
    let run = fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args", "--json"], rows().as_bytes()).code(1);
    run.stdout(str![[r#"
{
  "schema": 1,
  "command": "secrets scan",
  "ok": false,
  "rows": 8,
  "findings": [
    {
      "id": "a",
      "rule": "declared-name",
      "severity": "error",
      "reason": "its name is declared as a secret"
    },
    {
      "id": 3,
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token"
    },
    {
      "id": 4,
      "rule": "url-password",
      "severity": "error",
      "reason": "password in an address"
    },
    {
      "id": "e",
      "rule": "secret-name",
      "severity": "error",
      "reason": "its name says that it is a password"
    },
    {
      "id": "g",
      "rule": "secret-name",
      "severity": "error",
      "reason": "its name says that it is a key or a token"
    }
  ],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "5 of 8 rows hold a secret",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [],
        "hints": []
      }
    ]
  }
}

"#]]);
}

#[test]
fn no_secret_is_no_failure() {
    let row = b"{\"id\":1,\"name\":\"A\",\"value\":\"b\"}\n\n";
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], row).code(0).stdout("").stderr("");
    let run = fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args", "--json"], b"").code(0);
    assert_eq!(run.document()["rows"], 0);
}

#[test]
fn a_line_that_is_no_row_is_named_and_not_shown() {
    let text = format!("{{\"id\":1,\"name\":\"A\"}}\nDB_PASSWORD={}\n", password());
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], text.as_bytes()).code(2).stdout("").stderr(str![[r#"
error: line 2 of standard input is not a JSON object; it is not shown
hint: each line is `{"id": …, "name": …, "value": …}`

"#]]);
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], b"[1]\n").code(2).stdout("").stderr(str![[r#"
error: line 1 of standard input is not a JSON object; it is not shown
hint: each line is `{"id": …, "name": …, "value": …}`

"#]]);
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], b"{\"id\":1,\"value\":\"\xff\"}\n")
        .code(2)
        .stdout("")
        .stderr(str![[r#"
error: cannot read standard input
caused by: stream did not contain valid UTF-8

"#]]);
}
