//! Hints about Minikube. Client, node and cluster are fakes that become good when the right command is called.

use std::fs::File;

use serde_json::{Value, json};

use crate::harness::encodings::utf16;
use crate::harness::fakes::{Rule, on};
use crate::harness::minikube::{
    Image, ROOMY, answer, archive, asked, images, listed, load, profile, profiles, sandbox, version, waiting, working,
};
use crate::harness::sandbox::Sandbox;
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

/// Makes the world good.
const MENDS: &str = ": >\"$marks/good\"";

fn mend(world: &mut World) {
    std::fs::write(world.sandbox.mark("good"), "").unwrap();
}

/// A client that answers like this until it is good, and whose node then has both images.
fn client(bad: impl IntoIterator<Item = Rule>, calls: impl IntoIterator<Item = Rule>) -> World {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let bad = bad.into_iter().map(|rule| rule.until("good"));
    let good = working(&[&frontend, &backend], &[&frontend, &backend]);
    sandbox.fake("minikube", bad.chain(calls).chain(good));
    World::new(sandbox, &["minikube-load", "-q"])
}

/// A call of the client that makes it good.
fn mends(call: &str) -> [Rule; 1] {
    [on(call).does(MENDS)]
}

fn of(runtime: &str) -> Value {
    json!({"Driver": "docker", "KubernetesConfig": {"ContainerRuntime": runtime}, "Nodes": [{"Name": ""}]})
}

fn valid(list: &[(&str, Value)]) -> Rule {
    let list: Vec<Value> =
        list.iter().map(|(name, config)| json!({"Name": name, "Active": false, "Config": config})).collect();
    profiles(&json!({"valid": list}))
}

/// A client whose load never takes effect, until it is good.
fn load_without_effect() -> World {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let empty = answer(&[], ROOMY);
    let bad = [listed(&[]), waiting(&empty), on("ssh *").says(empty.clone()), on("cp *"), load()];
    let bad = bad.into_iter().map(|rule| rule.until("good"));
    let good = working(&[&frontend, &backend], &[&frontend, &backend]);
    let calls = [
        version("v1.39.0"),
        profile("docker", &[""]),
        on("logs --profile minikube").says("kubelet: disk full\n").does(MENDS),
    ];
    sandbox.fake("minikube", calls.into_iter().chain(bad).chain(good));
    World::new(sandbox, &["minikube-load", "-q", "--timeout", "1", "frontend"])
}

/// An engine that does not export an image, until it is good.
fn export(says: Rule) -> World {
    let world = load_without_effect();
    let [frontend, backend] = images();
    std::fs::write(world.sandbox.mark("export"), archive(&[&frontend])).unwrap();
    std::fs::write(world.sandbox.mark("other"), archive(&[&backend])).unwrap();
    let inspect = on("image inspect *").says(json!([frontend.inspected()]).to_string());
    let good = on("save *").does("cat \"$marks/export\"");
    let tested = on(&format!("save {}", frontend.reference)).complains("Error response: no such layer\n").exits(1);
    let prune = on("image prune").does(MENDS);
    world.sandbox.fake("docker", [tested, prune, says.until("good"), inspect, on("info *").says("[]"), good]);
    world.sandbox.fake("minikube", working(&[], &[&frontend]));
    world.cargo([on("xtask build").does(MENDS)]);
    world
}

/// A pod that runs another image, until it is started again.
fn old_pod(owner: &Value, restart: &str) -> World {
    let world = client([], []);
    let [_, backend] = images();
    let old = Image::new("backend", "old").id();
    let pod = json!({"items": [{
        "metadata": {"name": "api-6d5f-abcde", "namespace": "default", "labels": {"pod-template-hash": "6d5f"}, "ownerReferences": owner},
        "spec": {"containers": [{"name": "app", "image": backend.reference}]},
        "status": {"containerStatuses": [{"name": "app", "imageID": format!("docker://{old}"), "state": {"running": {}}}]},
    }]});
    let pods = on("--context minikube get pods *");
    let none = pods.clone().says("{\"items\":[]}");
    world.sandbox.fake("kubectl", [pods.says(pod.to_string()).until("good"), on(restart).does(MENDS), none]);
    world
}

/// A manifest that asks for another image.
fn manifest() -> World {
    let world = client([], []);
    let text = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: taskflow-frontend:latest\n";
    world.sandbox.write("k8s/a.yaml", text);
    world.sandbox.commit();
    world
}

