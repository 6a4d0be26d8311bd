//! The parts of the rig that are up, and engines.

use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use super::parts::{found, root};

/// The parts of the rig that are up, as `cargo rig status` tells of them.
pub(crate) fn rig() -> &'static Value {
    static STATUS: OnceLock<Value> = OnceLock::new();
    STATUS.get_or_init(|| {
        let output = Command::new("cargo").args(["rig", "status", "--json"]).current_dir(root()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    })
}

/// A fact of a part that is up. Without it the test ends here, as a failure under `TASKFLOW_REQUIRE_RIG=1`.
pub(crate) fn fact(test: &str, part: &str, name: &str) -> Option<String> {
    let parts = rig()["parts"].as_array();
    let up = parts.into_iter().flatten().find(|status| status["name"] == part && status["state"] == "up");
    let value = up.and_then(|part| part["facts"][name].as_str()).map(str::to_owned);
    found(value.is_some(), test, &format!("`cargo rig up {part}`"), "TASKFLOW_REQUIRE_RIG").then_some(value).flatten()
}

/// An engine.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// What a client needs to reach it.
    pub(crate) env: Vec<(String, String)>,
}

impl Engine {
    /// The machine's own.
    pub(crate) fn own() -> Self {
        Self { env: Vec::new() }
    }

    /// One of the rig's.
    pub(crate) fn at(host: &str, config: Option<&str>) -> Self {
        let config = config.map(|config| ("DOCKER_CONFIG".to_owned(), config.to_owned()));
        Self { env: std::iter::once(("DOCKER_HOST".to_owned(), host.to_owned())).chain(config).collect() }
    }

    /// What docker prints for a call; it must succeed.
    pub(crate) fn docker(&self, args: &[&str]) -> String {
        let output = self.call(args);
        assert!(output.status.success(), "docker {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn call(&self, args: &[&str]) -> Output {
        let env = self.env.iter().map(|(name, value)| (name, value));
        Command::new("docker").args(args).envs(env).stdin(Stdio::null()).output().unwrap()
    }

    /// The ID under a reference, if there is one.
    pub(crate) fn id(&self, reference: &str) -> Option<String> {
        let output = self.call(&["image", "inspect", "--format", "{{.Id}}", reference]);
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// Takes images away by name, whoever uses them.
    pub(crate) fn forget(&self, references: &[&str]) {
        for reference in references {
            drop(self.call(&["image", "rm", "--force", reference]));
        }
    }
}
