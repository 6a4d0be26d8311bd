//! Loads that do not take effect, and what is said of it.

use std::path::Path;

use snapbox::str;

use crate::harness::fakes::{Rule, on};
use crate::harness::minikube::{
    Image, ROOMY, answer, archive, asked, images, listed, load, profile, read_back, sandbox, version, waiting,
};
use crate::harness::run::{Run, compare};
use crate::harness::sandbox::Sandbox;

/// A client whose node answers this after every load.
pub(super) fn client(after: &str) -> Vec<Rule> {
    let script = on("ssh --profile minikube -- docker load *").says("open x: no space left on device\r\n");
    let rules = [version("v1.39.0"), profile("docker", &[""]), listed(&[]), waiting(after), read_back(after)];
    let more = [on("cp *"), script, asked(&answer(&[], ROOMY)), load().says("! Failed to cache\n")];
    rules.into_iter().chain(more).collect()
}

pub(super) fn failed(sandbox: &Sandbox, rules: Vec<Rule>) -> Run {
    let _none_yet = std::fs::remove_file(sandbox.mark("loaded"));
    sandbox.fake("minikube", rules);
    // Nobody waits for what never comes.
    sandbox.xtask(&["minikube-load", "--timeout", "1", "frontend"]).code(1).stdout("")
}

#[test]
fn every_kind_of_failure_is_told_with_what_was_expected_and_found() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    failed(&sandbox, client(&answer(&[], ROOMY))).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     no image under this tag
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
    let old = Image::new("frontend", "old");
    failed(&sandbox, client(&answer(&[&old], ROOMY))).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     sha256:09d20aa46b04   another image
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
    let holders = format!("@taskflow holders\r\n{}=/k8s_web\r\n", old.id());
    let held = answer(&[&old], ROOMY).replace("@taskflow holders\r\n", &holders);
    failed(&sandbox, client(&held)).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     sha256:09d20aa46b04   another image, used by 1 running container: `k8s_web`
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
    failed(&sandbox, client(&answer(&[&old, &frontend], ROOMY))).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     several images under this tag: `09d20aa46b04` and `efe8b06da184`
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
}

#[test]
fn a_copy_that_fails_is_heard() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut rules = client(&answer(&[], ROOMY));
    rules.insert(0, on("cp *").complains("X Exiting due to GUEST_CP: no space left on device\n").exits(80));
    failed(&sandbox, rules).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     no image under this tag
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: copying the archive to node `minikube` failed: X Exiting due to GUEST_CP: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
    assert!(!sandbox.transcript().contains("docker load"), "nothing was there to be loaded");
}

#[test]
fn a_node_that_cannot_be_asked_any_more() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut rules = client("");
    // The client itself still lists images for a while, then it does not.
    rules.retain(|rule| !rule.script("").contains("image ls"));
    rules.push(listed(&[]).once());
    rules.push(on("image ls *").exits(80));
    failed(&sandbox, rules).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     nothing is known, as the node gives no answer
caused by: it printed nothing
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
}

#[test]
fn what_the_client_lists_will_do_where_the_node_cannot_be_asked() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut rules = client("");
    rules.retain(|rule| !rule.script("").contains("image ls"));
    rules.push(listed(&[]).once());
    rules.push(listed(&[&frontend]));
    sandbox.fake("minikube", rules);
    sandbox.xtask(&["minikube-load", "--timeout", "1", "frontend"]).code(0).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
note: node `minikube` may keep `/var/lib/minikube/images/taskflow-minikube-[..].tar`; remove it with `minikube ssh --profile minikube -- 'sudo rm -f /var/lib/minikube/images/taskflow-minikube-[..].tar'`
      Loaded taskflow-frontend:1.0.0-main  efe8b06da184  full  3.0 MB sent, 0.0 MB saved  [TIME]
    Finished 1 image on 1 node in [TIME], 3.0 MB sent

"#]]);
}

#[test]
fn the_other_images_are_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", client(&answer(&[&backend], ROOMY)));
    sandbox.xtask(&["minikube-load", "--timeout", "1"]).code(1).stdout("").stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` and `taskflow-backend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     no image under this tag
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
note: `taskflow-backend:1.0.0-main` is on every node
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
}