/// A manifest whose text is written in another encoding.
fn manifest_as(encode: fn(&str) -> Vec<u8>) -> World {
    let world = client([], []);
    for tool in ["iconv", "mv", "tr"] {
        world.sandbox.real(tool);
    }
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: app\n      image: taskflow-backend:1.0.0-main\n      imagePullPolicy: Never\n";
    world.sandbox.write("k8s/a.yaml", "");
    std::fs::write(world.sandbox.root.join("k8s/a.yaml"), encode(text)).unwrap();
    world.each_time(Sandbox::commit)
}

/// Every encoding for which a command is named.
fn encodings() -> Vec<Row> {
    let worlds: [fn() -> World; 8] = [
        || manifest_as(|text| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)),
        || manifest_as(|text| utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)),
        || manifest_as(|text| utf16(text, u16::to_le_bytes)),
        || manifest_as(|text| utf16(text, u16::to_be_bytes)),
        || manifest_as(|text| [b"# caf\xe9\n", text.as_bytes()].concat()),
        || {
            manifest_as(|text| {
                format!("\u{feff}{text}").chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect()
            })
        },
        || manifest_as(|text| [utf16("\u{feff}# a\r\n", u16::to_le_bytes).as_slice(), text.as_bytes()].concat()),
        || manifest_as(|text| [b"# a\0\n", text.as_bytes()].concat()),
    ];
    worlds.map(|world| row("convert it with `{command}`", world)).into()
}

fn node(host: &str) -> World {
    let status = on("status --output json --profile minikube").says(host).exits(7);
    let silent = on("ssh *").complains("X Exiting due to GUEST_SSH: handshake failed\n").exits(80);
    let start = on("start --profile minikube").does(MENDS);
    let logs = on("logs --profile minikube").says("kubelet: handshake failed\n");
    client([listed(&[]), status, silent], [start, logs])
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = profiles_and_clients();
    rows.extend(nodes());
    rows.extend(what_runs());
    rows.extend(encodings());
    rows
}

/// A node that has the image under the name that podman gives it.
fn local_name() -> World {
    let world = load_without_effect();
    let [frontend, backend] = images();
    let mut local = frontend.clone();
    local.reference = format!("localhost/{}", frontend.reference);
    let answered = answer(&[&local], ROOMY);
    let bad = [listed(&[]), waiting(&answered), on("ssh *").says(answered.clone()), on("cp *"), load()];
    let bad = bad.into_iter().map(|rule| rule.until("good"));
    let calls = [version("v1.39.0"), profile("docker", &[""]), on("image tag localhost/*").does(MENDS)];
    let good = working(&[&frontend, &backend], &[&frontend, &backend]);
    world.sandbox.fake("minikube", calls.into_iter().chain(bad).chain(good));
    world
}

/// A client whose files belong to another user.
fn files_of_root() -> World {
    let said =
        "X Exiting due to HOST_HOME_PERMISSION: open /h/u/.minikube/profiles/minikube/config.json: permission denied\n";
    let world = client([on("*").complains(said).exits(37)], []);
    world.sandbox.real("id");
    world.sandbox.fake("sudo", [on("chown -R * /h/u/.minikube").does(MENDS)]);
    world
}

