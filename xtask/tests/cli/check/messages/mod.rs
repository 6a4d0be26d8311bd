//! Every sentence that a rule can say.

mod files;
mod image;
mod user;

use snapbox::IntoData;

use crate::harness::docker;
use crate::harness::run::compare;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// What `check` prints of the frontend with this contract and these files.
#[track_caller]
fn told(contract: &str, files: &[(&str, &str)], code: i32, expected: impl IntoData) {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{contract}"));
    for (path, text) in files {
        sandbox.write(path, text);
    }
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    compare(&sandbox.xtask(&["check", "frontend"]).code(code).stdout("").stderr, expected);
}

/// The Dockerfile of the frontend.
const DOCKERFILE: &str = "frontend/Dockerfile";
