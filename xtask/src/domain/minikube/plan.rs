//! A load as a list of steps. A run executes the steps; a dry run prints them as shell commands with the same effect.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use process::{Invocation, shell_quoted};
use shown::shown_path;

use super::images::{EngineImage, ExpectedImage, names_and_digests, unique_ids};
use super::layers::left_out;
use super::limits::Limits;
use super::nodes::{Node, usable_layers};
use super::profile::Runtime;
use super::{argv, script};
use crate::domain::docker_argv;
use crate::domain::image::ImageReference;
use crate::domain::text::total;

/// How an image gets to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The node has it already.
    Present,
    /// Only the missing layers are sent.
    Thin,
    /// The whole image is sent.
    Full,
}

impl Delivery {
    /// Returns the name for documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Thin => "thin",
            Self::Full => "full",
        }
    }
}

/// The target of a load, and the files that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadTarget {
    /// The name of the profile.
    pub profile: String,
    /// The container runtime of its nodes.
    pub runtime: Runtime,
    /// The path of the engine's export.
    pub export: PathBuf,
    /// The path of the archive that is sent.
    pub archive: PathBuf,
    /// The time limits of calls.
    pub limits: Limits,
}

impl LoadTarget {
    /// Returns the archive's file name, which is the same on the nodes.
    pub fn archive_name(&self) -> String {
        self.archive.file_name().map(shown_path).unwrap_or_default()
    }
}

/// An image in an archive that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedImage {
    /// The reference that it gets.
    pub reference: ImageReference,
    /// The engine's ID of the image, by which an export refers to it.
    pub id: String,
}

impl FromStr for ArchivedImage {
    type Err = String;

    /// Parses `REFERENCE=ID`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not REFERENCE=ID");
        let (reference, id) = text.split_once('=').filter(|(_, id)| !id.is_empty()).ok_or_else(wrong)?;
        let (repository, tag) = reference.split_once(':').ok_or_else(wrong)?;
        let (Ok(repository), Ok(tag)) = (repository.parse(), tag.parse()) else { return Err(wrong()) };
        Ok(Self { reference: ImageReference { repository, tag }, id: id.to_owned() })
    }
}

/// A call that concerns one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCall {
    /// The name of the node's machine.
    pub node: String,
    /// The call.
    pub call: Invocation,
}

/// A step of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadStep {
    /// Exports images from the engine to a file.
    Export {
        /// The engine's IDs of the images.
        ids: Vec<String>,
        /// The path of the file.
        file: PathBuf,
    },
    /// Writes the archive that is sent.
    WriteArchive {
        /// The path of the export.
        export: PathBuf,
        /// The path of the archive.
        archive: PathBuf,
        /// The images in the archive.
        images: Vec<ArchivedImage>,
        /// The layers to leave out, which every node has.
        without: BTreeSet<String>,
    },
    /// Loads the archive into all nodes with the client.
    Load {
        /// The client's call.
        load: Invocation,
        /// The script that runs on the only node at the same time: it waits for the images, removes the archive from
        /// the node, and lists the images. None for several nodes.
        wait: Option<NodeCall>,
    },
    /// Copies the archive to one node, and loads it with the node's runtime.
    LoadOnNode {
        /// The name of the node's machine.
        node: String,
        /// The call that copies it.
        copy: Invocation,
        /// The call that loads it.
        load: Invocation,
    },
    /// Removes the archive from all nodes and lists their images, in parallel.
    ReadBack(Vec<NodeCall>),
    /// Removes the files on this machine.
    RemoveFiles(Vec<PathBuf>),
}

impl LoadStep {
    /// Returns the step as shell commands, in order.
    pub fn commands(&self) -> Vec<String> {
        match self {
            Self::Export { ids, file } => {
                let folder =
                    file.parent().map(|folder| format!("mkdir -p {} && ", shell_quoted(folder))).unwrap_or_default();
                vec![format!("{folder}{} > {}", docker_argv::save(ids), shell_quoted(file))]
            }
            Self::WriteArchive { export, archive, images, without } => {
                let mut call = Invocation::new("cargo", ["xtask", "minikube-archive"]);
                call = call.arg("--export").arg(export).arg("--archive").arg(archive);
                if !without.is_empty() {
                    call = call.arg("--without").arg(without.iter().cloned().collect::<Vec<_>>().join(","));
                }
                vec![call.args(images.iter().map(|image| format!("{}={}", image.reference, image.id))).to_string()]
            }
            Self::Load { load, wait } => {
                std::iter::once(load).chain(wait.iter().map(|wait| &wait.call)).map(ToString::to_string).collect()
            }
            Self::LoadOnNode { copy, load, .. } => vec![copy.to_string(), load.to_string()],
            Self::ReadBack(calls) => calls.iter().map(|asked| asked.call.to_string()).collect(),
            Self::RemoveFiles(files) => {
                let files: Vec<String> = files.iter().map(shell_quoted).collect();
                vec![format!("rm {}", files.join(" "))]
            }
        }
    }
}

