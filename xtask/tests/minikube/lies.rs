//! A client that says yes and does something else, on real engines: every lie is found out.

use std::fs;
use std::sync::MutexGuard;

use serde_json::json;

use crate::fake::{Fake, NodeKind};
use crate::world::{Engine, Load, Repository, alone_with_the_node, fact};

/// The machine's own engine, and another one as the node; an image that was built.
struct Lab {
    repository: Repository,
    host: Engine,
    node: Engine,
    fake: Fake,
}

impl Lab {
    fn new(test: &str) -> Option<Self> {
        let spare = fact(test, "engine-spare", "docker_host")?;
        let (host, node) = (Engine::own(), Engine::at(&spare, None));
        let repository = Repository::new(&["app"]);
        repository.build(&host);
        let fake = Fake::new(&repository, &[("minikube", NodeKind::Docker(spare))]);
        Some(Self { repository, host, node, fake })
    }

    fn reference(&self) -> String {
        self.repository.reference("app")
    }

    /// The client of a profile that has the rig's node as its second one.
    fn with_second_node(&self, test: &str) -> Option<(MutexGuard<'static, ()>, Fake, Engine)> {
        let alone = alone_with_the_node();
        let (first, second) = (fact(test, "engine-spare", "docker_host")?, fact(test, "node", "docker_host")?);
        let nodes = [("minikube", NodeKind::Docker(first)), ("minikube-m02", NodeKind::Docker(second.clone()))];
        Some((alone, Fake::new(&self.repository, &nodes), Engine::at(&second, None)))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.repository.forget(&[&self.host, &self.node]);
    }
}

#[test]
fn an_honest_client_is_believed_by_proof() {
    let Some(lab) = Lab::new("an_honest_client_is_believed_by_proof") else { return };
    let first = lab.fake.load("", &[]).code(0);
    assert_eq!((first.how("app"), lab.node.id(&lab.reference())), ("full", Some(first.proven("app"))));
    let again = lab.fake.load("", &[]).code(0);
    assert_eq!((again.how("app"), again.document["bytes_sent"].as_u64()), ("present", Some(0)));
    lab.repository.change("app", "second");
    lab.repository.build(&lab.host);
    let changed = lab.fake.load("", &[]).code(0);
    assert_eq!(changed.how("app"), "thin");
    assert_ne!(changed.proven("app"), first.proven("app"));
    assert!(changed.document["bytes_sent"].as_u64() < first.document["bytes_sent"].as_u64());
    assert!(lab.fake.files("minikube").is_empty(), "the archive stays on the node");
    assert_eq!(lab.fake.archives(), Vec::<String>::new(), "the archive stays here");
}

#[test]
fn exit_0_and_nothing_loaded() {
    let Some(lab) = Lab::new("exit_0_and_nothing_loaded") else { return };
    let load = lab.fake.load("nothing", &[]).code(1);
    load.says("did not take effect on node `minikube`").says("no image under this tag");
    load.says("`minikube image load` exited with 0");
    assert_eq!(load.image("app")["nodes"][0]["found_id"], json!(null));
    assert_eq!(load.image("app")["outcome"], "failed");
}

#[test]
fn another_image_under_the_tag() {
    let Some(lab) = Lab::new("another_image_under_the_tag") else { return };
    let other = Repository::new(&["other"]);
    other.build(&lab.node);
    let name = other.reference("other");
    let reference = lab.reference();
    let load = lab.fake.load("other", &[("OTHER", &name), ("REFERENCE", &reference)]);
    // The second way is an honest one: it replaces what the first has left.
    let load = load.code(0);
    load.says("the load did not take effect; trying once more, step by step");
    assert_eq!(lab.node.id(&reference), Some(load.proven("app")));
    other.forget(&[&lab.node]);
}

#[test]
fn an_older_archive_is_loaded_instead() {
    let Some(lab) = Lab::new("an_older_archive_is_loaded_instead") else { return };
    let old = lab.host.id(&lab.reference()).unwrap();
    let stale = lab.fake.folder().join("stale.tar");
    lab.host.docker(&["save", "--output", stale.to_str().unwrap(), &lab.reference()]);
    lab.repository.change("app", "second");
    lab.repository.build(&lab.host);
    let load = lab.fake.load("stale-always", &[]).code(1);
    assert_eq!(load.image("app")["nodes"][0]["found_id"], json!(old));
    load.says("another image");
    let load = lab.fake.load("stale", &[]).code(0);
    load.says("the load did not take effect; trying once more");
    assert_eq!(lab.node.id(&lab.reference()), Some(load.proven("app")));
}

#[test]
fn an_archive_that_was_cut_off() {
    let Some(lab) = Lab::new("an_archive_that_was_cut_off") else { return };
    let load = lab.fake.load("cut", &[]).code(1);
    load.says("no image under this tag").says("the runtime of node `minikube` said:");
}

