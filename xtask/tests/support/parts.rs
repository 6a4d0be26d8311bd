//! The real parts that tests need, and what happens when one is not there: said loudly, failed where it is required.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The root of this repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Whether an engine answers. Without one the test ends here, as a failure under `TASKFLOW_REQUIRE_ENGINE=1`.
pub(crate) fn engine(test: &str) -> bool {
    static ANSWERS: OnceLock<bool> = OnceLock::new();
    let answers = *ANSWERS.get_or_init(|| {
        let version = Command::new("docker").args(["version", "--format", "{{.Server.Version}}"]).output();
        version.is_ok_and(|output| output.status.success())
    });
    found(answers, test, "a Docker engine", "TASKFLOW_REQUIRE_ENGINE")
}

/// A PostgreSQL as a container reaches it; handled like the engine, under `TASKFLOW_REQUIRE_RIG=1`.
pub(crate) fn database(test: &str) -> Option<String> {
    let url = std::env::var("TASKFLOW_TEST_DATABASE_URL_IN_CONTAINER").ok().filter(|url| !url.is_empty());
    let what = "a PostgreSQL in TASKFLOW_TEST_DATABASE_URL_IN_CONTAINER (`cargo xtask test` sets it)";
    found(url.is_some(), test, what, "TASKFLOW_REQUIRE_RIG").then_some(url).flatten()
}

/// Says that a part is missing, past the test runner's capture, and fails if the part is required.
pub(crate) fn found(is_there: bool, test: &str, what: &str, required_by: &str) -> bool {
    if !is_there {
        let required = std::env::var(required_by).is_ok_and(|value| value == "1");
        assert!(!required, "{test} needs {what}, and {required_by}=1 requires it");
        let mut stderr = std::io::stderr();
        let _unheard = writeln!(stderr, "SKIPPED {test}: it needs {what}");
    }
    is_there
}

/// The two images of this checkout, built once a run by the command that is being tested.
pub(crate) struct Images {
    pub(crate) frontend: String,
    pub(crate) backend: String,
}

/// Builds both images with `xtask build` and returns their references.
pub(crate) fn images() -> &'static Images {
    static IMAGES: OnceLock<Images> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let document = xtask_json(&["build"]);
        let reference = |name: &str| component(&document, name)["references"][0].as_str().unwrap().to_owned();
        Images { frontend: reference("frontend"), backend: reference("backend") }
    })
}

/// Runs xtask in this checkout with `--json`; it must succeed.
pub(crate) fn xtask_json(args: &[&str]) -> Value {
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).arg("--json").current_dir(root()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "xtask {args:?} failed:\n{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One component of a build's document.
pub(crate) fn component<'a>(document: &'a Value, name: &str) -> &'a Value {
    let components = document["components"].as_array().unwrap();
    components.iter().find(|component| component["name"] == name).unwrap()
}

/// What docker prints for a call; it must succeed.
pub(crate) fn docker(args: &[&str]) -> String {
    let output = Command::new("docker").args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "docker {args:?} failed:\n{said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The parsed `docker image inspect` of an image.
pub(crate) fn inspect(reference: &str) -> Value {
    serde_json::from_str(&docker(&["image", "inspect", "--format", "{{json .}}", reference])).unwrap()
}

/// A folder of this run's own.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("taskflow-test-").tempdir().unwrap()
}

/// Makes a repository with a first commit out of a folder.
pub(crate) fn git_init(folder: &Path) {
    for args in [
        &["init", "--quiet", "--initial-branch", "main"][..],
        &["add", "--all"],
        &["-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "--message", "first"],
    ] {
        let status = Command::new("git")
            .args(args)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .status();
        assert!(status.unwrap().success(), "git {args:?}");
    }
}

/// A repository of its own with one component for each Dockerfile text.
pub(crate) fn repository(project: &str, dockerfiles: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = scratch();
    let root = folder.path().to_path_buf();
    let mut config = format!("schema = 1\n[project]\nname = \"{project}\"\nversion = \"1.0.0\"\n");
    for (name, dockerfile) in dockerfiles {
        std::fs::create_dir(root.join(name)).unwrap();
        std::fs::write(root.join(name).join("Dockerfile"), dockerfile).unwrap();
        config.push_str(&["[component.", name, "]\ncontext = \"", name, "\"\n"].concat());
    }
    std::fs::write(root.join("taskflow.toml"), config).unwrap();
    // Logs would make the tree dirty, and so change the tag.
    std::fs::write(root.join(".gitignore"), "/target\n").unwrap();
    git_init(&root);
    (folder, root)
}