/// The steps of a load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadPlan {
    /// The steps, in order; none if there is nothing to load.
    pub steps: Vec<LoadStep>,
}

impl LoadPlan {
    /// Makes the plan that sends these images to all nodes, without the layers that every node has.
    pub fn new(target: &LoadTarget, nodes: &[Node], images: &[&ExpectedImage]) -> Self {
        if images.is_empty() {
            return Self::default();
        }
        let engine_images: Vec<&EngineImage> = images.iter().map(|image| &image.wanted.image).collect();
        let without = left_out(&engine_images, &usable_layers(target.runtime, nodes));
        let load = argv::load(&target.profile, &target.archive);
        let mut steps = vec![
            Self::export(target, images),
            Self::write_archive(target, images, without),
            Self::load(target, nodes, images, load),
        ];
        if nodes.len() > 1 {
            steps.push(Self::read_back(target, nodes));
        }
        steps.push(Self::remove_files(target));
        Self { steps }
    }

    /// Makes the plan for nodes on which the first plan did not take effect: it sends whole images, to one node after
    /// the other, and loads them with the node's runtime, whose output is kept. It uses the existing export.
    pub fn fallback(target: &LoadTarget, nodes: &[Node], images: &[&ExpectedImage]) -> Self {
        let name = target.archive_name();
        let on_node = |node: &Node| LoadStep::LoadOnNode {
            node: node.name.clone(),
            copy: argv::copy(&target.profile, node.argument.as_deref(), &target.archive, &script::on_node(&name)),
            load: argv::ssh(&target.profile, node.argument.as_deref(), &script::load(target.runtime, &name)),
        };
        let mut steps = vec![Self::write_archive(target, images, BTreeSet::new())];
        steps.extend(nodes.iter().map(on_node));
        steps.push(Self::read_back(target, nodes));
        steps.push(Self::remove_files(target));
        Self { steps }
    }

    /// Returns the plan as shell commands, in order.
    pub fn commands(&self) -> Vec<String> {
        self.steps.iter().flat_map(LoadStep::commands).collect()
    }

    /// Returns how an image gets to the nodes; `Present` if the plan does not send it.
    pub fn delivery(&self, image: &ExpectedImage) -> Delivery {
        let sends = |step: &LoadStep| match step {
            LoadStep::WriteArchive { images, without, .. }
                if images.iter().any(|sent| sent.reference == *image.reference()) =>
            {
                Some(image.wanted.image.layers.iter().any(|layer| without.contains(layer)))
            }
            _ => None,
        };
        match self.steps.iter().find_map(sends) {
            None => Delivery::Present,
            Some(true) => Delivery::Thin,
            Some(false) => Delivery::Full,
        }
    }

    fn export(target: &LoadTarget, images: &[&ExpectedImage]) -> LoadStep {
        let ids = unique_ids(images.iter().map(|image| &image.wanted));
        LoadStep::Export { ids, file: target.export.clone() }
    }

    fn write_archive(target: &LoadTarget, images: &[&ExpectedImage], without: BTreeSet<String>) -> LoadStep {
        let archived = |image: &&ExpectedImage| ArchivedImage {
            reference: image.reference().clone(),
            id: image.wanted.image.id.clone(),
        };
        LoadStep::WriteArchive {
            export: target.export.clone(),
            archive: target.archive.clone(),
            images: images.iter().map(archived).collect(),
            without,
        }
    }

    fn load(target: &LoadTarget, nodes: &[Node], images: &[&ExpectedImage], load: Invocation) -> LoadStep {
        let wait = |node: &Node| {
            let bytes = total(images.iter().map(|image| image.wanted.image.least_bytes));
            let seconds = target.limits.load(bytes).as_secs();
            let store = node.facts.store.as_ref().map(|store| store.mounted_on.as_str());
            let expected = names_and_digests(images.iter().copied());
            let script = script::wait_and_ask(target.runtime, &target.archive_name(), &expected, seconds, store);
            NodeCall { node: node.name.clone(), call: argv::ssh(&target.profile, node.argument.as_deref(), &script) }
        };
        match nodes {
            [only] => LoadStep::Load { load, wait: Some(wait(only)) },
            _ => LoadStep::Load { load, wait: None },
        }
    }

    fn read_back(target: &LoadTarget, nodes: &[Node]) -> LoadStep {
        LoadStep::ReadBack(nodes.iter().map(|node| read_back(target, node)).collect())
    }

    fn remove_files(target: &LoadTarget) -> LoadStep {
        LoadStep::RemoveFiles(vec![target.export.clone(), target.archive.clone()])
    }
}

/// Returns the call that removes the archive from a node and lists the node's images.
pub fn read_back(target: &LoadTarget, node: &Node) -> NodeCall {
    let script = script::remove_and_ask(target.runtime, &target.archive_name());
    NodeCall { node: node.name.clone(), call: argv::ssh(&target.profile, node.argument.as_deref(), &script) }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
