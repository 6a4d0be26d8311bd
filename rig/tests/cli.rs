//! The command line as its callers see it: exit codes, streams, the JSON document. Nothing here needs root or a network.

#![expect(clippy::unwrap_used, reason = "a test may end with a panic")]

use std::path::Path;
use std::process::{Command, Output};

/// An endpoint at which no engine answers.
const NOWHERE: &str = "unix:///nonexistent/docker.sock";

fn rig(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rig"))
        .args(args)
        .env("TASKFLOW_RIG_DIR", folder)
        .env("DOCKER_HOST", NOWHERE)
        .output()
        .unwrap()
}

fn talk(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn usage_errors_do_nothing_and_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    for args in [&["up"][..], &["up", "engin"], &["down", "nothing"], &["status", "--yaml"], &["lift"], &[]] {
        let output = rig(&cache, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert!(!cache.exists());
    let message = talk(&rig(&cache, &["up", "engin"]));
    assert!(
        message.contains("error: ")
            && message.contains("engine, bases, database, browser, registry, node, engine-current"),
        "{message}"
    );
}

#[test]
fn help_is_data() {
    let output = rig(Path::new("/nonexistent"), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Usage: cargo rig <COMMAND>"));
}

#[test]
fn a_relative_folder_is_refused() {
    let output = rig(Path::new("here"), &["status"]);
    assert_eq!(output.status.code(), Some(2));
    let told =
        "error: TASKFLOW_RIG_DIR is not an absolute path: here\nhint: set TASKFLOW_RIG_DIR to an absolute path\n";
    assert_eq!(talk(&output), told);
}

#[test]
fn status_has_every_part_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let output = rig(&cache, &["status", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    let parts = report["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["name"].as_str().unwrap()).collect();
    let wanted = [
        "engine",
        "bases",
        "database",
        "browser",
        "registry",
        "node",
        "engine-current",
        "engine-spare",
        "containerd-node",
    ];
    assert_eq!(names, wanted);
    for part in parts {
        assert!(["up", "down", "partial"].contains(&part["state"].as_str().unwrap()));
        assert!(part["detail"].is_string() && part["facts"].is_object());
    }
    let down = parts.iter().filter(|part| part["name"] != "browser").all(|part| part["state"] == "down");
    assert!(down, "{parts:?}");
    assert!(!cache.exists());
    let table = String::from_utf8(rig(&cache, &["status"]).stdout).unwrap();
    assert_eq!(table.lines().count(), 1 + parts.len());
}

#[test]
fn a_fact_of_a_part_that_is_down_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = rig(folder.path(), &["status", "--fact", "database.container_url"]);
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    assert_eq!(talk(&output), "error: database is down\nhint: run `cargo rig up database` first\n");
}

#[test]
fn no_engine_is_started_where_the_user_would_not_find_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = rig(folder.path(), &["up", "engine"]);
    assert_eq!(output.status.code(), Some(2));
    let message = talk(&output);
    assert!(message.contains(&format!("error: cannot start an engine: DOCKER_HOST is {NOWHERE}")), "{message}");
    assert!(message.contains("hint: ") && message.contains("unset `DOCKER_HOST`"), "{message}");
}

#[test]
fn what_was_never_up_goes_down_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let output = rig(&cache, &["down"]);
    assert_eq!((output.status.code(), cache.exists()), (Some(0), false));
    // With a folder, each part looks for itself.
    let output = rig(folder.path(), &["down"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(output.stdout.is_empty());
}
