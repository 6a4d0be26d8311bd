//! The part of a contract about the image, in the form of container-structure-test (schema 2.0.0).

use serde::Serialize;

use super::declared::{Contract, VariableSource};

/// A file of tests. The tool reads JSON and YAML.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StructureTests {
    schema_version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    command_tests: Vec<CommandTest>,
    metadata_test: MetadataTest,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CommandTest {
    name: &'static str,
    command: &'static str,
    args: Vec<&'static str>,
    /// Regular expressions that the output matches.
    expected_output: Vec<String>,
    exit_code: i32,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct MetadataTest {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env_vars: Vec<EnvVar>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unbound_env_vars: Vec<UnboundEnvVar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cmd: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exposed_ports: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workdir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct EnvVar {
    key: String,
    value: String,
}

#[derive(Clone, Debug, Serialize)]
struct UnboundEnvVar {
    key: String,
}

/// Converts a contract. The user is a name, as in the images of this repository; a numeric `USER` fails the test of the
/// metadata, and not those of the commands.
pub fn structure_tests(contract: &Contract) -> StructureTests {
    let runs = |name, command, args: &[&'static str], output: String| CommandTest {
        name,
        command,
        args: args.to_vec(),
        expected_output: vec![format!("^{output}\\n?$")],
        exit_code: 0,
    };
    let user = contract.user.as_ref().map(|user| runs("name of the user", "whoami", &[], user.value.clone()));
    let uid = contract.uid.as_ref().map(|uid| runs("ID of the user", "id", &["-u"], uid.value.to_string()));
    let port = contract.port.as_ref().map(|port| match contract.protocol.transport() {
        "tcp" => port.value.to_string(),
        transport => format!("{}/{transport}", port.value),
    });
    let mut metadata = MetadataTest {
        cmd: contract.command.as_ref().map(|command| command.value.clone()),
        exposed_ports: port.into_iter().collect(),
        workdir: contract.workdir.as_ref().map(|workdir| workdir.value.clone()),
        user: contract.user.as_ref().map(|user| user.value.clone()),
        ..MetadataTest::default()
    };
    for variable in &contract.environment {
        let key = variable.name.to_string();
        match (&variable.default, variable.source) {
            (Some(value), _) => metadata.env_vars.push(EnvVar { key, value: value.clone() }),
            (None, VariableSource::ConfigMap | VariableSource::Secret) => {
                metadata.unbound_env_vars.push(UnboundEnvVar { key });
            }
            (None, VariableSource::Image) => {}
        }
    }
    StructureTests {
        schema_version: "2.0.0",
        command_tests: user.into_iter().chain(uid).collect(),
        metadata_test: metadata,
    }
}
