//! The scripts that run on a node through the client's `ssh`, for each runtime.
//!
//! They are POSIX shell on one line. Each part of the answer follows a mark, since the client mixes both streams and
//! may print messages of its own.

use process::shell_quoted;

use super::NODE_FOLDER;
use super::profile::Runtime;
use crate::domain::image::ImageReference;

/// The prefix of the marks in an answer.
pub const MARK: &str = "@taskflow";

/// docker's format for the name and the ID of an image.
const NAMED: &str = "'{{.Repository}}:{{.Tag}}={{.ID}}'";

/// docker's format for everything about an image.
const WHOLE: &str = "'{{.|json}}'";

/// docker's format for an image's ID and its layers.
const LAYERS: &str = "'{{.Id}}={{.RootFS.Layers|json}}'";

/// docker's format for a container's image and its name.
const HOLDER: &str = "'{{.Image}}={{.Name}}'";

/// docker's format for the folder of its images.
const STORE: &str = "'{{.DockerRootDir}}'";

/// The polling interval of the waiting script, in tenths of a second.
const POLL_INTERVAL: u64 = 2;

/// Returns the path of an archive on a node.
pub fn on_node(archive: &str) -> String {
    format!("{NODE_FOLDER}/{archive}")
}

/// Returns the script that asks what a node has: images, layers, architecture, free space, and which containers use the
/// images.
pub fn ask(runtime: Runtime) -> String {
    format!("{}; {}", start(), everything(runtime))
}

/// Returns the script that waits until the images are there, for at most so many seconds, then removes the archive and
/// asks only for a few facts, since the load waits for this answer. If this process is killed meanwhile, the terminal
/// closes, and the script removes the archive. `store` is the folder of the images, if it is known.
pub fn wait_and_ask(
    runtime: Runtime,
    archive: &str,
    images: &[(ImageReference, String)],
    seconds: u64,
    store: Option<&str>,
) -> String {
    let (count, steps, file) =
        (images.len(), seconds.saturating_mul(10) / POLL_INTERVAL, shell_quoted(&on_node(archive)));
    let lines = images.iter().flat_map(|(reference, id)| listed(runtime, reference, id));
    let patterns: Vec<String> = lines.map(|line| format!("-e {}", shell_quoted(&line))).collect();
    let there = format!("[ -e {file} ] && [ \"$({} | grep -cxF {})\" -ge {count} ]", rows(runtime), patterns.join(" "));
    let wait = format!("n=0; until {{ {there}; }} || [ $n -ge {steps} ]; do n=$((n+1)); sleep 0.{POLL_INTERVAL}; done");
    let (remove, images) = (remove(archive), names(runtime));
    let store = store.map_or(String::new(), |store| format!("; {}", free("store", &shell_quoted(store))));
    let trap = format!("trap \"{}; exit 1\" HUP INT TERM", remove_only(archive));
    format!("{}; {trap}; {wait}; {remove}; {images}; {}{store}; t end", start(), machine())
}

/// Returns the script that removes the archive; its exit code is the result.
pub fn remove_only(archive: &str) -> String {
    format!("sudo rm -f {}", shell_quoted(&on_node(archive)))
}

/// Returns the script that removes the archive and asks what the node has.
pub fn remove_and_ask(runtime: Runtime, archive: &str) -> String {
    format!("{}; {}; {}", start(), remove(archive), everything(runtime))
}

/// Returns the script that loads an archive on the node with the node's runtime.
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

/// Returns the command that prints one line for each image, in the form of `listed`.
fn rows(runtime: Runtime) -> String {
    match runtime {
        Runtime::Docker => format!("docker images --no-trunc --format {NAMED}"),
        Runtime::Containerd | Runtime::CriO => {
            "sudo crictl images --no-trunc | tr -s ' ' | cut -d ' ' -f 1-3".to_owned()
        }
    }
}

/// Returns how an image is printed by `rows`, with and without the algorithm of its ID.
fn listed(runtime: Runtime, reference: &ImageReference, id: &str) -> Vec<String> {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    let ImageReference { repository, tag } = reference;
    match runtime {
        Runtime::Docker => vec![format!("{repository}:{tag}=sha256:{hex}")],
        Runtime::Containerd => vec![format!("{}{repository} {tag} sha256:{hex}", super::CANONICAL)],
        Runtime::CriO => vec![format!("{}{repository} {tag} {hex}", super::CANONICAL)],
    }
}

/// Returns the command that prints the runtime's images as JSON.
fn names(runtime: Runtime) -> String {
    match runtime {
        Runtime::Docker => format!("t lines; docker images --no-trunc --format {WHOLE}"),
        Runtime::Containerd | Runtime::CriO => "t list; sudo crictl images --output json".to_owned(),
    }
}

/// Returns the commands for facts that do not need the runtime.
fn machine() -> String {
    format!("t architecture; uname -m; {}", free("files", "/var/lib/minikube"))
}

/// Returns the command that prints the free space of the file system with a path.
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
