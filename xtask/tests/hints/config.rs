//! Hints about taskflow.toml.

use std::fs;

use crate::arguments::{builds, declares};
use crate::harness::docker;
use crate::harness::sandbox::CONFIG;
use crate::row::{Row, Then, follow, row};
use crate::world::World;

/// A taskflow.toml in which one text is replaced by another, and a build that is only shown.
fn changed(old: &str, new: &str) -> World {
    let sandbox = docker::sandbox();
    assert!(CONFIG.contains(old));
    sandbox.write("taskflow.toml", &CONFIG.replacen(old, new, 1));
    sandbox.commit();
    World::new(sandbox, &["build", "-n"])
}

/// An exception for a finding, one of whose keys is wrong.
fn allows(place: &str, rule: &str, reason: &str) -> World {
    let more =
        format!("[[allow]]\nplace = \"{place}\"\nrule = \"{rule}\"\nreason = \"{reason}\"\nexpires = 2999-12-31\n");
    declares(&more, &["build", "-n"])
}

/// An exception in which one key is missing.
fn allows_without(key: &str) -> World {
    let lines = [
        "place = \"frontend/demo.ts\"",
        "rule = \"url-password\"",
        "reason = \"known to all\"",
        "expires = 2999-12-31",
    ];
    let lines = lines.into_iter().filter(|line| !line.starts_with(key));
    let more = lines.fold("[[allow]]\n".to_owned(), |text, line| text + line + "\n");
    declares(&more, &["build", "-n"])
}

/// Writes a line into the exception.
fn allow(world: &mut World, line: &str) {
    world.edit("taskflow.toml", "[[allow]]\n", &format!("[[allow]]\n{line}\n"));
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = others();
    rows.extend(about_secrets());
    rows
}

/// Keys about secrets that are missing.
fn about_secrets() -> Vec<Row> {
    vec![
        row("add the place as the finding names it, as in `place = \"frontend/lib/demo.ts\"`", || {
            allows_without("place")
        })
        .by_hand(|world| allow(world, "place = \"frontend/demo.ts\""))
        .then(Then::Gone),
        row("add the rule of the finding, as in `rule = \"url-password\"`", || allows_without("rule"))
            .by_hand(|world| allow(world, "rule = \"url-password\""))
            .then(Then::Gone),
        row("add why it may stand there, as in `reason = \"the address of a demonstration\"`", || {
            allows_without("reason")
        })
        .by_hand(|world| allow(world, "reason = \"the address of a demonstration\""))
        .then(Then::Gone),
        row("add the last day of the exception, as in `expires = 2027-01-31`", || allows_without("expires"))
            .by_hand(|world| allow(world, "expires = 2999-12-31"))
            .then(Then::Gone),
        row("add the variable that holds the secret, as in `env = \"NPM_TOKEN\"`", || {
            let mut world = declares("[component.frontend.build-secrets.note]\n", &["build", "-n"]);
            world.sandbox.set("BUILD_NOTE", "x");
            world
        })
        .by_hand(|world| {
            world.set("[component.frontend.build-secrets.note]", "env = \"BUILD_NOTE\"");
            world.sandbox.take_declared();
        }),
    ]
}

