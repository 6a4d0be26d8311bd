//! A repository with two small components, a real git, and an engine that keeps what it is told.

use super::sandbox::Sandbox;
use super::stateful_engine::StatefulEngine;

/// The components' base image.
pub(crate) const BASE: &str = "python:3.13-slim";

/// What taskflow.toml says.
pub(crate) const CONFIG: &str = "\
schema = 1

[project]
name = \"tiny\"
version = \"1.0.0\"

[component.a]
context = \"a\"

[component.b]
context = \"b\"
";

/// A repository whose taskflow.toml and components are in a folder, or at its root for an empty text; nothing is
/// committed. The engine has the base image.
pub(crate) fn in_folder(folder: &str) -> (Sandbox, StatefulEngine) {
    let sandbox = Sandbox::empty();
    sandbox.real("git");
    sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
    for (key, value) in [("user.name", "Test"), ("user.email", "test@example.org")] {
        sandbox.git(&["config", key, value]);
    }
    sandbox.write(&format!("{folder}taskflow.toml"), CONFIG);
    sandbox.write(".gitignore", "target\n");
    for component in ["a", "b"] {
        let dockerfile = format!("FROM {BASE}\nCOPY f /f\nUSER 1000\nCMD [\"cat\", \"/f\"]\n");
        sandbox.write(&format!("{folder}{component}/Dockerfile"), &dockerfile);
        sandbox.write(&format!("{folder}{component}/f"), &format!("file of {component}\n"));
    }
    let engine = StatefulEngine::install(&sandbox.outside("bin"), &sandbox.outside("engine"));
    engine.base(BASE, false);
    (sandbox, engine)
}

/// Adds a bare repository as the remote `origin`, with what was committed on `main`; returns its path.
pub(crate) fn remote(sandbox: &Sandbox) -> std::path::PathBuf {
    let path = sandbox.outside("remote.git");
    let shown = path.display().to_string();
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", &shown]);
    sandbox.git(&["remote", "add", "origin", &shown]);
    sandbox.git(&["push", "--quiet", "origin", "main"]);
    path
}
