//! The documents of `build --json`.

use snapbox::str;

use crate::harness::docker;
use crate::harness::failing_builds::{broken, build_with};

#[test]
fn the_document_of_a_build() {
    let run = docker::sandbox().xtask(&["build", "--json", "--jobs", "1", "-q"]).code(0).stderr("").stdout(str![[r#"
{
  "schema": 1,
  "command": "build",
  "ok": true,
  "tag": "1.0.0-main",
  "dry_run": false,
  "checked": true,
  "builder": "BuildKit through buildx 0.13.1",
  "bootstrap": [],
  "components": [
    {
      "name": "frontend",
      "references": [
        "taskflow-frontend:1.0.0-main"
      ],
      "command": "docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend",
      "base_images": [
        {
          "name": "node:20-alpine",
          "present": true,
          "stand_in": false
        }
      ],
      "outcome": "built",
      "image_id": "sha256:1d86604f841572f01d86604f841572f01d86604f841572f01d86604f841572f0",
      "replaced": null,
      "size_bytes": 123456789,
      "steps": 2,
      "steps_cached": 0,
      "duration_ms": 0,
      "log": "[ROOT]/target/xtask/logs/frontend.log",
      "findings": [],
      "secrets_searched_bytes": 0
    },
    {
      "name": "backend",
      "references": [
        "taskflow-backend:1.0.0-main"
      ],
      "command": "docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-backend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=python:3.13-slim --label dev.taskflow.component=backend --label dev.taskflow.branch=main --tag taskflow-backend:1.0.0-main ./backend",
      "base_images": [
        {
          "name": "python:3.13-slim",
          "present": true,
          "stand_in": false
        }
      ],
      "outcome": "built",
      "image_id": "sha256:b88e1fd77a19d10eb88e1fd77a19d10eb88e1fd77a19d10eb88e1fd77a19d10e",
      "replaced": null,
      "size_bytes": 123456789,
      "steps": 2,
      "steps_cached": 0,
      "duration_ms": 0,
      "log": "[ROOT]/target/xtask/logs/backend.log",
      "findings": [],
      "secrets_searched_bytes": 0
    }
  ],
  "error": null
}

"#]]);
    assert_eq!(run.document()["ok"], true);
}

#[test]
fn the_document_of_a_dry_run() {
    let sandbox = docker::sandbox();
    let run = sandbox.xtask(&["build", "--json", "--dry-run", "frontend"]).code(0).stderr("").stdout(str![[r#"
{
  "schema": 1,
  "command": "build",
  "ok": true,
  "tag": "1.0.0-main",
  "dry_run": true,
  "checked": true,
  "builder": "BuildKit through buildx 0.13.1",
  "bootstrap": [],
  "components": [
    {
      "name": "frontend",
      "references": [
        "taskflow-frontend:1.0.0-main"
      ],
      "command": "docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend",
      "base_images": [
        {
          "name": "node:20-alpine",
          "present": true,
          "stand_in": false
        }
      ],
      "outcome": "not-started",
      "image_id": null,
      "replaced": null,
      "size_bytes": null,
      "steps": null,
      "steps_cached": null,
      "duration_ms": null,
      "log": null,
      "findings": [],
      "secrets_searched_bytes": null
    }
  ],
  "error": null
}

"#]]);
    let line = sandbox.xtask(&["build", "--dry-run", "frontend"]).code(0).stdout;
    assert_eq!(format!("{}\n", run.document()["components"][0]["command"].as_str().unwrap()), line);
}

#[test]
fn the_document_of_a_failure() {
    let run = build_with([broken("frontend")], &["--json", "-q", "-j", "1"]).code(1).stdout(str![[r#"
{
  "schema": 1,
  "command": "build",
  "ok": false,
  "tag": "1.0.0-main",
  "dry_run": false,
  "checked": true,
  "builder": "BuildKit through buildx 0.13.1",
  "bootstrap": [],
  "components": [
    {
      "name": "frontend",
      "references": [
        "taskflow-frontend:1.0.0-main"
      ],
      "command": "docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend",
      "base_images": [
        {
          "name": "node:20-alpine",
          "present": true,
          "stand_in": false
        }
      ],
      "outcome": "failed",
      "image_id": null,
      "replaced": null,
      "size_bytes": null,
      "steps": null,
      "steps_cached": null,
      "duration_ms": 0,
      "log": "[ROOT]/target/xtask/logs/frontend.log",
      "findings": [],
      "secrets_searched_bytes": null
    },
    {
      "name": "backend",
      "references": [
        "taskflow-backend:1.0.0-main"
      ],
      "command": "docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-backend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=python:3.13-slim --label dev.taskflow.component=backend --label dev.taskflow.branch=main --tag taskflow-backend:1.0.0-main ./backend",
      "base_images": [
        {
          "name": "python:3.13-slim",
          "present": true,
          "stand_in": false
        }
      ],
      "outcome": "not-started",
      "image_id": null,
      "replaced": null,
      "size_bytes": null,
      "steps": null,
      "steps_cached": null,
      "duration_ms": null,
      "log": null,
      "findings": [],
      "secrets_searched_bytes": null
    }
  ],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)",
        "file": "frontend/Dockerfile",
        "line": 3,
        "column": null,
        "causes": [
          "npm error code EUSAGE"
        ],
        "notes": [
          "full log: [ROOT]/target/xtask/logs/frontend.log",
          "`taskflow-backend:1.0.0-main` was not started after the failure"
        ],
        "hints": [
          "correct frontend/Dockerfile and run `cargo xtask build frontend` again",
          "pass `--keep-going` to build them all the same"
        ]
      }
    ]
  }
}

"#]]);
    assert_eq!(run.document()["ok"], false);
    assert!(run.stderr.starts_with("error: building `taskflow-frontend:1.0.0-main` failed"), "{}", run.stderr);
}

#[test]
fn the_document_of_arguments_that_make_no_sense() {
    let run = docker::sandbox()
        .xtask(&["build", "--jobs", "0", "--json"])
        .code(2)
        .stdout(str![[r#"
{
  "schema": 1,
  "command": "xtask",
  "ok": false,
  "error": {
    "kind": "usage",
    "exit_code": 2,
    "problems": [
      {
        "message": "invalid value '0' for '--jobs <N>': 0 is not in 1..=65535",
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

"#]])
        .stderr(str![[r#"
error: invalid value '0' for '--jobs <N>': 0 is not in 1..=65535

For more information, try '--help'.

"#]]);
    assert_eq!(run.document()["error"]["kind"], "usage");
}
