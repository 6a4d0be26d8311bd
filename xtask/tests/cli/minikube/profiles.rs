//! Which profile is meant, and profiles that cannot be used.

use serde_json::{Value, json};
use snapbox::str;

use crate::harness::fakes::{Rule, on};
use crate::harness::minikube::{Image, images, profiles, sandbox, version};
use crate::harness::run::{Run, compare};

fn profile(name: &str, active: bool, config: &Value) -> Value {
    json!({"Name": name, "Active": active, "Config": config})
}

fn of(runtime: &str) -> Value {
    json!({"Driver": "docker", "KubernetesConfig": {"ContainerRuntime": runtime}, "Nodes": [{"Name": ""}]})
}

#[test]
fn profiles_that_cannot_be_used() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut told = String::new();
    let none_driver = json!({"Driver": "none", "KubernetesConfig": {"ContainerRuntime": "docker"}});
    for document in [
        json!({"valid": []}),
        json!({"valid": [profile("dev", false, &of("docker"))]}),
        json!({"valid": [profile("dev", false, &of("docker")), profile("test", false, &of("docker"))]}),
        json!({"invalid": [profile("minikube", false, &Value::Null)]}),
        json!({"valid": [profile("minikube", false, &none_driver)]}),
        json!({"valid": [profile("minikube", false, &of("podman"))]}),
        json!({"valid": [profile("minikube", false, &json!({"Driver": "docker"}))]}),
        json!({"error": "something"}),
    ] {
        sandbox.fake("minikube", [version("v1.39.0"), profiles(&document), on("image ls *").says("[]")]);
        told += &(sandbox.xtask(&["minikube-load", "-q"]).code(2).stderr + "---\n");
    }
    sandbox.fake("minikube", [version("v1.39.0"), on("profile list *"), on("image ls *").says("[]")]);
    told += &sandbox.xtask(&["minikube-load", "-q"]).code(2).stderr;
    compare(
        &told,
        str![[r#"
error: there is no minikube profile `minikube`
hint: start it with `minikube start --profile minikube`, or choose one with `--profile NAME`
---
error: there is no minikube profile `minikube`
note: the only profile is `dev`
hint: start it with `minikube start --profile minikube`, or choose one with `--profile NAME`
---
error: there is no minikube profile `minikube`
note: the profiles are `dev` and `test`
hint: start it with `minikube start --profile minikube`, or choose one with `--profile NAME`
---
error: minikube cannot read its profile `minikube`
hint: make it anew: `minikube delete --profile minikube`, then `minikube start --profile minikube`
---
error: minikube profile `minikube` has no machine of its own (driver `none`)
note: it runs what this machine's engine has: there is nothing to load
hint: choose another one with `--profile NAME`
---
error: profile `minikube` has container runtime `podman`, which is not known
note: known are `docker`, `containerd`, and `cri-o`
hint: make it anew with one of them: `minikube start --profile minikube --container-runtime docker`
---
error: minikube does not say which container runtime profile `minikube` has
hint: look at it with `minikube profile list --output json`, or start it anew with `minikube start --profile minikube`
---
error: cannot read the answer of `minikube profile list --light --output json`
caused by: {"error":"something"}
hint: run it alone to see its output: `minikube profile list --light --output json`
---
error: cannot read the answer of `minikube profile list --light --output json`
caused by: it printed nothing
hint: run it alone to see its output: `minikube profile list --light --output json`

"#]],
    );
}

fn listed(profile: &str) -> Rule {
    let one = |image: &Image| json!({"id": image.id(), "repoTags": [format!("docker.io/library/{}", image.reference)]});
    let images = images();
    on(&format!("image ls --format json --profile {profile}"))
        .says(json!([one(&images[0]), one(&images[1])]).to_string())
}

#[test]
fn the_nearest_choice_wins() {
    let [frontend, backend] = images();
    let mut sandbox = sandbox(&[&frontend, &backend]);
    let names = ["flag", "variable", "file", "chosen", "minikube"];
    let valid: Vec<Value> = names.iter().map(|name| profile(name, *name == "chosen", &of("docker"))).collect();
    let rules = || [version("v1.39.0"), profiles(&json!({"valid": valid}))].into_iter().chain(names.map(listed));
    sandbox.fake("minikube", rules());
    let name = |run: Run| run.code(0).document()["profile"]["name"].as_str().unwrap().to_owned();
    assert_eq!(name(sandbox.xtask(&["minikube-load", "-q", "--json"])), "chosen", "the client's own choice");
    let config = sandbox.read("taskflow.toml");
    sandbox.write("taskflow.toml", &format!("{config}\n[minikube]\nprofile = \"file\"\n"));
    sandbox.commit();
    assert_eq!(name(sandbox.xtask(&["minikube-load", "-q", "--json"])), "file");
    sandbox.set("MINIKUBE_PROFILE", "variable");
    assert_eq!(name(sandbox.xtask(&["minikube-load", "-q", "--json"])), "variable");
    assert_eq!(name(sandbox.xtask(&["minikube-load", "-q", "--json", "-p", "flag"])), "flag");
}

#[test]
fn a_choice_that_changes_all_the_time() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let active = |name: &str| profiles(&json!({"valid": [profile(name, true, &of("docker"))]}));
    let lists = ["minikube", "one", "two"].map(listed);
    let rules = [version("v1.39.0"), active("one").once(), active("two")].into_iter().chain(lists);
    sandbox.fake("minikube", rules);
    sandbox.xtask(&["minikube-load", "-q"]).code(2).stdout("").stderr(str![[r#"
error: there is no minikube profile `one`
note: the only profile is `two`
hint: start it with `minikube start --profile one`, or choose one with `--profile NAME`

"#]]);
}

#[test]
fn mistakes_in_the_file_are_named() {
    let sandbox = sandbox(&[]);
    let config = sandbox.read("taskflow.toml");
    sandbox.write("taskflow.toml", &format!("{config}\n[minikube]\nprofil = \"file\"\n"));
    sandbox.commit();
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: unknown key `minikube.profil`
  --> taskflow.toml:14:1
   |
14 | profil
   | ^^^^^^ not known here
hint: did you mean `profile`?

"#]]);
}
