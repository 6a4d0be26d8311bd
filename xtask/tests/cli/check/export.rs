//! `contract export`: the file that another tool reads.

use serde::Deserialize;
use snapbox::str;

use super::{KEPT, sandbox};
use crate::harness::sandbox::Sandbox;

/// The schema of container-structure-test 2.0.0, with the fields that its README lists. Other fields are an error, as
/// for the tool, which reads the file strictly.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields say which ones a file may have")]
struct StructureTest {
    schema_version: String,
    #[serde(default)]
    global_env_vars: Vec<EnvVar>,
    #[serde(default)]
    command_tests: Vec<CommandTest>,
    #[serde(default)]
    file_existence_tests: Vec<serde_json::Value>,
    #[serde(default)]
    file_content_tests: Vec<serde_json::Value>,
    metadata_test: MetadataTest,
    #[serde(default)]
    license_tests: Vec<serde_json::Value>,
    container_run_options: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EnvVar {
    key: String,
    value: String,
    #[serde(default)]
    is_regex: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields say which ones a file may have")]
struct CommandTest {
    name: String,
    #[serde(default)]
    setup: Vec<Vec<String>>,
    #[serde(default)]
    teardown: Vec<Vec<String>>,
    command: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env_vars: Vec<EnvVar>,
    #[serde(default)]
    expected_output: Vec<String>,
    #[serde(default)]
    excluded_output: Vec<String>,
    #[serde(default)]
    expected_error: Vec<String>,
    #[serde(default)]
    excluded_error: Vec<String>,
    exit_code: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields say which ones a file may have")]
struct MetadataTest {
    #[serde(default)]
    env_vars: Vec<EnvVar>,
    #[serde(default)]
    unbound_env_vars: Vec<UnboundEnvVar>,
    #[serde(default)]
    labels: Vec<EnvVar>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    #[serde(default)]
    exposed_ports: Vec<String>,
    #[serde(default)]
    unexposed_ports: Vec<String>,
    #[serde(default)]
    volumes: Vec<String>,
    #[serde(default)]
    unmounted_volumes: Vec<String>,
    workdir: Option<String>,
    user: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnboundEnvVar {
    key: String,
}

/// A repository with the shipped taskflow.toml.
fn shipped() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", include_str!("../../../../taskflow.toml"));
    sandbox
}

#[test]
fn the_tool_reads_the_file() {
    for (component, user, port) in [("frontend", "nextjs", "3000"), ("backend", "appuser", "8000")] {
        let run = shipped().xtask(&["contract", "export", component, "--format", "container-structure-test"]).code(0);
        let tests: StructureTest = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(tests.schema_version, "2.0.0");
        assert_eq!(tests.command_tests[0].expected_output, [format!("^{user}\\n?$")]);
        let metadata = tests.metadata_test;
        assert_eq!((metadata.user.as_deref(), metadata.workdir.as_deref()), (Some(user), Some("/app")));
        assert_eq!(metadata.exposed_ports, [port]);
        let is_plain = |variable: &EnvVar| !variable.is_regex && !variable.key.is_empty() && !variable.value.is_empty();
        assert!(metadata.env_vars.iter().all(is_plain));
        assert!(metadata.unbound_env_vars.iter().any(|variable| variable.key.ends_with("_URL")));
    }
}

#[test]
fn the_file_and_the_document() {
    let sandbox = sandbox(KEPT);
    sandbox.xtask(&["contract", "export", "frontend"]).code(0).stderr("").stdout(str![[r#"
{
  "schemaVersion": "2.0.0",
  "commandTests": [
    {
      "name": "name of the user",
      "command": "whoami",
      "args": [],
      "expectedOutput": [
        "^nextjs\\n?$"
      ],
      "exitCode": 0
    },
    {
      "name": "ID of the user",
      "command": "id",
      "args": [
        "-u"
      ],
      "expectedOutput": [
        "^1001\\n?$"
      ],
      "exitCode": 0
    }
  ],
  "metadataTest": {
    "cmd": [
      "node",
      "server.js"
    ],
    "exposedPorts": [
      "3000"
    ],
    "user": "nextjs"
  }
}

"#]]);
    sandbox.xtask(&["contract", "export", "frontend", "--json"]).code(0).stdout(str![[r#"
{
  "schema": 1,
  "command": "contract export",
  "ok": true,
  "component": "frontend",
  "file": {
    "schemaVersion": "2.0.0",
    "commandTests": [
      {
        "name": "name of the user",
        "command": "whoami",
        "args": [],
        "expectedOutput": [
          "^nextjs\\n?$"
        ],
        "exitCode": 0
      },
      {
        "name": "ID of the user",
        "command": "id",
        "args": [
          "-u"
        ],
        "expectedOutput": [
          "^1001\\n?$"
        ],
        "exitCode": 0
      }
    ],
    "metadataTest": {
      "cmd": [
        "node",
        "server.js"
      ],
      "exposedPorts": [
        "3000"
      ],
      "user": "nextjs"
    }
  },
  "error": null
}

"#]]);
    sandbox.xtask(&["contract", "export", "backend"]).code(2).stdout("").stderr(str![[r#"
error: component `backend` has no contract
hint: declare it in taskflow.toml: `[component.backend.contract]`

"#]]);
}
