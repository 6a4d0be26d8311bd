//! Releases that fail: each ends as if it had never been begun, and says why.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::parts::engine;
use crate::releases::{PLAIN, World, assert_same};
use crate::rig::Engine;
use crate::samples::expand;

/// A release that fails in a step: the Dockerfile of its second component, more of taskflow.toml, and what is said.
struct Row {
    dockerfile: String,
    config: &'static str,
    step: &'static str,
    says: &'static str,
}

fn rows() -> Vec<Row> {
    let python =
        |rest: &str| format!("FROM python:3.13-slim\n{rest}USER 1000\nCMD [\"python\", \"-m\", \"http.server\"]\n");
    let token = expand("ghp_{crc}", 23);
    let (first, second) = token.split_at(token.len() / 2);
    vec![
        Row {
            dockerfile: python("RUN echo the reason; exit 7\n"),
            config: "",
            step: "build",
            says: "failed in `[2/2] RUN echo the reason; exit 7` (exit code 7)",
        },
        Row {
            dockerfile: python(&format!("RUN printf %s%s {first} {second} > /token\n")),
            config: "",
            step: "build",
            says: "github-token",
        },
        Row {
            dockerfile: PLAIN.to_owned(),
            config: "[component.b.contract]\nmax-size-mb = 1\n",
            step: "verify",
            says: "1.5 MB",
        },
        Row {
            dockerfile: python("EXPOSE 8000\n"),
            config: "[component.b.contract]\nport = 8000\nstartup-seconds = 2\n\
                     [component.b.contract.health]\npath = \"/health\"\n",
            step: "verify",
            says: "/health",
        },
    ]
}

#[test]
fn what_fails_before_the_names_are_given_leaves_nothing() {
    if !engine("what_fails_before_the_names_are_given_leaves_nothing") {
        return;
    }
    for Row { dockerfile, config, step, says } in rows() {
        let world = World::new(&Engine::own(), &[("a", PLAIN), ("b", &dockerfile)], config);
        if config.contains("max-size-mb") {
            fs::write(world.root.join("b/content"), vec![b'x'; 1_500_000]).unwrap();
            world.commit("a large file");
        }
        let before = world.picture();
        let run = world.release("1.0.0", &["--yes", "--allow-stand-in"]).ends(1, "undone").says(says);
        run.says(&format!("release 1.0.0 stopped in step `{step}`; everything was undone"));
        assert_same(&before, &world.picture(), says);
        world.release("1.0.0", &["--abort"]).ends(2, "").says("there is nothing to undo");
        assert_same(&before, &world.picture(), "after `--abort`");
    }
}

#[test]
fn a_stand_in_is_refused_before_anything_is_changed() {
    if !engine("a_stand_in_is_refused_before_anything_is_changed") {
        return;
    }
    let stand_in = "FROM python:3.13-slim\nUSER 1000\nCMD [\"python\"]\n";
    let world = World::new(&Engine::own(), &[("a", PLAIN), ("b", stand_in)], "");
    let before = world.everything();
    let run =
        world.release("1.0.0", &["--yes"]).ends(3, "nothing-done").says("stand-ins of base images are not released");
    run.says("--allow-stand-in");
    assert_same(&before, &world.everything(), "after the preflight");
}

#[test]
fn an_older_image_gets_its_name_back_or_is_replaced() {
    if !engine("an_older_image_gets_its_name_back_or_is_replaced") {
        return;
    }
    let world = World::plain(&Engine::own());
    let name = world.reference("b", "1.0.0");
    let old = world.other_image(&name);
    let before = world.picture();
    // Both images have their names when git asks the hook.
    let hook = world.root.join(".git/hooks/reference-transaction");
    fs::write(&hook, "#!/bin/sh\necho 'no tags today' >&2\n[ \"$1\" != prepared ]\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let with_hook = world.picture();
    let run = world.release("1.0.0", &["--yes"]).ends(1, "undone").says("no tags today");
    run.says("did not move branch `main` and make tag `v1.0.0`");
    assert_same(&with_hook, &world.picture(), "after the refusal");
    fs::remove_file(hook).unwrap();
    assert_same(&before, &world.picture(), "without the hook");
    let old_said = format!("{name} ({})", old.trim_start_matches("sha256:").get(..12).unwrap());
    let run = world.release("1.0.0", &["--yes"]).ends(0, "released").says(&old_said);
    let run = run.says(&format!("`{name}` named another image before"));
    world.is_released("1.0.0", &run.ids());
    assert_ne!(world.id("b", "1.0.0"), Some(old));
}
