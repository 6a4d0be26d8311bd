//! What must hold before anything is sent.

use snapbox::str;

use crate::harness::fakes::on;
use crate::harness::minikube::{
    ROOMY, answer, archive, asked, engine, images, listed, profile, sandbox, version, waiting, working,
};
use crate::harness::run::compare;

#[test]
fn all_findings_are_told_at_once() {
    let [frontend, _] = images();
    let sandbox = sandbox(&[&frontend]);
    let docker = on("image inspect *").complains("Error: No such image: taskflow-backend:1.0.0-main\n").exits(1);
    let info = on("info *").says("[]");
    sandbox.fake("docker", [docker.says(serde_json::json!([frontend.inspected()]).to_string()), info]);
    let cramped = answer(&[], 2_000).replace("x86_64", "aarch64");
    sandbox.fake("minikube", [version("v1.24.0"), profile("docker", &[""]), listed(&[]), asked(&cramped)]);
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
warning: minikube 1.24.0: loading by name keeps the old image while a container uses the tag, without an error (kubernetes/minikube#23023)
error: the engine has no image `taskflow-backend:1.0.0-main`
hint: build it with `cargo xtask build backend`

error: minikube 1.24.0 is too old: it cannot list images as JSON
hint: install minikube 1.25.0 or newer

error: `taskflow-frontend:1.0.0-main` is for linux/amd64, and node `minikube` is linux/arm64
hint: build it for the node: `DOCKER_DEFAULT_PLATFORM=linux/arm64 cargo xtask build frontend`

error: node `minikube` has 2.0 MB free on `/var/lib/files`, loading needs 3.0 MB
hint: free some with `minikube ssh --profile minikube -- docker image prune`

"#]]);
    let run = sandbox.xtask(&["minikube-load", "-q", "--json"]).code(2);
    assert_eq!(run.document()["error"]["problems"].as_array().unwrap().len(), 4);
}

#[test]
fn without_the_client_it_is_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: there is no minikube client: `minikube` is not installed or not on PATH
hint: install minikube and run `minikube start`
hint: where no Minikube can be had, on Debian as root, `cargo rig up node` makes a node to try it with

"#]]);
}

#[test]
fn a_shell_that_speaks_to_the_node_is_refused() {
    let [frontend, backend] = images();
    let mut sandbox = sandbox(&[&frontend, &backend]);
    sandbox.set("MINIKUBE_ACTIVE_DOCKERD", "minikube");
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: this shell's docker client is set to the engine of minikube profile `minikube`
note: what is built with it is on the node already; `minikube image load` would read another engine
hint: run `eval $(minikube docker-env --unset)`, and `cargo xtask build` again

"#]]);
    assert!(!sandbox.transcript().contains("docker"), "another engine is not asked");
}

#[test]
fn an_engine_that_does_not_answer() {
    let sandbox = sandbox(&[]);
    sandbox.fake("docker", [on("image inspect *").complains("Cannot connect to the Docker daemon\n").exits(1)]);
    sandbox.fake("minikube", working(&[], &[]));
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon
hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]]);
}