fn profiles_and_clients() -> Vec<Row> {
    vec![
        row("give them back to this user: `sudo chown -R \"$(id -u)\" {folder}`", files_of_root),
        row(
            "give it the name that pods ask for: `minikube image tag {name} {CANONICAL}{reference} --profile {profile}`",
            local_name,
        ),
        row("install minikube and run `minikube start`", || {
            let world = client([], mends("start"));
            let bin = world.sandbox.outside("bin/minikube");
            std::fs::rename(bin, world.sandbox.mark("minikube")).unwrap();
            world
        })
        .steps(&[
            Step::ByHand(|world| {
                std::fs::rename(world.sandbox.mark("minikube"), world.sandbox.outside("bin/minikube")).unwrap();
            }),
            Step::Act(0),
        ]),
        row("where no Minikube can be had, on Debian as root, `cargo rig up node` makes a node to try it with", || {
            let world = client([], []);
            world.sandbox.real("mv");
            let bin = world.sandbox.outside("bin/minikube");
            std::fs::rename(&bin, world.sandbox.mark("minikube")).unwrap();
            world.cargo([on("rig up node").does(&format!("mv \"$marks/minikube\" '{}'", bin.display()))]);
            world
        }),
        row("install minikube {version} or newer", || client([version("v1.24.0")], [])).by_hand(mend),
        row("run it alone to see its output: `{call}`", || client([profiles(&json!({"error": "something"}))], []))
            .then(Then::Shows("something")),
        row("see what `minikube profile list` says, or give it more time with `--timeout SECONDS`", slow_client)
            .way(&[0])
            .then(Then::Shows("minikube")),
        row("see what `minikube profile list` says, or give it more time with `--timeout SECONDS`", slow_client)
            .way(&[1]),
        row("see the names with `minikube profile list`, and choose one with `--profile NAME`", || {
            let mut world = client([], [on("profile list").says("minikube\n")]).fill("NAME", "minikube");
            world.call(&["minikube-load", "-q", "--profile=../x"]);
            world.instead_of("--profile=../x")
        }),
        row("start it with `minikube start --profile {name}`, or choose one with `--profile NAME`", || {
            let [frontend, backend] = images();
            let list = on("image ls --format json --profile dev").says(listed_json(&[&frontend, &backend]));
            client([valid(&[("dev", of("docker"))])], mends("start --profile minikube").into_iter().chain([list]))
                .fill("NAME", "dev")
        })
        .way(&[0])
        .way(&[1]),
        row("make it anew: `minikube delete --profile {name}`, then `minikube start --profile {name}`", || {
            let deleted = on("delete --profile minikube").does(": >\"$marks/deleted\"");
            let start = on("start --profile minikube").does("[ -e \"$marks/deleted\" ] || exit 1; : >\"$marks/good\"");
            client(
                [profiles(&json!({"invalid": [{"Name": "minikube", "Active": false, "Config": null}]}))],
                [deleted, start],
            )
        }),
        row("choose another one with `--profile NAME`", || {
            let [frontend, backend] = images();
            let none = json!({"Driver": "none", "KubernetesConfig": {"ContainerRuntime": "docker"}});
            let list = on("image ls --format json --profile dev").says(listed_json(&[&frontend, &backend]));
            client([valid(&[("minikube", none), ("dev", of("docker"))])], [list]).fill("NAME", "dev")
        }),
        row(NO_RUNTIME, without_runtime).way(&[0]).then(Then::Shows("valid")),
        row(NO_RUNTIME, without_runtime).way(&[1]),
        row("make it anew with one of them: `minikube start --profile {name} --container-runtime docker`", || {
            client([valid(&[("minikube", of("podman"))])], mends("start --profile minikube --container-runtime docker"))
        }),
        row("run `eval $(minikube docker-env --unset)`, and `cargo xtask build` again", || {
            let unset = on("docker-env --unset").says("unset MINIKUBE_ACTIVE_DOCKERD;\n");
            let mut world = client([], [unset]);
            world.sandbox.set("MINIKUBE_ACTIVE_DOCKERD", "minikube");
            world.cargo([on("xtask build")]);
            world
        }),
        row("build it with `cargo xtask build {component}`", || {
            let [frontend, backend] = images();
            let world = client([], []);
            let has = |images: &[&Image]| {
                let inspected: Vec<Value> = images.iter().map(|image| image.inspected()).collect();
                on("image inspect *").says(json!(inspected).to_string())
            };
            let missing = has(&[&frontend])
                .complains(
                    "Error: No such image: taskflow-backend:1.0.0-main
",
                )
                .exits(1);
            let rules = [missing.until("good"), has(&[&frontend, &backend]), on("info *").says("[]"), on("save *")];
            world.sandbox.fake("docker", rules);
            world.cargo([on("xtask build backend").does(MENDS)]);
            world
        }),
    ]
}

fn listed_json(images: &[&Image]) -> String {
    let one =
        |image: &&Image| json!({"id": image.id(), "repoTags": [format!("docker.io/library/{}", image.reference)]});
    json!(images.iter().map(one).collect::<Vec<_>>()).to_string()
}

const NO_RUNTIME: &str =
    "look at it with `minikube profile list --output json`, or start it anew with `minikube start --profile {name}`";
const NO_ANSWER: &str =
    "see why with `minikube logs --profile {profile}`, or start it anew with `minikube start --profile {profile}`";
const NO_LIST: &str = "look into the node with `minikube ssh --profile {profile}`, or start it anew with `minikube start --profile {profile}`";
const NO_EXPORT: &str =
    "see what the engine says to `docker save IMAGE >/dev/null`, or build the images again with `cargo xtask build`";

/// A client that takes two seconds for an answer.
fn slow_client() -> World {
    let slow = profile("docker", &[""]).does("sleep 2");
    let mut world = client([slow], [on("profile list").says("minikube\n")]).fill("SECONDS", "60");
    world.call(&["minikube-load", "-q", "--timeout=1"]);
    world.instead_of("--timeout=1")
}

/// A profile without a container runtime.
fn without_runtime() -> World {
    let says = on("profile list --output json").says("{\"valid\":[]}\n");
    let start = on("start --profile minikube").does(MENDS);
    client([valid(&[("minikube", json!({"Driver": "docker"}))])], [says, start])
}

