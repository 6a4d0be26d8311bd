//! Where a value could be seen by others: streams, logs, caches, the process table, the environment of children.

use std::fs;
use std::path::Path;

use super::with_config;
use crate::harness::docker::{self, build, failure, first};
use crate::harness::images::{Image, with_images};
use crate::harness::planted::{address, password, shows_nothing, token};
use crate::harness::samples::expand;
use crate::harness::sandbox::Sandbox;

/// Everything that lies below a folder, as one text.
fn all_files(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &all_files(&path);
        } else {
            text += &path.display().to_string();
            text += &String::from_utf8_lossy(&fs::read(path).unwrap());
        }
    }
    text
}

/// A machine with values of declared secrets, whose docker notes what it can see of its parent and of itself, and says
/// all it knows.
fn sandbox() -> Sandbox {
    let mut sandbox = with_config("[secrets]\ndeclared = [\"DEPLOY_CODE\"]\n");
    sandbox.real("cat");
    sandbox.set("DATABASE_URL", address());
    sandbox.set("DEPLOY_CODE", token());
    sandbox.write("backend/.env", &format!("BETTER_AUTH_SECRET={}\n", password()));
    sandbox.write("backend/.dockerignore", ".env*\n");
    sandbox.commit();
    let clean = Image::of("frontend").layer(&[("a", "b")]);
    let unfit = Image::of("backend").layer(&[("app/settings.py", &format!("CODE = '{}'\n", token()))]);
    let dump =
        "cat /proc/[0-9]*/cmdline >\"$marks/table\" 2>\"$marks/gone\"; cat /proc/$$/environ >\"$marks/environment\"; ";
    let talk = format!(
        "{dump} echo '#5 [2/2] RUN echo {}'; echo '#5 0.1 {}'; echo '#5 0.2 {}'",
        token(),
        address(),
        password()
    );
    let rules = [build("frontend").does(&talk), build("backend").does(&talk)];
    with_images(&sandbox, &[clean, unfit], rules);
    sandbox
}

#[test]
fn no_value_is_seen_anywhere() {
    for args in [&["build"][..], &["build", "-v"], &["build", "--json"], &["build", "--dry-run"], &["tags", "--json"]] {
        let sandbox = sandbox();
        let output = sandbox.command(args).output().unwrap();
        let run = sandbox.finished(&output);
        shows_nothing(&run.stdout);
        shows_nothing(&run.stderr);
        if args[0] == "build" && args.len() < 2 {
            run.code(1);
        }
        shows_nothing(&sandbox.transcript());
        if !args.contains(&"--dry-run") && args[0] == "build" {
            shows_nothing(&all_files(&sandbox.root.join("target")));
            for (mark, known) in [("table", "xtask"), ("environment", "LC_ALL=C")] {
                let seen = String::from_utf8_lossy(&fs::read(sandbox.mark(mark)).unwrap()).into_owned();
                assert!(seen.contains(known), "{mark} was not read");
                shows_nothing(&seen);
            }
        }
    }
}

#[test]
fn what_fails_shows_no_value_either() {
    let sandbox = sandbox();
    let broken = build("backend").says(failure(&format!("deploy {}", token()), &address())).exits(1);
    with_images(&sandbox, &[], [broken]);
    let run = sandbox.xtask(&["build", "backend"]).code(1);
    shows_nothing(&run.stderr);
    assert!(run.stderr.contains("deploy ***"), "{}", run.stderr);
    shows_nothing(&all_files(&sandbox.root.join("target")));
}

#[test]
fn names_that_hold_a_known_value_are_masked_wherever_they_are_shown() {
    let mut sandbox = Sandbox::new();
    sandbox.set("DATABASE_URL", password());
    sandbox.git(&["switch", "--quiet", "--create", &password()]);
    let run = sandbox.xtask(&["tags"]).code(0);
    assert!(run.stdout.contains("branch `***`"), "{}", run.stdout);
    shows_nothing(&run.stdout);
    shows_nothing(&run.stderr);
}

/// A value that is declared nowhere, and that nobody knows.
fn undeclared() -> String {
    expand("hf_{U34}", 21)
}

#[test]
fn what_a_builder_says_of_a_secret_that_nobody_has_declared_is_masked() {
    let sandbox = Sandbox::new();
    let value = undeclared();
    let says = format!("echo '#5 [2/2] RUN cat /t'; echo '#5 0.1 token {value}'; echo '{value}' >&2; exit 1");
    sandbox.fake("docker", first([build("backend").does(&says)]));
    let run = sandbox.xtask(&["build", "backend", "-v"]).code(1);
    let log = sandbox.read("target/xtask/logs/backend.log");
    for text in [&run.stdout, &run.stderr, &log] {
        assert!(!text.contains(&value) && !text.contains(value.get(5..).unwrap()), "{text}");
    }
    assert!(log.contains("token hf_***"), "{log}");
}

#[test]
fn a_secret_that_stands_as_a_name_is_masked() {
    let sandbox = Sandbox::new();
    let value = undeclared();
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nARG API_TOKEN\nENV {value}=$API_TOKEN\n"));
    sandbox.fake("docker", docker::builds_everything());
    for args in [&["build", "frontend"][..], &["build", "frontend", "--build-arg", &format!("{value}=1")]] {
        let run = sandbox.xtask(args).code(2);
        assert!(!run.stderr.contains(&value) && run.stderr.contains("hf_***"), "{}", run.stderr);
    }
}

#[test]
fn a_known_value_in_the_wrong_place_of_a_command_line_is_masked() {
    let mut sandbox = Sandbox::new();
    sandbox.set("BETTER_AUTH_SECRET", password());
    let value = password();
    for args in [
        &["build", "--tag", &format!("postgres://a:{value}@h")][..],
        &["build", "--version", &value],
        &["build", "--jobs", &value],
        &["build", &format!("--{value}")],
        &["secrets", &value],
        &["tags", "--config", &value],
        &["test", &value],
        &["build", "--json", "--version", &value],
    ] {
        let run = sandbox.xtask(args).code(2);
        shows_nothing(&run.stdout);
        shows_nothing(&run.stderr);
        assert!(run.stderr.contains("***") || run.stderr.contains("not shown"), "{args:?} {}", run.stderr);
    }
}

#[test]
fn masking_leaves_the_keys_of_a_document() {
    let mut sandbox = Sandbox::new();
    sandbox.set("BETTER_AUTH_SECRET", "layers_remembered");
    sandbox.write("web/a", "layers_remembered\n");
    let run = sandbox.xtask(&["secrets", "rules", "--json"]).code(0);
    assert!(run.document()["rules"].is_array(), "{}", run.stdout);
}
