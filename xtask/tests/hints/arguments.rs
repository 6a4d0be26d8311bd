//! Hints about arguments, build args and the choice of components.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::harness::docker;
use crate::harness::fakes::on;
use crate::row::{Row, Then, follow, row};
use crate::world::World;

/// An engine that builds everything, and `xtask ARGS`.
pub(crate) fn builds(args: &[&str]) -> World {
    World::new(docker::sandbox(), args)
}

/// A sandbox whose taskflow.toml declares more, with an engine that builds everything.
pub(crate) fn declares(more: &str, args: &[&str]) -> World {
    World::new(docker::sandbox_with(more), args)
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("a similar subcommand exists: `{name}`", || builds(&["buil", "--dry-run"])),
        row("a similar argument exists: `{name}`", || builds(&["build", "--dry-rum"])),
        row("a similar value exists: `{name}`", || {
            let world = builds(&["test", "frontnd"]);
            world.cargo([on("rig status --json").says("{\"parts\":[]}")]);
            world.sandbox.fake("npm", [on("ci"), on("run *")]);
            world
        }),
        row("did you mean `{near}`?", || builds(&["build", "fronten", "--dry-run"])),
        row("did you mean `{near}`?", || {
            declares(
                "[component.frontend.build-args.API_URL]\n",
                &["build", "frontend", "-n", "--build-arg", "API_ULR=x"],
            )
        }),
        row("build args are given as `--build-arg NAME=VALUE`", || {
            declares("[component.backend.build-args.API_URL]\n", &["build", "-n", "API_URL=x"])
                .instead_of("API_URL=x")
                .fill("NAME", "API_URL")
                .fill("VALUE", "x")
        }),
        row("the form is `--build-arg NAME=VALUE` or `--build-arg NAME`", || {
            let mut world =
                declares("[component.backend.build-args.API_URL]\n", &["build", "-n", "--build-arg=api url"])
                    .instead_of("--build-arg=api url")
                    .fill("NAME", "API_URL")
                    .fill("VALUE", "x");
            world.sandbox.set("API_URL", "x");
            world
        })
        .way(&[0])
        .way(&[1]),
        row("declare it in taskflow.toml: `[component.{component}.build-args.{name}]`", || {
            let world = builds(&["build", "frontend", "-n", "--build-arg", "COLOUR=x"]);
            world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nARG COLOUR\n");
            world
        }),
        row("set the variable, or pass `--build-arg {name}=VALUE`", || {
            declares("[component.frontend.build-args.API_URL]\n", &["build", "frontend", "-n", "--build-arg=API_URL"])
                .instead_of("--build-arg=API_URL")
                .fill("VALUE", "x")
        })
        .way(&[0])
        .by_hand(|world| world.sandbox.set("API_URL", "x")),
        row("pass `--build-arg {name}=VALUE` with the value in UTF-8", || {
            let mut world = declares(
                "[component.frontend.build-args.API_URL]\n",
                &["build", "frontend", "-n", "--build-arg=API_URL"],
            )
            .instead_of("--build-arg=API_URL")
            .fill("VALUE", "café");
            world.sandbox.set("API_URL", OsString::from_vec(b"caf\xe9".to_vec()));
            world
        }),
        row("set the variable `{variable}`; its value reaches the step that mounts it, and nothing else", || {
            let secret = "[component.frontend.build-secrets.note]\nenv = \"BUILD_NOTE\"\n";
            declares(secret, &["build", "frontend"]).value("BUILD_NOTE", "x")
        }),
        row("pass `--latest` to add it to the tag that git gives", || {
            builds(&["build", "-n", "--tag=latest"]).instead_of("--tag=latest")
        }),
        row("pass the path of a taskflow.toml with `--config FILE`", || {
            builds(&["build", "-n", "--config=nosuch.toml"])
                .instead_of("--config=nosuch.toml")
                .fill("FILE", "taskflow.toml")
        }),
        row("run the command inside the repository, or pass `--config FILE`", || {
            let world = builds(&["build", "-n"]);
            let (outside, file) = (world.sandbox.outside("home"), world.sandbox.root.join("taskflow.toml"));
            world.within(outside).fill("FILE", file.display().to_string())
        })
        .way(&[0])
        .by_hand(|world| world.go_to(world.sandbox.root.clone())),
        row("run one alone with `cargo xtask test SUITE`", || {
            let world = builds(&["test", "rust", "frontend"]).fill("SUITE", "frontend");
            world.cargo([on("fmt *").exits(1), on("rig status --json").says("{\"parts\":[]}")]);
            world.sandbox.fake("npm", [on("ci"), on("run *")]);
            world
        })
        .then(Then::Shows("1 passed, 0 failed")),
        row(
            "give the path of a file, a folder, or an archive, or the reference of an image that the engine has",
            || {
                let world = builds(&["secrets", "scan", "nosuch"]);
                world.sandbox.fake("docker", docker::first([docker::inspect("nosuch", &[], true)]));
                world
            },
        )
        .by_hand(|world| world.call(&["secrets", "scan", "frontend"])),
        row("each line is `{\"id\": …, \"name\": …, \"value\": …}`", || {
            builds(&["secrets", "scan", "--stdin-args"]).input("name=value\n")
        })
        .by_hand(|world| world.feed("{\"id\": 1, \"name\": \"COLOUR\", \"value\": \"blue\"}\n")),
        row("pass `--keep-going` to build them all the same", || {
            let world = builds(&["build", "-j", "1"]);
            let broken = docker::build("frontend").says(docker::failure("npm ci", "npm error")).exits(1);
            world.sandbox.fake("docker", docker::first([broken]));
            world
        })
        .then(Then::Prints("taskflow-backend:1.0.0-main")),
    ]
}

#[test]
fn hints_about_arguments_help() {
    follow(&rows());
}

#[test]
fn a_hint_that_does_not_help_is_found() {
    // The argument stays wrong, so the message stays.
    let useless = row("a similar subcommand exists: `{name}`", || builds(&["buil", "--dry-run"])).by_hand(|_| ());
    assert!(std::panic::catch_unwind(|| follow(&[useless])).is_err());
    let other = row("a hint that nothing prints", || builds(&["buil"]));
    assert!(std::panic::catch_unwind(|| follow(&[other])).is_err());
}
