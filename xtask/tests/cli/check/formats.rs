//! The formats for programs.

use snapbox::str;

use super::{KEPT, sandbox, sandbox_with};
use crate::harness::planted::token;

/// Breaks the rule about the port.
fn broken() -> String {
    KEPT.replace("3000", "8080")
}

#[test]
fn the_document() {
    sandbox(&broken()).xtask(&["check", "--json", "-q", "frontend"]).code(1).stdout(str![[r#"
{
  "schema": 1,
  "command": "check",
  "ok": false,
  "components": [
    "frontend"
  ],
  "judgements": [
    {
      "component": "frontend",
      "rule": "dockerfile-valid",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "base-image",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "base-variant",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "port",
      "verdict": "broken"
    },
    {
      "component": "frontend",
      "rule": "command",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "exec-form",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "non-root",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "user",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "user-created",
      "verdict": "held"
    },
    {
      "component": "frontend",
      "rule": "ignore-file-valid",
      "verdict": "held"
    }
  ],
  "findings": [
    {
      "rule": "port",
      "severity": "error",
      "place": "frontend/Dockerfile:EXPOSE",
      "file": "frontend/Dockerfile",
      "line": 4,
      "column": 1,
      "what": "the image exposes 8080/tcp, and the contract wants only 3000/tcp",
      "wanted": "contract: Exposed Port",
      "remedy": "write `EXPOSE 3000`",
      "documentation": "docs/contract/port.md#port"
    }
  ],
  "allowed": [],
  "duration_ms": 0,
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "1 error found",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [],
        "hints": [
          "explain a rule with `cargo xtask check --explain RULE`"
        ]
      }
    ]
  }
}

"#]]);
}

#[test]
fn annotations_of_github() {
    sandbox(&broken()).xtask(&["check", "--format", "github", "-q", "frontend"]).code(1).stdout(str![[r#"
::error file=frontend/Dockerfile,line=4,col=1,title=port::the image exposes 8080/tcp, and the contract wants only 3000/tcp

"#]]);
}

#[test]
fn sarif() {
    let run = sandbox(&broken()).xtask(&["check", "--format", "sarif", "-q", "frontend"]).code(1);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let result = &document["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "port");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 4);
    let rule = &document["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["help"]["text"], "docs/contract/port.md#port");
}

#[test]
fn junit() {
    sandbox(&broken()).xtask(&["check", "--format", "junit", "-q", "frontend"]).code(1).stdout(str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="xtask check" tests="10" failures="1" skipped="0">
  <testsuite name="frontend" tests="10" failures="1" skipped="0">
    <testcase classname="frontend" name="dockerfile-valid"/>
    <testcase classname="frontend" name="base-image"/>
    <testcase classname="frontend" name="base-variant"/>
    <testcase classname="frontend" name="port"><failure message="frontend/Dockerfile:4: the image exposes 8080/tcp, and the contract wants only 3000/tcp">frontend/Dockerfile:4: the image exposes 8080/tcp, and the contract wants only 3000/tcp</failure></testcase>
    <testcase classname="frontend" name="command"/>
    <testcase classname="frontend" name="exec-form"/>
    <testcase classname="frontend" name="non-root"/>
    <testcase classname="frontend" name="user"/>
    <testcase classname="frontend" name="user-created"/>
    <testcase classname="frontend" name="ignore-file-valid"/>
  </testsuite>
</testsuites>

"#]]);
    // An exception, a figure, what is not decided, and a secret.
    let dockerfile = KEPT
        .replace("EXPOSE", "# taskflow: allow port -- the metrics of an old collector\nEXPOSE 8080")
        .replace("USER nextjs", &format!("ARG A\nUSER $A\nENV NOTE='<&>' OTHER={}", token()));
    let sandbox = sandbox_with(&dockerfile, "max-context-mb = 1\n[component.frontend.build-args.A]\n");
    sandbox.xtask(&["check", "--format", "junit", "-q", "frontend"]).code(1).stdout(str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="xtask check" tests="13" failures="1" skipped="2">
  <testsuite name="frontend" tests="12" failures="0" skipped="2">
    <testcase classname="frontend" name="dockerfile-valid"/>
    <testcase classname="frontend" name="declared-inputs"/>
    <testcase classname="frontend" name="base-image"/>
    <testcase classname="frontend" name="base-variant"/>
    <testcase classname="frontend" name="port"><system-out>by an exception</system-out></testcase>
    <testcase classname="frontend" name="command"/>
    <testcase classname="frontend" name="exec-form"/>
    <testcase classname="frontend" name="non-root"><skipped message="the user in line 4 depends on a build arg without a known value"/></testcase>
    <testcase classname="frontend" name="user"><skipped message="the user in line 4 depends on a build arg without a known value"/></testcase>
    <testcase classname="frontend" name="user-created"/>
    <testcase classname="frontend" name="ignore-file-valid"/>
    <testcase classname="frontend" name="context-size"><system-out>0.0 MB of 1 MB</system-out></testcase>
  </testsuite>
  <testsuite name="secrets" tests="1" failures="1" skipped="0">
    <testcase classname="secrets" name="github-token"><failure message="frontend/Dockerfile:5: a secret in `ENV OTHER`: GitHub token">frontend/Dockerfile:5: a secret in `ENV OTHER`: GitHub token</failure></testcase>
  </testsuite>
</testsuites>

"#]]);
}
