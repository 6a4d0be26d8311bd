//! What is run on a node through the client's `ssh`, and how each runtime is asked there.
//!
//! POSIX shell on one line. Each part of the answer stands below a mark, as the client mixes both streams and may say
//! something of its own.

use process::shell_quoted;

use super::NODE_FOLDER;
use super::profile::Runtime;
use crate::domain::image::ImageReference;

/// Begins a line of ours in an answer.
pub const MARK: &str = "@taskflow";

/// What docker says of an image in a list: its name and its ID.
const NAMED: &str = "'{{.Repository}}:{{.Tag}}={{.ID}}'";

/// Everything that docker says of one.
const WHOLE: &str = "'{{.|json}}'";

/// An image's ID and its layers.
const LAYERS: &str = "'{{.Id}}={{.RootFS.Layers|json}}'";

/// A container's image and its name.
const HOLDER: &str = "'{{.Image}}={{.Name}}'";

/// Where docker keeps images.
const STORE: &str = "'{{.DockerRootDir}}'";

/// How often the node looks for the images while it waits, in tenths of a second.
const LOOK: u64 = 2;

/// Where the archive of a name stands on a node.
pub fn on_node(archive: &str) -> String {
    format!("{NODE_FOLDER}/{archive}")
}

/// Asks what a node has: images, layers, architecture, free space, and who uses the images.
pub fn ask(runtime: Runtime) -> String {
    format!("{}; {}", start(), everything(runtime))
}

/// Waits until the images are there, at most so many seconds; then removes the archive and asks for little: it is a
/// load that waits for this answer. Where we are ended meanwhile, the terminal goes away, and the archive with it.
/// `store` is where images were found to be kept.
pub fn wait_and_ask(
    runtime: Runtime,
    archive: &str,
    images: &[(ImageReference, String)],
    seconds: u64,
    store: Option<&str>,
) -> String {
    let (count, steps, file) = (images.len(), seconds.saturating_mul(10) / LOOK, shell_quoted(&on_node(archive)));
    let lines = images.iter().flat_map(|(reference, id)| listed(runtime, reference, id));
    let patterns: Vec<String> = lines.map(|line| format!("-e {}", shell_quoted(&line))).collect();
    let there = format!("[ -e {file} ] && [ \"$({} | grep -cxF {})\" -ge {count} ]", rows(runtime), patterns.join(" "));
    let wait = format!("n=0; until {{ {there}; }} || [ $n -ge {steps} ]; do n=$((n+1)); sleep 0.{LOOK}; done");
    let (remove, images) = (remove(archive), names(runtime));
    let store = store.map_or(String::new(), |store| format!("; {}", free("store", &shell_quoted(store))));
    let trap = format!("trap \"{}; exit 1\" HUP INT TERM", remove_only(archive));
    format!("{}; {trap}; {wait}; {remove}; {images}; {}{store}; t end", start(), machine())
}

/// Removes the archive; the exit code tells.
pub fn remove_only(archive: &str) -> String {
    format!("sudo rm -f {}", shell_quoted(&on_node(archive)))
}

/// Removes the archive, and asks what the node has.
pub fn remove_and_ask(runtime: Runtime, archive: &str) -> String {
    format!("{}; {}; {}", start(), remove(archive), everything(runtime))
}

/// Loads an archive that is on the node already, with the runtime's own words.
pub fn load(runtime: Runtime, archive: &str) -> String {
    let file = shell_quoted(&on_node(archive));
    match runtime {
        Runtime::Docker => format!("docker load --input {file}"),
        Runtime::Containerd => format!("sudo ctr --namespace k8s.io images import {file}"),
        Runtime::CriO => format!("sudo podman load --input {file}"),
    }
}

fn start() -> String {
    format!("t() {{ echo \"{MARK} $1\"; }}")
}

fn remove(archive: &str) -> String {
    format!("{}; [ -e {} ] && t kept || t removed", remove_only(archive), shell_quoted(&on_node(archive)))
}

/// One line for each image, as `listed` makes it.
fn rows(runtime: Runtime) -> String {
    match runtime {
        Runtime::Docker => format!("docker images --no-trunc --format {NAMED}"),
        Runtime::Containerd | Runtime::CriO => {
            "sudo crictl images --no-trunc | tr -s ' ' | cut -d ' ' -f 1-3".to_owned()
        }
    }
}

/// How an image stands in `rows`; with or without the algorithm of its ID.
fn listed(runtime: Runtime, reference: &ImageReference, id: &str) -> Vec<String> {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    let ImageReference { repository, tag } = reference;
    match runtime {
        Runtime::Docker => vec![format!("{repository}:{tag}=sha256:{hex}")],
        Runtime::Containerd => vec![format!("{}{repository} {tag} sha256:{hex}", super::CANONICAL)],
        Runtime::CriO => vec![format!("{}{repository} {tag} {hex}", super::CANONICAL)],
    }
}

/// What the runtime lists, as JSON.
fn names(runtime: Runtime) -> String {
    match runtime {
        Runtime::Docker => format!("t lines; docker images --no-trunc --format {WHOLE}"),
        Runtime::Containerd | Runtime::CriO => "t list; sudo crictl images --output json".to_owned(),
    }
}

/// What can be said without the runtime.
fn machine() -> String {
    format!("t architecture; uname -m; {}", free("files", "/var/lib/minikube"))
}

/// The free space of the file system that has a path.
fn free(part: &str, path: &str) -> String {
    format!("t {part}; df -kP {path} | tail -n 1")
}

fn everything(runtime: Runtime) -> String {
    let (more, store) = match runtime {
        Runtime::Docker => {
            let layers =
                format!("docker images --quiet --no-trunc | sort -u | xargs -r docker image inspect --format {LAYERS}");
            let holders = format!("docker ps --quiet | xargs -r docker inspect --format {HOLDER}");
            (format!("; t layers; {layers}; t holders; {holders}"), format!("\"$(docker info --format {STORE})\""))
        }
        Runtime::Containerd => (String::new(), "/var/lib/containerd".to_owned()),
        Runtime::CriO => (String::new(), "/var/lib/containers".to_owned()),
    };
    format!("{}{more}; {}; {}; t end", names(runtime), machine(), free("store", &store))
}