/// A node whose runtime does not list its images.
fn without_list() -> World {
    let silent = on("ssh --profile minikube -- *").says("@taskflow lines\r\nCannot connect\r\n@taskflow end\r\n");
    let shell = on("ssh --profile minikube").says("$ \n");
    client([listed(&[]), silent], [shell, on("start --profile minikube").does(MENDS)])
}

/// An engine that exports nothing.
fn without_export() -> World {
    export(on("save *").exits(1)).fill("IMAGE", "taskflow-frontend:1.0.0-main")
}

fn nodes() -> Vec<Row> {
    vec![
        row("start it with `minikube start --profile {name}`", || node(r#"{"Name":"minikube","Host":"Stopped"}"#)),
        row("start it with `minikube start --profile {name}`", || node("null")),
        row(NO_ANSWER, || node(r#"{"Name":"minikube","Host":"Running"}"#))
            .way(&[0])
            .then(Then::Shows("handshake failed")),
        row(NO_ANSWER, || node(r#"{"Name":"minikube","Host":"Running"}"#)).way(&[1]),
        row(NO_LIST, without_list).way(&[0]).then(Then::Shows("$")),
        row(NO_LIST, without_list).way(&[1]),
        row("build it for the node: `DOCKER_DEFAULT_PLATFORM={platform} cargo xtask build {component}`", || {
            let other = answer(&[], ROOMY).replace("x86_64", "aarch64");
            let world = client([listed(&[]), asked(&other)], []);
            let built = "[ \"$DOCKER_DEFAULT_PLATFORM\" = linux/arm64 ] || exit 1; : >\"$marks/good\"";
            world.cargo([on("xtask build *").does(built)]);
            world
        })
        .then(Then::Gone),
        row("free some with `minikube ssh --profile {profile} -- {prune}`", || {
            let cramped = asked(&answer(&[], 2_000));
            client([listed(&[]), cramped], mends("ssh --profile minikube -- docker image prune"))
        }),
        row(
            "look into the node with `minikube logs --profile {profile}`, then run the command again",
            load_without_effect,
        ),
        row("wait until it has ended, and run the command again", || {
            let world = client([], []);
            world.xtask().code(0);
            let lock = File::open(world.sandbox.root.join("target/xtask/minikube/minikube.lock")).unwrap();
            lock.lock().unwrap();
            world.holds(lock)
        })
        .by_hand(World::release),
        row("make room there: it takes the images' size twice for a while; `docker image prune` may help", || {
            let world = export(on("never"));
            world.cargo([]);
            std::fs::create_dir_all(world.sandbox.root.join("target/xtask/minikube")).unwrap();
            world.each_time(|sandbox| {
                let export = sandbox.root.join("target/xtask/minikube/minikube.export");
                if !sandbox.mark("good").exists() && !export.is_symlink() {
                    std::os::unix::fs::symlink("/dev/full", export).unwrap();
                }
            })
        }),
        row(NO_EXPORT, without_export).way(&[0]).then(Then::Shows("no such layer")),
        row(NO_EXPORT, without_export).way(&[1]),
        row("write it with `docker save {save} > {}`", without_an_export_file),
        row("run the command again; if it fails again, build the images again with `cargo xtask build`", || {
            export(on("save *").does("cat \"$marks/other\""))
        }),
    ]
}

/// An archive that is written from an export that is not there.
fn without_an_export_file() -> World {
    let [frontend, backend] = images();
    let named = format!("{}={}", frontend.reference, frontend.id());
    let args = ["minikube-archive", "--export", "x.export", "--archive", "x.tar", &named];
    World::new(sandbox(&[&frontend, &backend]), &args)
}

fn what_runs() -> Vec<Row> {
    vec![
        row("restart it with `{command}`", || {
            let owner = json!([{"kind": "ReplicaSet", "name": "api-6d5f", "controller": true}]);
            old_pod(&owner, "--context minikube --namespace default rollout restart deployment/api")
        }),
        row(
            "nothing makes it again: delete it with `kubectl --context {context} --namespace {namespace} delete pod {name}`, and start it as you did before",
            || old_pod(&Value::Null, "--context minikube --namespace default delete pod api-6d5f-abcde"),
        ),
        row("use `image: {image}` with `imagePullPolicy: Never`", manifest).by_hand(|world| {
            let line = "          image: taskflow-frontend:1.0.0-main\n          imagePullPolicy: Never\n";
            world.edit("k8s/a.yaml", "          image: taskflow-frontend:latest\n", line);
            world.sandbox.commit();
        }),
    ]
}

#[test]
fn hints_about_minikube_help() {
    follow(&rows());
}