#[test]
fn a_node_that_is_not_there_or_says_nothing() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut told = String::new();
    for (status, says) in [
        (r#"{"Name":"minikube","Host":"Stopped"}"#, ""),
        ("null", ""),
        (r#"[{"Name":"minikube","Host":"Running"}]"#, "X Exiting due to GUEST_SSH: handshake failed\n"),
        (r#"{"Name":"minikube","Host":"Running"}"#, ""),
    ] {
        let status = on("status --output json --profile minikube").says(status).exits(7);
        let ssh = on("ssh *").complains(says).exits(80);
        sandbox.fake("minikube", [version("v1.39.0"), profile("docker", &[""]), listed(&[]), status, ssh]);
        told += &sandbox.xtask(&["minikube-load", "-q"]).code(2).stderr;
    }
    compare(
        &told,
        str![[r#"
error: node `minikube` of profile `minikube` is not running: its host is Stopped
hint: start it with `minikube start --profile minikube`
error: node `minikube` of profile `minikube` gives no answer
caused by: it printed nothing
note: `minikube status` does not know it either
hint: start it with `minikube start --profile minikube`
error: node `minikube` of profile `minikube` runs but gives no answer
caused by: X Exiting due to GUEST_SSH: handshake failed
hint: see why with `minikube logs --profile minikube`, or start it anew with `minikube start --profile minikube`
error: node `minikube` of profile `minikube` runs but gives no answer
caused by: it printed nothing
hint: see why with `minikube logs --profile minikube`, or start it anew with `minikube start --profile minikube`

"#]],
    );
}

#[test]
fn a_runtime_that_does_not_list() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut told = String::new();
    for said in ["Cannot connect to the Docker daemon\r\n", ""] {
        let silent = format!("@taskflow list\r\n{said}@taskflow end\r\n");
        sandbox.fake(
            "minikube",
            [version("v1.37.0"), profile("containerd", &[""]), listed(&[]), on("ssh *").says(silent)],
        );
        told += &sandbox.xtask(&["minikube-load"]).code(2).stderr;
    }
    compare(
        &told,
        str![[r#"
warning: minikube 1.37.0: an import into containerd may end early, without an error (kubernetes/minikube#22309)
error: the container runtime of node `minikube` does not list its images
caused by: Cannot connect to the Docker daemon
hint: look into the node with `minikube ssh --profile minikube`, or start it anew with `minikube start --profile minikube`
error: the container runtime of node `minikube` does not list its images
caused by: it printed nothing
hint: look into the node with `minikube ssh --profile minikube`, or start it anew with `minikube start --profile minikube`

"#]],
    );
}

#[test]
fn a_node_without_room() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", [version("v1.39.0"), profile("docker", &[""]), listed(&[]), asked(&answer(&[], 2_000))]);
    sandbox.xtask(&["minikube-load", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: node `minikube` has 2.0 MB free on `/var/lib/files`, loading needs 3.0 MB
hint: free some with `minikube ssh --profile minikube -- docker image prune`

"#]]);
    // Room for the image, but not for the archive beside it on one disk.
    let lines = answer(&[], 6_000).replace("@taskflow lines", "@taskflow list\r\n{\"images\":[]}");
    let lines = lines.replace("/var/lib/store", "/var/lib/files");
    let node = on("ssh *").says(lines);
    sandbox.fake("minikube", [version("v1.39.0"), profile("crio", &[""]), listed(&[]), node]);
    sandbox.xtask(&["minikube-load", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: node `minikube` has 6.1 MB free on `/var/lib/files`, loading needs 9.0 MB
hint: free some with `minikube ssh --profile minikube -- sudo crictl rmi --prune`

"#]]);
}

#[test]
fn names_that_cannot_be_profiles_and_a_time_that_is_none() {
    let sandbox = sandbox(&[]);
    sandbox.xtask(&["minikube-load", "--profile", "../x"]).code(2).stdout("").stderr(str![[r#"
error: `../x` is not the name of a minikube profile
hint: see the names with `minikube profile list`, and choose one with `--profile NAME`

"#]]);
    sandbox.xtask(&["minikube-load", "--timeout", "0"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '0' for '--timeout <SECONDS>': 0 is not in 1..=86400

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["minikube-load", "front"]).code(2).stdout("").stderr(str![[r#"
error: no component `front` in taskflow.toml
note: the components are `frontend` and `backend`

"#]]);
}

#[test]
fn two_runs_do_not_load_into_one_profile() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    sandbox.xtask(&["minikube-load", "-q"]).code(0);
    let lock = std::fs::File::open(sandbox.root.join("target/xtask/minikube/minikube.lock")).unwrap();
    lock.lock().unwrap();
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: another run is loading into profile `minikube`
hint: wait until it has ended, and run the command again

"#]]);
    drop(lock);
    std::fs::remove_dir_all(sandbox.root.join("target")).unwrap();
    sandbox.write("target", "no folder");
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: cannot write to `[ROOT]/target/xtask/minikube`
caused by: Not a directory (os error 20)

"#]]);
}

#[test]
fn images_whose_ids_are_those_of_manifests_are_looked_into_once() {
    let [frontend, _] = images();
    let sandbox = sandbox(&[&frontend]);
    let mut inspected = frontend.inspected();
    inspected["Descriptor"] = serde_json::json!({"digest": "sha256:77"});
    let id = inspected["Id"].as_str().unwrap().to_owned();
    inspected["Id"] = "sha256:77".into();
    let mut archive = archive(&[&frontend]);
    // The manifest that the engine's ID means, before the two empty blocks at the end.
    archive.truncate(archive.len() - 1024);
    let mut more = tar::Builder::new(archive);
    let manifest = serde_json::json!({"schemaVersion": 2, "config": {"digest": id}, "layers": []}).to_string();
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len().try_into().unwrap());
    more.append_data(&mut header, "blobs/sha256/77", manifest.as_bytes()).unwrap();
    std::fs::write(sandbox.mark("saved"), more.into_inner().unwrap()).unwrap();
    let save = on("save sha256:77").does("cat \"$marks/saved\"");
    sandbox.fake("docker", [on("image inspect *").says(serde_json::json!([inspected]).to_string()), save]);
    sandbox.fake("minikube", working(&[], &[&frontend]));
    let run = sandbox.xtask(&["minikube-load", "-q", "--json", "frontend"]).code(0).document();
    assert_eq!((&run["images"][0]["image_id"], &run["images"][0]["expected_id"]), (&"sha256:77".into(), &id.into()));
    sandbox.fake("minikube", working(&[&frontend], &[]));
    sandbox.take_calls();
    sandbox.xtask(&["minikube-load", "-q", "frontend"]).code(0);
    assert!(!sandbox.transcript().contains("docker save"), "{}", sandbox.transcript());
}

#[test]
fn all_tags_of_a_component_are_loaded_when_asked_for() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    engine(&sandbox, &[&frontend]);
    let mut inspected = frontend.inspected();
    inspected["RepoTags"] = serde_json::json!(["taskflow-frontend:1.0.0", "taskflow-frontend:1.0.0-main"]);
    let tags = on("image ls --format {{.Tag}} taskflow-frontend").says("1.0.0-main\n1.0.0\n<none>\n");
    let none = on("image ls --format {{.Tag}} taskflow-backend");
    let inspect = on("image inspect taskflow-frontend:1.0.0 taskflow-frontend:1.0.0-main");
    let rules = [tags, none, inspect.says(serde_json::json!([inspected]).to_string()), on("info *").says("[]")];
    sandbox.fake("docker", rules.into_iter().chain([on("save *").does("cat \"$marks/saved.0\"")]));
    let lines = format!("{}\r\n{}", frontend.line(), frontend.line().replace("1.0.0-main", "1.0.0"));
    let after = answer(&[&frontend], ROOMY).replace(&frontend.line(), &lines);
    let mut rules = working(&[], &[]);
    rules.insert(0, waiting(&after));
    sandbox.fake("minikube", rules);
    sandbox
        .xtask(&["minikube-load", "--all", "frontend"])
        .code(0)
        .stdout(str![[r#"
taskflow-frontend:1.0.0
taskflow-frontend:1.0.0-main

"#]])
        .stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0` and `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
      Loaded taskflow-frontend:1.0.0       efe8b06da184  full  3.0 MB sent, 0.0 MB saved  [TIME]
      Loaded taskflow-frontend:1.0.0-main  efe8b06da184  full  0.0 MB sent, 0.0 MB saved  [TIME]
    Finished 2 images on 1 node in [TIME], 3.0 MB sent

"#]]);
    sandbox.xtask(&["minikube-load", "--all", "backend"]).code(2).stdout("").stderr(str![[r#"
error: the engine has no image `taskflow-backend`
hint: build it with `cargo xtask build backend`

"#]]);
}