#[test]
fn one_of_two_nodes() {
    let test = "one_of_two_nodes";
    let Some(lab) = Lab::new(test) else { return };
    let Some((_alone, fake, second)) = lab.with_second_node(test) else { return };
    let load = fake.load("one-node", &[]);
    load.says("trying once more");
    let load = load.code(0);
    assert_eq!(load.image("app")["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(second.id(&lab.reference()), Some(load.proven("app")));
    // The client's own list is that of both nodes: it looks as if all were well.
    second.forget(&[&lab.reference()]);
    let load = fake.load("nothing", &[]).code(1);
    load.says("did not take effect on node `minikube-m02`");
    assert!(!load.said.contains("on node `minikube`\n"), "{}", load.said);
    assert_eq!(load.image("app")["nodes"][0]["proven"], true);
    assert!(fake.files("minikube").is_empty() && fake.files("minikube-m02").is_empty());
    lab.repository.forget(&[&second]);
}

#[test]
fn a_second_node_that_gives_no_answer_after_the_load() {
    let test = "a_second_node_that_gives_no_answer_after_the_load";
    let Some(lab) = Lab::new(test) else { return };
    let Some((_alone, fake, second)) = lab.with_second_node(test) else { return };
    let unknown = |load: &Load| {
        load.says("did not take effect on node `minikube-m02`").says("nothing is known, as the node gives no answer");
        load.says("copying the archive to node `minikube-m02` failed: X Exiting due to GUEST_CP: no space left");
        let nodes = &load.image("app")["nodes"];
        assert_eq!((&nodes[0]["proven"], &nodes[1]["proven"]), (&json!(true), &json!(false)), "{}", load.document);
        assert_eq!((&nodes[1]["found_ids"], &nodes[1]["how"]), (&json!([]), &json!(null)));
        assert_eq!((&nodes[0]["attempts"], &nodes[1]["attempts"]), (&json!(1), &json!(2)));
        assert!(nodes[1]["no_answer"].as_str().unwrap().contains("connection refused"), "{}", load.document);
    };
    // The client's own list is that of both nodes together, and the first one has it.
    unknown(&fake.load("deaf", &[]).code(1));
    // What the second one listed before the load proves nothing either.
    lab.node.forget(&[&lab.reference()]);
    fs::remove_file(fake.folder().join("begun")).unwrap();
    fake.load("", &[]).code(0);
    lab.node.forget(&[&lab.reference()]);
    assert!(second.id(&lab.reference()).is_some());
    unknown(&fake.load("deaf", &[]).code(1));
    lab.repository.forget(&[&second]);
}

#[test]
fn a_client_that_hangs() {
    let Some(lab) = Lab::new("a_client_that_hangs") else { return };
    let load = lab.fake.load_with("hang", &[], &["--timeout", "2"]);
    load.says("trying once more, step by step");
    let load = load.code(0);
    assert_eq!(lab.node.id(&lab.reference()), Some(load.proven("app")));
    let pid = fs::read_to_string(lab.fake.folder().join("pid")).unwrap();
    let state = fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    assert!(!state.starts_with("sleep"), "the client is still there: {state}");
    assert!(lab.fake.files("minikube").is_empty(), "the archive stays on the node");
}

#[test]
fn an_image_for_another_processor() {
    let Some(lab) = Lab::new("an_image_for_another_processor") else { return };
    // An engine takes it without a word; it would fail only when a pod starts.
    lab.fake.shim("uname", "#!/bin/sh\necho aarch64\n");
    let load = lab.fake.load("", &[]).code(2);
    load.says("is for linux/amd64, and node `minikube` is linux/arm64");
    assert_eq!(lab.node.id(&lab.reference()), None, "nothing was to be loaded");
}

#[test]
fn a_runtime_that_lists_late() {
    let Some(lab) = Lab::new("a_runtime_that_lists_late") else { return };
    let load = lab.fake.load("late", &[]).code(0);
    assert!(!load.said.contains("trying once more"), "{}", load.said);
    assert_eq!(lab.node.id(&lab.reference()), Some(load.proven("app")));
}

#[test]
fn a_host_that_is_stopped() {
    let Some(lab) = Lab::new("a_host_that_is_stopped") else { return };
    let load = lab.fake.load("stopped", &[]).code(2);
    load.says("node `minikube` of profile `minikube` is not running: its host is Stopped");
    load.says("minikube start --profile minikube");
}

#[test]
fn profiles_of_other_versions() {
    let Some(lab) = Lab::new("profiles_of_other_versions") else { return };
    let profiles = lab.fake.folder().join("profiles.json");
    // Older: no nodes, another word for the driver, null lists. Newer: fields nobody knows, small letters.
    for shape in [
        json!({"invalid": null, "valid": [{"Name": "minikube", "Status": "Running", "Config": {"Name": "minikube",
            "VMDriver": "kvm2", "KubernetesConfig": {"ContainerRuntime": "docker"}, "Nodes": null}}]}),
        json!({"schema": "v9", "valid": [{"name": "minikube", "phase": {"state": 4}, "config": {"driver": "qemu",
            "kubernetesConfig": {}, "nodes": [{"name": "cp", "containerRuntime": "docker", "roles": ["control-plane"]}]}}]}),
    ] {
        fs::write(&profiles, shape.to_string()).unwrap();
        let load = lab.fake.load("", &[]).code(0);
        assert_eq!(lab.node.id(&lab.reference()), Some(load.proven("app")));
        lab.repository.forget(&[&lab.node]);
    }
    fs::write(&profiles, json!({"valid": []}).to_string()).unwrap();
    lab.fake.load("", &[]).code(2).says("there is no minikube profile `minikube`");
    // A document of another shape says nothing of profiles.
    fs::write(&profiles, json!({"profiles": []}).to_string()).unwrap();
    let load = lab.fake.load("", &[]).code(2);
    load.says("cannot read the answer of `minikube profile list --light --output json`").says(r#"{"profiles":[]}"#);
    fs::write(&profiles, "profile minikube is fine\n").unwrap();
    lab.fake.load("", &[]).code(2).says("cannot read the answer of `minikube profile list --light --output json`");
    let no_runtime = json!({"valid": [{"Name": "minikube", "Config": {"Driver": "docker"}}]});
    fs::write(&profiles, no_runtime.to_string()).unwrap();
    lab.fake.load("", &[]).code(2).says("does not say which container runtime");
}