fn others() -> Vec<Row> {
    vec![
        row("did you mean `{near}`?", || changed("version", "vesion")),
        row("did you mean `{near}`?", || changed("context", "contxt")),
        row("did you mean `{near}`?", || allows("image:fronten:/app/x", "url-password", "known to all")).then(Then::Gone),
        row("did you mean `{near}`?", || allows("frontend/demo.ts", "github-tokn", "known to all")).then(Then::Gone),
        row("list the rules with {}", || allows("frontend/demo.ts", "xxxxxxxxxx", "known to all"))
            .then(Then::Shows("url-password")),
        row(
            "give a place as a finding names it in `--json`: a path, `frontend/Dockerfile:ENV NAME`, `image:frontend:/path`",
            || allows("../x", "url-password", "known to all"),
        )
        .by_hand(|world| world.edit("taskflow.toml", "../x", "image:frontend:/path"))
        .then(Then::Gone),
        row("say why this finding is acceptable", || allows("frontend/demo.ts", "url-password", ""))
            .by_hand(|world| world.edit("taskflow.toml", "reason = \"\"", "reason = \"a demonstration\""))
            .then(Then::Gone),
        row("create the folder, or correct the path; it is relative to taskflow.toml", || {
            changed("context = \"frontend\"", "context = \"web\"")
        })
        .by_hand(|world| {
            let root = &world.sandbox.root;
            fs::create_dir(root.join("web")).unwrap();
            fs::copy(root.join("frontend/Dockerfile"), root.join("web/Dockerfile")).unwrap();
        })
        .by_hand(|world| world.edit("taskflow.toml", "\"web\"", "\"frontend\"")),
        row("create it, or set `dockerfile` under `[component.{name}]`", || {
            let world = builds(&["build", "-n"]).value("dockerfile", "\"frontend/Dockerfile.web\"");
            let root = &world.sandbox.root;
            fs::rename(root.join("frontend/Dockerfile"), root.join("frontend/Dockerfile.web")).unwrap();
            world
        })
        .way(&[0])
        .by_hand(|world| world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\n")),
        row("give the component a folder of its own: `context = \"{name}\"`", || {
            changed("context = \"frontend\"", "context = \".\"")
        })
        .by_hand(|world| world.set("[component.frontend]", "context = \"frontend\"")),
        row("a context is a folder inside the repository, with a path relative to taskflow.toml", || {
            changed("context = \"frontend\"", "context = \"../frontend\"")
        })
        .by_hand(|world| world.edit("taskflow.toml", "../frontend", "frontend")),
        row("add one: `[component.frontend]` with `context = \"frontend\"`", || {
            let end = CONFIG.find("[component").unwrap();
            changed(&CONFIG[end..], "[component]\n")
        }),
        row("add the line `schema = 1` above the first table of the file", || changed("schema = 1\n", ""))
            .by_hand(|world| world.edit("taskflow.toml", "[project]", "schema = 1\n[project]")),
        row("add `[project]` with `name = \"taskflow\"`", || {
            let end = CONFIG.find("[component").unwrap();
            let world = changed(&CONFIG[..end], "schema = 1\n");
            world.sandbox.git(&["tag", "v1.0.0"]);
            world
        }),
        row("add the first half of each repository, as in `name = \"taskflow\"`", || {
            changed("name = \"taskflow\"\n", "")
        })
        .by_hand(|world| world.set("[project]", "name = \"taskflow\"")),
        row("add the folder that is built, as in `context = \"frontend\"`", || changed("context = \"frontend\"\n", ""))
            .by_hand(|world| world.set("[component.frontend]", "context = \"frontend\"")),
        row("write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`", || {
            changed("[project]\n", "[project]\ndefault-branch = \"\"\n")
        })
        .by_hand(|world| world.set("[project]", "default-branch = \"trunk\""))
        .by_hand(|world| world.edit("taskflow.toml", "default-branch = \"\"\n", "")),
        row("write what release tags begin with, such as `v` in `v1.0.0`, or remove the key: then `v` counts", || {
            changed("[project]\n", "[project]\ntag-prefix = \"v..\"\n")
        })
        .by_hand(|world| world.set("[project]", "tag-prefix = \"release-\""))
        .by_hand(|world| world.edit("taskflow.toml", "tag-prefix = \"v..\"\n", "")),
        row("the path is relative to taskflow.toml", || {
            changed("context = \"frontend\"", "context = \"frontend\"\ndockerfile = \"../Dockerfile\"")
        })
        .by_hand(|world| world.edit("taskflow.toml", "../Dockerfile", "frontend/Dockerfile"))
        .then(Then::Gone),
        row("give one of them another name", || {
            let both = "[component.frontend.build-args.NOTE]\n[component.frontend.build-secrets.note]\nenv = \"NOTE\"\n";
            let mut world = declares(both, &["build", "-n"]);
            world.sandbox.set("BUILD_NOTE", "x");
            world
        })
        .by_hand(|world| {
            world.edit("taskflow.toml", "env = \"NOTE\"", "env = \"BUILD_NOTE\"");
            world.sandbox.take_declared();
        }),
        row("give the build arg another name in the Dockerfile and in taskflow.toml", || {
            declares("[component.frontend.build-args.DOCKER_HOST]\n", &["build", "-n"])
        })
        .by_hand(|world| {
            world.edit("taskflow.toml", "DOCKER_HOST", "ENGINE");
            world.sandbox.take_declared();
        }),
        row("correct `target` under `[component.{name}]` in taskflow.toml", || {
            let world = changed("context = \"frontend\"", "context = \"frontend\"\ntarget = \"nosuch\"");
            world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine AS runner\n");
            world.value("target", "\"runner\"")
        }),
    ]
}

#[test]
fn hints_about_the_configuration_help() {
    follow(&rows());
}
