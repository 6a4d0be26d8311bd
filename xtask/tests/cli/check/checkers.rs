//! Checkers that other projects make.

use snapbox::str;

use super::{KEPT, sandbox};
use crate::harness::fakes::on;

/// An answer of `docker buildx build --call=check,format=json`.
const BUILDKIT: &str = r#"{"warnings": [{"ruleName": "LegacyKeyValueFormat", "description": "a form of ENV that is no longer recommended",
  "url": "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/", "detail": "use ENV with an equals sign",
  "location": {"ranges": [{"start": {"line": 4}, "end": {"line": 4}}]}}], "sources": []}"#;

/// An answer of `hadolint --format json`.
const HADOLINT: &str = r#"[{"line": 2, "column": 1, "code": "DL3018", "level": "warning", "message": "Pin versions", "file": "frontend/Dockerfile"}]"#;

#[test]
fn their_findings_are_marked_as_theirs() {
    let sandbox = sandbox(KEPT);
    sandbox.fake("docker", [on("buildx build --call=check,format=json *").says(BUILDKIT).exits(1)]);
    sandbox.fake("hadolint", [on("--no-fail --format json frontend/Dockerfile").says(HADOLINT)]);
    sandbox.xtask(&["check", "--with", "buildkit,hadolint", "frontend"]).code(0).stdout("").stderr(str![[r#"
warning[buildkit]: BuildKit's build checks, LegacyKeyValueFormat: use ENV with an equals sign
 --> frontend/Dockerfile:4:1
  |
4 | EXPOSE 3000
  | ^^^^^^^^^^^
note: https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/

warning[hadolint]: hadolint, DL3018: Pin versions
 --> frontend/Dockerfile:2:1
  |
2 | RUN adduser -S nextjs -u 1001
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

     Checked 1 component in [TIME]: 10 held, 0 broken, 0 not decided

"#]]);
    let sarif = ["check", "--with", "hadolint", "--format", "sarif", "-q", "frontend"];
    sandbox.xtask(&sarif).code(0).stdout(str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [
        {
          "level": "warning",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "frontend/Dockerfile"
                },
                "region": {
                  "startLine": 2
                }
              }
            }
          ],
          "message": {
            "text": "hadolint, DL3018: Pin versions"
          },
          "partialFingerprints": {
            "place/v1": "hadolint:frontend/Dockerfile:RUN"
          },
          "ruleId": "hadolint"
        }
      ],
      "tool": {
        "driver": {
          "name": "xtask",
          "rules": [
            {
              "help": {
                "text": "docs/contract/index.md#hadolint"
              },
              "id": "hadolint",
              "shortDescription": {
                "text": "finding of hadolint"
              }
            }
          ],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}

"#]]);
    let sarif = ["check", "--with", "buildkit", "--format", "sarif", "-q", "frontend"];
    sandbox.xtask(&sarif).code(0).stdout(str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [
        {
          "level": "warning",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "frontend/Dockerfile"
                },
                "region": {
                  "startLine": 4
                }
              }
            }
          ],
          "message": {
            "text": "BuildKit's build checks, LegacyKeyValueFormat: use ENV with an equals sign"
          },
          "partialFingerprints": {
            "place/v1": "buildkit:frontend/Dockerfile:EXPOSE"
          },
          "ruleId": "buildkit"
        }
      ],
      "tool": {
        "driver": {
          "name": "xtask",
          "rules": [
            {
              "help": {
                "text": "docs/contract/index.md#buildkit"
              },
              "id": "buildkit",
              "shortDescription": {
                "text": "finding of BuildKit's build checks"
              }
            }
          ],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}

"#]]);
}

#[test]
fn a_checker_without_an_answer_is_named() {
    let sandbox = sandbox(KEPT);
    sandbox.fake("docker", [on("buildx *").complains("unknown flag: --call\n").exits(125)]);
    sandbox.xtask(&["check", "--with", "buildkit,hadolint", "frontend"]).code(0).stdout("").stderr(str![[r#"
warning: BuildKit's build checks did not check `frontend`
caused by: unknown flag: --call
warning: hadolint did not check `frontend`
caused by: `hadolint` is not installed or not on PATH
     Checked 1 component in [TIME]: 10 held, 0 broken, 0 not decided

"#]]);
}
