//! An engine with two images, a client with one profile, and a node that gets them.

use std::fs;

use serde_json::{Value, json};

use super::fakes::{Rule, on};
use super::image_archives::diff_id;
use super::sandbox::Sandbox;

/// The size of each lower layer, so that numbers can be read.
const LAYER: usize = 1_500_000;

/// An image as the classic store has it.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) reference: String,
    config: Vec<u8>,
    layers: [String; 2],
}

impl Image {
    /// The image of a component, in a version of it.
    pub(crate) fn new(component: &str, version: &str) -> Self {
        let layers = [format!("base of {component}"), format!("{version} of {component}")];
        let diff_ids = layers.clone().map(|layer| diff_id(layer.as_bytes()));
        let config = json!({"architecture": "amd64", "os": "linux", "config": {"Cmd": [version]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let reference = format!("taskflow-{component}:1.0.0-main");
        Self { reference, config: config.to_string().into_bytes(), layers }
    }

    /// Its ID, with the algorithm.
    pub(crate) fn id(&self) -> String {
        diff_id(&self.config)
    }

    /// The IDs of its layers.
    pub(crate) fn diff_ids(&self) -> [String; 2] {
        self.layers.clone().map(|layer| diff_id(layer.as_bytes()))
    }

    /// As `docker image inspect` shows it.
    pub(crate) fn inspected(&self) -> Value {
        json!({"Id": self.id(), "RepoTags": [self.reference], "RepoDigests": [], "Architecture": "amd64", "Os": "linux",
            "Size": 2 * LAYER, "RootFS": {"Type": "layers", "Layers": self.diff_ids()}})
    }

    /// As docker lists it on a node.
    pub(crate) fn line(&self) -> String {
        let (repository, tag) = self.reference.split_once(':').unwrap();
        json!({"ID": self.id(), "Repository": repository, "Tag": tag}).to_string()
    }
}

/// `docker save` of images.
pub(crate) fn archive(images: &[&Image]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut append = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len().try_into().unwrap());
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content).unwrap();
    };
    let mut manifest = Vec::new();
    for image in images {
        let folder = |layer: String| diff_id(format!("v1 {layer}").as_bytes()).trim_start_matches("sha256:").to_owned();
        let names = image.layers.clone().map(|layer| format!("{}/layer.tar", folder(layer)));
        for (name, layer) in names.iter().zip(&image.layers) {
            append(name, layer.repeat(LAYER / layer.len()).as_bytes());
        }
        let config = format!("{}.json", image.id().trim_start_matches("sha256:"));
        append(&config, &image.config);
        manifest.push(json!({"Config": config, "RepoTags": null, "Layers": names}));
    }
    append("manifest.json", json!(manifest).to_string().as_bytes());
    archive.into_inner().unwrap()
}

/// Both images of an unchanged sandbox.
pub(crate) fn images() -> [Image; 2] {
    ["frontend", "backend"].map(|component| Image::new(component, "first"))
}

/// A sandbox whose engine has images, with a client that needs rules of its own.
pub(crate) fn sandbox(images: &[&Image]) -> Sandbox {
    let sandbox = Sandbox::new();
    for program in ["cat", "sleep"] {
        sandbox.real(program);
    }
    engine(&sandbox, images);
    sandbox.fake("kubectl", [on("* get pods *").says("{\"items\":[]}")]);
    sandbox
}

/// Puts images into the engine, in the place of others.
pub(crate) fn engine(sandbox: &Sandbox, images: &[&Image]) {
    let mut rules = vec![on("info *").says("[[\"Backing Filesystem\",\"extfs\"]]\n")];
    for (number, chosen) in subsets(images).into_iter().enumerate() {
        let names: Vec<&str> = chosen.iter().map(|image| image.reference.as_str()).collect();
        let inspected: Vec<Value> = chosen.iter().map(|image| image.inspected()).collect();
        rules.push(on(&format!("image inspect {}", names.join(" "))).says(json!(inspected).to_string()));
        let saved = sandbox.mark(&format!("saved.{number}"));
        fs::write(&saved, archive(&chosen)).unwrap();
        let ids: Vec<String> = chosen.iter().map(|image| image.id()).collect();
        for what in [ids.join(" "), names.join(" ")] {
            rules.push(on(&format!("save {what}")).does(&format!("cat \"$marks/saved.{number}\"")));
        }
    }
    sandbox.fake("docker", rules);
}

