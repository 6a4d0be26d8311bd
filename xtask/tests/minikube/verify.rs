//! `xtask verify` on an engine that keeps images in containerd: both shipped images have every box ticked there, too.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::parts::root;
use crate::world::{Engine, fact};

/// A tag of this run's own, so that no image of anybody else is replaced or removed.
fn tag() -> String {
    format!("1.0.0-verify.{}", std::process::id())
}

fn xtask(engine: &Engine, args: &[&str]) -> Value {
    let tag = tag();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).args(["--json", "--tag", &tag]).current_dir(root()).stdin(Stdio::null());
    let output = command.envs(engine.env.iter().map(|(name, value)| (name, value))).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("xtask {args:?}: {said}"))
}

#[test]
fn both_shipped_images_have_every_box_ticked_with_the_containerd_store() {
    let test = "both_shipped_images_have_every_box_ticked_with_the_containerd_store";
    let current = |name: &str| fact(test, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    let engine = Engine::at(&host, Some(&config));
    let built = xtask(&engine, &["build"]);
    assert_eq!(built["ok"], true, "{built:#}");
    let verified = xtask(&engine, &["verify", "--no-cache", "--strict"]);
    engine.forget(
        &["frontend", "backend"].map(|name| format!("taskflow-{name}:{}", tag())).each_ref().map(String::as_str),
    );
    let judgements = verified["judgements"].as_array().unwrap();
    let open: Vec<&Value> = judgements.iter().filter(|judged| judged["verdict"] != "held").collect();
    assert!(open.is_empty() && judgements.len() == 46 && verified["ok"] == true, "{verified:#}");
    let left = ["ps", "--all", "--quiet", "--filter", "label=dev.taskflow.verify"];
    assert_eq!(engine.docker(&left), "");
}