#[test]
fn an_engine_that_does_not_export() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let inspect = on("image inspect *").says(serde_json::json!([frontend.inspected()]).to_string());
    let info = || on("info *").says("[]");
    sandbox.fake("minikube", client(&answer(&[], ROOMY)));
    sandbox
        .fake("docker", [inspect.clone(), info(), on("save *").complains("Error response: no such layer\n").exits(1)]);
    sandbox.xtask(&["minikube-load", "-q", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot export the images from the engine
caused by: Error response: no such layer
note: nothing was loaded
hint: see what the engine says to `docker save IMAGE >/dev/null`, or build the images again with `cargo xtask build`

"#]]);
    sandbox.fake("docker", [inspect.clone(), info(), on("save *").exits(1)]);
    sandbox.xtask(&["minikube-load", "-q", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot export the images from the engine
caused by: it printed nothing
note: nothing was loaded
hint: see what the engine says to `docker save IMAGE >/dev/null`, or build the images again with `cargo xtask build`

"#]]);
    // The archive of another image.
    std::fs::write(sandbox.mark("other"), archive(&[&backend])).unwrap();
    sandbox.fake("docker", [inspect, info(), on("save *").does("cat \"$marks/other\"")]);
    sandbox.xtask(&["minikube-load", "-q", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot export the images from the engine
caused by: it does not hold the image `sha256:efe8b06da184f59cce956d52d496ca2927c850b4a54ac621e91140b29449b50c`
note: nothing was loaded
hint: run the command again; if it fails again, build the images again with `cargo xtask build`

"#]]);
}

#[test]
fn of_two_nodes_the_one_that_lacks_it_is_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let rules = [
        version("v1.39.0"),
        profile("docker", &["", "m02"]),
        listed(&[&frontend]),
        on("ssh --node minikube --profile minikube -- *").says(answer(&[&frontend], ROOMY)),
        on("ssh --node minikube-m02 --profile minikube -- docker load *").says("Loaded image\r\n"),
        on("ssh --node minikube-m02 --profile minikube -- *").says(answer(&[], ROOMY)),
        on("cp * minikube-m02:*"),
        load(),
    ];
    sandbox.fake("minikube", rules);
    sandbox.xtask(&["minikube-load", "--timeout", "1", "frontend"]).code(1).stdout("").stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 2 nodes)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube-m02`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     no image under this tag
note: `minikube image load` exited with 0
note: the runtime of node `minikube-m02` said: Loaded image
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
}

#[test]
fn exports_that_make_no_archive() {
    let [frontend, _] = images();
    let sandbox = sandbox(&[&frontend]);
    sandbox.fake("minikube", client(&answer(&[], ROOMY)));
    let load = || sandbox.xtask(&["minikube-load", "-q", "frontend"]).code(2).stdout("").stderr;
    // Something stands in the archive's place.
    let preview = sandbox.xtask(&["minikube-load", "-n", "-q", "--json", "frontend"]).code(0).document();
    let printed = Path::new(preview["commands"][2].as_str().unwrap().split(' ').nth(3).unwrap()).to_owned();
    let archive = &sandbox.root.join("target/xtask/minikube").join(printed.file_name().unwrap());
    std::fs::create_dir_all(archive).unwrap();
    let mut told = load();
    std::fs::remove_dir(archive).unwrap();
    // The disk is full: the engine's client only sees that nobody listens any more.
    let export = archive.with_file_name("minikube.export");
    std::os::unix::fs::symlink("/dev/full", &export).unwrap();
    told += &load();
    assert!(!export.is_symlink());
    // A layer that the manifest names is not there.
    let whole = std::fs::read(sandbox.mark("saved.0")).unwrap();
    let mut short = tar::Builder::new(Vec::new());
    for entry in tar::Archive::new(&*whole).entries().unwrap().skip(1) {
        let entry = entry.unwrap();
        short.append(&entry.header().clone(), entry).unwrap();
    }
    std::fs::write(sandbox.mark("saved.0"), short.into_inner().unwrap()).unwrap();
    told += &load();
    // What is remembered of an image is not so.
    std::fs::write(sandbox.mark("saved.0"), whole).unwrap();
    let mut inspected = frontend.inspected();
    inspected["Descriptor"] = serde_json::json!({"annotations": {"config.digest": "sha256:77"}});
    let inspect = on("image inspect *").says(serde_json::json!([inspected]).to_string());
    sandbox.fake("docker", [inspect, on("save *").does("cat \"$marks/saved.0\"")]);
    told += &load();
    compare(
        &told,
        str![[r#"
error: cannot put the archive together on this machine
caused by: cannot write `[ROOT]/target/xtask/minikube/taskflow-minikube-[..].tar`: Is a directory (os error 21)
note: nothing was loaded
error: cannot put the archive together on this machine
caused by: cannot keep it in `[ROOT]/target/xtask/minikube/minikube.export`: No space left on device (os error 28)
note: nothing was loaded
hint: make room there: it takes the images' size twice for a while; `docker image prune` may help
error: cannot put the archive together on this machine
caused by: cannot write `[ROOT]/target/xtask/minikube/taskflow-minikube-[..].tar`: `c2c05202835fb1d0b921054bf2a4a4e6c4313d561b1aad218322b676727eedde/layer.tar` is not in the export
note: nothing was loaded
error: cannot export the images from the engine
caused by: `taskflow-frontend:1.0.0-main` was exported as another image than before
note: nothing was loaded
hint: run the command again; if it fails again, build the images again with `cargo xtask build`

"#]],
    );
}
