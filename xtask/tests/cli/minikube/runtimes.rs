//! Nodes whose runtime is not docker: the printed commands and the run itself work on them.

use serde_json::{Value, json};

use super::loading::pasted_and_run_are_the_same;
use crate::harness::fakes::{Rule, on};
use crate::harness::minikube::{Image, images, listed, profile, sandbox, version};
use crate::harness::sandbox::Sandbox;

/// How a runtime writes the ID of an image.
fn id(runtime: &str, image: &Image) -> String {
    let id = image.id();
    if runtime == "containerd" { id } else { id.trim_start_matches("sha256:").to_owned() }
}

fn name(image: &Image) -> (String, String) {
    let (repository, tag) = image.reference.split_once(':').unwrap();
    (format!("docker.io/library/{repository}"), tag.to_owned())
}

/// What `crictl` says of a node that has these images as soon as they are loaded.
fn crictl(runtime: &str, loaded: &[&Image]) -> Vec<Rule> {
    let head = "IMAGE   TAG   IMAGE ID   SIZE\n";
    let row = |image: &&Image| format!("{}   {}   {}   3MB\n", name(image).0, name(image).1, id(runtime, image));
    let table: String = loaded.iter().map(row).collect();
    let one = |image: &&Image| json!({"id": id(runtime, image), "repoTags": [format!("{}:{}", name(image).0, name(image).1)], "size": "3"});
    let list: Vec<Value> = loaded.iter().map(one).collect();
    let (rows, json) = (on("images --no-trunc"), on("images --output json"));
    vec![
        rows.clone().says(head).until("loaded"),
        json.clone().says("{\"images\":[]}").until("loaded"),
        rows.says(format!("{head}{table}")),
        json.says(json!({"images": list}).to_string()),
    ]
}

/// A client with a node of a runtime, on which the scripts run for real; its folders are those of the marks. `loads` is
/// what the client's load does besides sending the archive.
fn node(runtime: &str, images: &[&Image], loads: &str) -> Sandbox {
    let sandbox = sandbox(images);
    for program in ["cut", "df", "grep", "mkdir", "rm", "sed", "tail", "tr", "uname"] {
        sandbox.real(program);
    }
    sandbox.fake("cargo", [on("xtask *").does(&format!("shift\nexec '{}' \"$@\"", env!("CARGO_BIN_EXE_xtask")))]);
    sandbox.fake("sudo", [on("*").does("exec \"$@\"")]);
    sandbox.fake("crictl", crictl(runtime, images));
    let script = "for script; do :; done
        script=$(printf '%s' \"$script\" | sed -e \"s#/var/lib/minikube#$marks#g\" -e \"s#/var/lib/cont[a-z]*#$marks#g\")
        exec /bin/sh -c \"$script\"";
    let send = |word: usize| format!("mkdir -p \"$marks/images\"; cat \"${word}\" >\"$marks/images/${{{word}##*/}}\"");
    let load = format!("{}; cat \"$3\" >\"$marks/archive\"; {loads}", send(3));
    let rules = [
        version("v1.39.0"),
        profile(runtime, &[""]),
        listed(&[]),
        on("ssh --profile minikube -- *").does(script),
        on("image load * --profile minikube").does(&load),
        on("cp * --profile minikube").does(&send(2)),
    ];
    sandbox.fake("minikube", rules);
    sandbox
}

#[test]
fn the_commands_of_a_dry_run_work_on_every_runtime() {
    let [frontend, backend] = images();
    let both = [&frontend, &backend];
    for runtime in ["cri-o", "crio", "containerd"] {
        let sandbox = node(runtime, &both, ": >\"$marks/loaded\"");
        let printed = sandbox.xtask(&["minikube-load", "-n", "-q"]).code(0).stdout;
        let wait = printed.lines().find(|line| line.contains("until")).unwrap();
        assert!(wait.contains("sudo crictl images") && !wait.contains("docker images"), "{runtime}: {wait}");
        assert!(!printed.contains("--without"), "{runtime}: {printed}");
        let sent = pasted_and_run_are_the_same(&sandbox);
        assert_eq!(sent.len(), 7, "{runtime}: four layers, two configs, and a manifest");
    }
}

#[test]
fn the_fallback_loads_with_the_runtime_itself() {
    let [frontend, backend] = images();
    for (runtime, program, call) in
        [("crio", "podman", "load --input"), ("containerd", "ctr", "--namespace k8s.io images import")]
    {
        let sandbox = node(runtime, &[&frontend, &backend], "");
        sandbox.fake(program, [on(&format!("{call} *")).does(": >\"$marks/loaded\"")]);
        let run = sandbox.xtask(&["minikube-load", "-q", "--timeout", "1", "frontend"]).code(0);
        assert!(run.stderr.starts_with("warning: the load did not take effect"), "{runtime}: {}", run.stderr);
        let calls = sandbox.transcript();
        assert!(calls.contains(&format!("\n{program} {call} ")), "{calls}");
    }
}
