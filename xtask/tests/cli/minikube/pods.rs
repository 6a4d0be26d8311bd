//! Pods that run another image, and `--restart`.

use serde_json::{Value, json};
use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::minikube::{Image, images, sandbox, working};
use crate::harness::processes::{runs, until};
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

fn pod(name: &str, owner: &Value, image: &Image, id: &str) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "default", "labels": {"pod-template-hash": "6d5f"}, "ownerReferences": owner},
        "spec": {"containers": [{"name": "app", "image": image.reference}]},
        "status": {"containerStatuses": [{"name": "app", "imageID": format!("docker://{id}"), "state": {"running": {}}}]},
    })
}

fn owned(kind: &str, name: &str) -> Value {
    json!([{"kind": kind, "name": name, "controller": true}])
}

fn world() -> (Sandbox, String) {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    let old = Image::new("backend", "old").id();
    let pods = json!({"items": [
        pod("web-6d5f-abcde", &owned("ReplicaSet", "web-6d5f"), &frontend, &frontend.id()),
        pod("api-6d5f-abcde", &owned("ReplicaSet", "api-6d5f"), &backend, &old),
        pod("api-6d5f-fghij", &owned("ReplicaSet", "api-6d5f"), &backend, &old),
        pod("jobs-0", &owned("StatefulSet", "jobs"), &backend, &old),
        pod("agent-xyz", &owned("DaemonSet", "agent"), &backend, &old),
        pod("debug", &Value::Null, &backend, &old),
    ]});
    (sandbox, pods.to_string())
}

