//! Contexts and Dockerfiles as the disk has them.

use std::fs;
use std::os::unix::fs::symlink;

use snapbox::{IntoData, str};

use crate::harness::docker;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// Builds what `change` has left of the repository; no tool is asked.
#[track_caller]
fn refused(change: impl FnOnce(&Sandbox), expected: impl IntoData) {
    let sandbox = Sandbox::new();
    change(&sandbox);
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(expected);
}

#[test]
fn a_context_that_is_missing() {
    refused(
        |sandbox| fs::remove_dir_all(sandbox.root.join("frontend")).unwrap(),
        str![[r#"
error: the build context of component `frontend` is missing: `frontend`
 --> taskflow.toml:8:11
  |
8 | context = "frontend"
  |           ^^^^^^^^^^ no such folder
hint: create the folder, or correct the path; it is relative to taskflow.toml

"#]],
    );
}

#[test]
fn a_context_that_is_a_file() {
    let change = |sandbox: &Sandbox| {
        fs::remove_dir_all(sandbox.root.join("frontend")).unwrap();
        sandbox.write("frontend", "");
    };
    refused(
        change,
        str![[r#"
error: the build context of component `frontend` is not a folder: `frontend`
 --> taskflow.toml:8:11
  |
8 | context = "frontend"
  |           ^^^^^^^^^^ a file

"#]],
    );
}

#[test]
fn a_context_that_links_to_the_root_or_out_of_the_repository() {
    let link = |target: &'static str| {
        move |sandbox: &Sandbox| {
            fs::remove_dir_all(sandbox.root.join("frontend")).unwrap();
            symlink(target, sandbox.root.join("frontend")).unwrap();
        }
    };
    refused(
        link("."),
        str![[r#"
error: invalid build context for component `frontend`: `frontend` is the repository root
 --> taskflow.toml:8:11
  |
8 | context = "frontend"
  |           ^^^^^^^^^^ a link to the root
note: contract: Build Context, "Never: Repository root"; every file of the repository would be sent to the engine
hint: give the component a folder of its own: `context = "frontend"`

"#]],
    );
    refused(
        link("../home"),
        str![[r#"
error: invalid build context for component `frontend`: `frontend` lies outside the repository
 --> taskflow.toml:8:11
  |
8 | context = "frontend"
  |           ^^^^^^^^^^ a link out of the repository
hint: a context is a folder inside the repository, with a path relative to taskflow.toml

"#]],
    );
}

#[test]
fn a_dockerfile_that_is_missing_or_no_file() {
    let dockerfile = |sandbox: &Sandbox| sandbox.root.join("frontend/Dockerfile");
    refused(
        |sandbox| fs::remove_file(dockerfile(sandbox)).unwrap(),
        str![[r#"
error: the Dockerfile of component `frontend` is missing: `frontend/Dockerfile`
 --> taskflow.toml:7:12
  |
7 | [component.frontend]
  |            ^^^^^^^^ no such file
hint: create it, or set `dockerfile` under `[component.frontend]`

"#]],
    );
    let folder = |sandbox: &Sandbox| {
        fs::remove_file(dockerfile(sandbox)).unwrap();
        fs::create_dir(dockerfile(sandbox)).unwrap();
    };
    refused(
        folder,
        str![[r#"
error: the Dockerfile of component `frontend` is a folder: `frontend/Dockerfile`
 --> taskflow.toml:7:12
  |
7 | [component.frontend]
  |            ^^^^^^^^ a folder

"#]],
    );
    let outside = |sandbox: &Sandbox| {
        fs::write(sandbox.outside("home/Dockerfile"), "FROM scratch\n").unwrap();
        fs::remove_file(dockerfile(sandbox)).unwrap();
        symlink("../../home/Dockerfile", dockerfile(sandbox)).unwrap();
    };
    refused(
        outside,
        str![[r#"
error: the Dockerfile of component `frontend` lies outside the repository: `frontend/Dockerfile`
 --> taskflow.toml:7:12
  |
7 | [component.frontend]
  |            ^^^^^^^^ a link out of the repository

"#]],
    );
    let named = |sandbox: &Sandbox| {
        let config = CONFIG.replace("\"frontend\"\n", "\"frontend\"\ndockerfile = \"frontend/Image\"\n");
        sandbox.write("taskflow.toml", &config);
    };
    refused(
        named,
        str![[r#"
error: the Dockerfile of component `frontend` is missing: `frontend/Image`
 --> taskflow.toml:9:14
  |
9 | dockerfile = "frontend/Image"
  |              ^^^^^^^^^^^^^^^^ no such file
hint: create it, or set `dockerfile` under `[component.frontend]`

"#]],
    );
}

#[test]
fn a_dockerfile_that_is_no_text() {
    let change = |sandbox: &Sandbox| fs::write(sandbox.root.join("frontend/Dockerfile"), b"\xff\xfeF\0R\0").unwrap();
    refused(
        change,
        str![[r#"
error: `frontend/Dockerfile` is in UTF-16, little endian, and the builder reads text in UTF-8
  --> frontend/Dockerfile
hint: convert it with `iconv -f UTF-16 -t UTF-8 frontend/Dockerfile > frontend/Dockerfile.new && mv frontend/Dockerfile.new frontend/Dockerfile`

"#]],
    );
}

#[test]
fn only_components_that_were_asked_for_are_looked_at() {
    let sandbox = docker::sandbox();
    fs::remove_dir_all(sandbox.root.join("frontend")).unwrap();
    sandbox.commit();
    sandbox.xtask(&["build", "backend"]).code(0).stdout("taskflow-backend:1.0.0-main\n");
    assert!(!sandbox.transcript().contains("frontend"), "{}", sandbox.transcript());
}