/// Each image alone, and all together.
fn subsets<'a>(images: &[&'a Image]) -> Vec<Vec<&'a Image>> {
    let alone = images.iter().map(|image| vec![*image]);
    alone.chain((images.len() > 1).then(|| images.to_vec())).collect()
}

/// The client's version.
pub(crate) fn version(version: &str) -> Rule {
    on("version --output json").says(format!("{{\"commit\":\"\",\"minikubeVersion\":\"{version}\"}}\n"))
}

/// The client's profiles: one, with an engine, on these nodes.
pub(crate) fn profile(runtime: &str, nodes: &[&str]) -> Rule {
    let nodes: Vec<Value> = nodes.iter().map(|name| json!({"Name": name})).collect();
    let config = json!({"Driver": "docker", "KubernetesConfig": {"ContainerRuntime": runtime}, "Nodes": nodes});
    profiles(&json!({"invalid": [], "valid": [{"Name": "minikube", "Active": true, "Config": config}]}))
}

/// The client's profiles, as they are.
pub(crate) fn profiles(document: &Value) -> Rule {
    on("profile list --light --output json").says(document.to_string())
}

/// What the client lists of the nodes' images.
pub(crate) fn listed(images: &[&Image]) -> Rule {
    let one = |image: &&Image| {
        let name = format!("docker.io/library/{}", image.reference);
        json!({"id": image.id().trim_start_matches("sha256:"), "repoTags": [name], "repoDigests": [], "size": "1"})
    };
    on("image ls --format json --profile minikube").says(json!(images.iter().map(one).collect::<Vec<_>>()).to_string())
}

/// A node's whole answer; a terminal ends lines its own way.
pub(crate) fn answer(images: &[&Image], free: u64) -> String {
    let mut lines = vec!["@taskflow removed".to_owned(), "@taskflow lines".to_owned()];
    lines.extend(images.iter().map(|image| image.line()));
    lines.push("@taskflow layers".to_owned());
    lines.extend(images.iter().map(|image| format!("{}={}", image.id(), json!(image.diff_ids()))));
    lines.extend(["@taskflow holders", "@taskflow architecture", "x86_64"].map(str::to_owned));
    for part in ["files", "store"] {
        lines.push(format!("@taskflow {part}"));
        lines.push(format!("/dev/vda1 99999999 1 {free} 1% /var/lib/{part}"));
    }
    lines.push("@taskflow end\n".to_owned());
    lines.join("\r\n")
}

/// The node, asked before anything is sent.
pub(crate) fn asked(answer: &str) -> Rule {
    on("ssh --profile minikube -- * t lines;*").says(answer)
}

/// The load; the node waits for it.
pub(crate) fn load() -> Rule {
    on("image load * --profile minikube").does("cat \"$3\" >\"$marks/archive\"; : >\"$marks/loaded\"")
}

/// The node while it waits, and what it answers then.
pub(crate) fn waiting(answer: &str) -> Rule {
    on("ssh --profile minikube -- *until*").does("while [ ! -e \"$marks/loaded\" ]; do sleep 0.02; done").says(answer)
}

/// The node, asked after a load.
pub(crate) fn read_back(answer: &str) -> Rule {
    on("ssh --profile minikube -- *sudo rm -f *").says(answer)
}

/// A node with plenty of room.
pub(crate) const ROOMY: u64 = 90_000_000;

/// A client whose load works: the node has some images before and others after.
pub(crate) fn working(before: &[&Image], after: &[&Image]) -> Vec<Rule> {
    vec![
        version("v1.39.0"),
        profile("docker", &[""]),
        listed(before),
        waiting(&answer(after, ROOMY)),
        read_back(&answer(after, ROOMY)),
        asked(&answer(before, ROOMY)),
        load(),
    ]
}
