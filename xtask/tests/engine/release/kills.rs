//! `kill -9` at calls of each step: `--resume` finishes the release, and `--abort` undoes it.

use rustix::process::Signal;

use crate::parts::engine;
use crate::releases::{PLAIN, World, assert_same};
use crate::rig::Engine;

/// Calls at which a release is killed: the step, and a pattern of the call.
const CALLS: [(&str, &str); 10] = [
    ("commit", "git *commit-tree*"),
    ("commit", "git *rev-parse --verify refs/tags/*"),
    ("build", "git *checkout-index*"),
    ("build", "docker *build*-b:*"),
    ("verify", "docker history*"),
    ("publish", "docker tag *-a:1.0.0"),
    ("publish", "docker tag *-b:1.0.0"),
    ("publish", "git *update-ref*"),
    ("publish", "git *read-tree -m -u [0-9a-f]*"),
    ("record", "docker image rm *-a:*"),
];

/// Kills a release at a call, and checks what `--abort` and, after another kill, `--resume` leave.
fn aborted_and_resumed(calls: &[(&str, &str)], call_happens: bool) {
    let world = World::plain(&Engine::own());
    let old = world.other_image(&world.reference("a", "1.0.0"));
    let before = world.picture();
    for (step, pattern) in calls {
        world.held("1.0.0", &[], step, pattern).killed(call_happens);
        let journal = world.journal().unwrap();
        assert_eq!(journal["steps"].as_array().unwrap().last().unwrap()["step"], *step, "{pattern}");
        world.release("1.0.0", &["--yes"]).ends(3, "").says("--resume").says("--abort");
        world.release("1.0.0", &["--abort"]).ends(0, "undone");
        assert_same(&before, &world.picture(), &format!("{step} {pattern}"));
    }
    for (number, (step, pattern)) in calls.iter().enumerate() {
        let version = format!("1.{number}.0");
        let pattern = pattern.replace("1.0.0", &version);
        world.held(&version, &[], step, &pattern).killed(call_happens);
        let run = world.release(&version, &["--resume"]).ends(0, "released");
        world.is_released(&version, &run.ids());
        // The image that had the name before is not the release's.
        assert!(run.ids().iter().all(|(_, id)| *id != old));
    }
}

#[test]
fn a_killed_release_is_resumed_or_undone_after_the_call() {
    if !engine("a_killed_release_is_resumed_or_undone_after_the_call") {
        return;
    }
    aborted_and_resumed(&CALLS, true);
}

#[test]
fn a_killed_release_is_resumed_or_undone_before_the_call() {
    if !engine("a_killed_release_is_resumed_or_undone_before_the_call") {
        return;
    }
    aborted_and_resumed(&CALLS[5..], false);
}

#[test]
fn a_signal_undoes_everything() {
    if !engine("a_signal_undoes_everything") {
        return;
    }
    let world = World::plain(&Engine::own());
    let old = world.other_image(&world.reference("a", "1.0.0"));
    let before = world.picture();
    for (number, (step, pattern)) in CALLS.into_iter().enumerate() {
        let (signal, code) = if number % 2 == 0 { (Signal::INT, 130) } else { (Signal::TERM, 143) };
        let run = world.held("1.0.0", &[], step, pattern).interrupted(signal).ends(code, "undone");
        run.says(&format!("release 1.0.0 stopped in step `{step}`; everything was undone"));
        assert_same(&before, &world.picture(), &format!("{step} {pattern}"));
    }
    assert_eq!(world.id("a", "1.0.0"), Some(old));
}

#[test]
fn a_build_that_outlives_a_killed_release_leaves_nothing() {
    if !engine("a_build_that_outlives_a_killed_release_leaves_nothing") {
        return;
    }
    let slow = "FROM python:3.13-slim\nRUN sleep 2 && date > /made\nUSER 1000\nCMD [\"/made\"]\n";
    let world = World::new(&Engine::own(), &[("a", slow), ("b", PLAIN)], "");
    let before = world.picture();
    world.held("1.0.0", &["--allow-stand-in"], "build", "docker *build*-a:*").killed_at_once();
    world.release("1.0.0", &["--abort"]).ends(0, "undone");
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert_same(&before, &world.picture(), "at the end");
}

#[test]
fn a_server_that_a_killed_verification_has_started_is_removed() {
    if !engine("a_server_that_a_killed_verification_has_started_is_removed") {
        return;
    }
    let server = "FROM python:3.13-slim\nUSER 1000\nEXPOSE 8000\nCMD [\"python\", \"-m\", \"http.server\"]\n";
    let contract = "[component.a.contract]\nport = 8000\n[component.a.contract.health]\npath = \"/\"\n";
    let world = World::new(&Engine::own(), &[("a", server), ("b", PLAIN)], contract);
    let before = world.picture();
    world.held("1.0.0", &["--allow-stand-in"], "verify", "docker run *").killed(true);
    assert!(world.images().keys().any(|name| name.starts_with("container ")));
    world.release("1.0.0", &["--abort"]).ends(0, "undone");
    assert_same(&before, &world.picture(), "at the end");
}