#[test]
fn pods_with_another_image_are_named_with_what_restarts_them() {
    let (sandbox, pods) = world();
    sandbox.fake("kubectl", [on("--context minikube get pods *").says(&pods)]);
    sandbox.xtask(&["minikube-load"]).code(0).stderr(str![[r#"
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
warning: pod `api-6d5f-abcde` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart deployment/api`

warning: pod `api-6d5f-fghij` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f

warning: pod `jobs-0` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart statefulset/jobs`

warning: pod `agent-xyz` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart daemonset/agent`

warning: pod `debug` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: nothing makes it again: delete it with `kubectl --context minikube --namespace default delete pod debug`, and start it as you did before

"#]]);
    let document = sandbox.xtask(&["minikube-load", "-q", "--json"]).code(0).document();
    assert_eq!(document["pods"].as_array().unwrap().len(), 5);
    assert_eq!(document["pods"][4]["restart_command"], Value::Null);
}

#[test]
fn after_a_load_they_are_asked_for_again() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend], &[&frontend, &backend]));
    let pods = |image: &Image| json!({"items": [pod("api", &owned("StatefulSet", "api"), &backend, &image.id())]});
    let (old, new) = (pods(&Image::new("backend", "old")).to_string(), pods(&backend).to_string());
    let write = |name: &str, text: &str| std::fs::write(sandbox.mark(name), text).unwrap();
    write("old", &old);
    write("new", &new);
    let changing =
        on("* get pods *").does("if [ -e \"$marks/loaded\" ]; then cat \"$marks/new\"; else cat \"$marks/old\"; fi");
    sandbox.fake("kubectl", [changing]);
    let document = sandbox.xtask(&["minikube-load", "-q", "--json"]).code(0).document();
    assert_eq!(document["images"][1]["outcome"], "loaded");
    assert_eq!(document["pods"], json!([]), "what ran before the load is told");
}

#[test]
fn they_are_restarted_when_asked_for() {
    let (sandbox, pods) = world();
    let restart = on("--context minikube --namespace default rollout restart *");
    sandbox.fake("kubectl", [on("--context minikube get pods *").says(&pods), restart]);
    sandbox.xtask(&["minikube-load", "--restart"]).code(0).stderr(str![[r#"
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
   Restarted deployment/api in namespace `default`
   Restarted statefulset/jobs in namespace `default`
   Restarted daemonset/agent in namespace `default`
warning: pod `debug` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: nothing makes it again: delete it with `kubectl --context minikube --namespace default delete pod debug`, and start it as you did before

"#]]);
    let calls = sandbox.transcript();
    let restarts: Vec<&str> = calls.lines().filter(|call| call.contains("rollout")).collect();
    assert_eq!(restarts.len(), 3, "each owner once: {calls}");
}

#[test]
fn a_restart_that_fails_is_told() {
    let (sandbox, pods) = world();
    let restart = on("* rollout restart *").complains("Error from server (Forbidden): no\n").exits(1);
    sandbox.fake("kubectl", [on("* get pods *").says(&pods), restart]);
    sandbox.xtask(&["minikube-load", "--restart", "-q"]).code(1).stderr(str![[r#"
warning: pod `api-6d5f-abcde` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart deployment/api`

warning: pod `api-6d5f-fghij` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f

warning: pod `jobs-0` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart statefulset/jobs`

warning: pod `agent-xyz` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: restart it with `kubectl --context minikube --namespace default rollout restart daemonset/agent`

warning: pod `debug` in namespace `default` runs another image as `taskflow-backend:1.0.0-main`: 1f2faaa41b4f
hint: nothing makes it again: delete it with `kubectl --context minikube --namespace default delete pod debug`, and start it as you did before
error: cannot restart `deployment/api` in namespace `default`
caused by: Error from server (Forbidden): no
note: the images are on every node

"#]]);
}

#[test]
fn a_kubectl_that_hangs_is_given_up() {
    let (sandbox, _) = world();
    sandbox.fake("kubectl", [on("* get pods *").does("exec sleep 60")]);
    let document = sandbox.xtask(&["minikube-load", "-q", "--json", "--timeout", "1"]).code(0).document();
    assert_eq!((&document["pods"], &document["images"][0]["outcome"]), (&json!([]), &json!("present")));
    assert_eq!(document["pods_unknown"], "`kubectl` gave no answer within 1 s");
}

#[test]
fn without_a_cluster_nothing_is_known_and_nothing_fails() {
    let (sandbox, _) = world();
    let mut told = String::new();
    for rule in [
        on("* get pods *").complains("error: context \"minikube\" does not exist\n").exits(1),
        on("* get pods *").says("No resources found\n"),
    ] {
        sandbox.fake("kubectl", [rule]);
        told += &sandbox.xtask(&["minikube-load"]).code(0).stderr;
    }
    std::fs::remove_file(sandbox.outside("bin/kubectl")).unwrap();
    told += &sandbox.xtask(&["minikube-load"]).code(0).stderr;
    compare(
        &told,
        str![[r#"
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
note: which pods run another image is not known: error: context "minikube" does not exist
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
note: which pods run another image is not known: kubectl gave no list of pods
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
note: which pods run another image is not known: kubectl is not installed

"#]],
    );
}

#[test]
fn a_kubectl_that_says_nothing_is_not_taken_for_docker() {
    let (sandbox, _) = world();
    sandbox.fake("kubectl", [on("* get pods *").exits(1)]);
    sandbox.xtask(&["minikube-load"]).code(0).stderr(str![[r#"
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send
note: which pods run another image is not known: kubectl printed nothing

"#]]);
}

#[test]
fn a_kubectl_that_hangs_does_not_outlive_a_refusal() {
    let (sandbox, _) = world();
    // The load is refused once the question about pods is on its way.
    let profiles =
        on("profile list --light --output json").does("until [ -s \"$marks/kubectl\" ]; do sleep 0.02; done");
    let refused = profiles.says("{\"invalid\":[],\"valid\":[]}");
    let [frontend, backend] = images();
    let rules = working(&[&frontend, &backend], &[]);
    sandbox.fake("minikube", rules.clone());
    sandbox.fake("kubectl", [on("* get pods *").says("{\"items\":[]}")]);
    sandbox.xtask(&["minikube-load"]).code(0);
    sandbox.fake("kubectl", [on("* get pods *").does("sleep 600 & echo $$ $! >\"$marks/kubectl\"; wait")]);
    sandbox.fake("minikube", std::iter::once(refused).chain(rules));
    sandbox.xtask(&["minikube-load"]).code(2);
    let text = std::fs::read_to_string(sandbox.mark("kubectl")).unwrap();
    for pid in text.split_whitespace().map(|pid| pid.parse().unwrap()) {
        until("kubectl's end", || (!runs(pid)).then_some(()));
    }
}
