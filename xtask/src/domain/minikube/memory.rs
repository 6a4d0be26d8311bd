//! What a run records about a profile for the next run. It saves calls: which config an engine's ID stands for, which
//! layers an image has, how much space there was. What a node has is never taken from it, only asked. If recorded facts
//! are wrong, the archive is refused or the node's own list after the load shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::images::{EngineImage, WantedImage};
use super::layers::KnownLayers;
use super::listing::ListedImage;
use super::node::{Disk, NodeFacts};

/// The factor by which free space must have exceeded the need for it not to be asked again.
const PLENTY: u64 = 4;

/// The recorded facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The config digest that every node last listed under a reference.
    pub loaded: BTreeMap<String, String>,
    /// Layers of images by the image's ID; they never change.
    pub layers: KnownLayers,
    /// Config digests by the engine's ID; they never change, either.
    pub configs: BTreeMap<String, String>,
    /// Facts about the nodes, by name.
    pub nodes: BTreeMap<String, RememberedNode>,
    /// The version of the client whose defects were reported.
    pub reported_version: String,
}

/// The recorded facts about a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RememberedNode {
    architecture: Option<String>,
    files: Option<Disk>,
    store: Option<Disk>,
}

impl Memory {
    /// Parses the text of a former run; without a valid text, nothing is recorded.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Returns the text to write.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the config digest of an image if it is known without an export.
    pub fn config_of(&self, image: &EngineImage) -> Option<String> {
        image.config.clone().or_else(|| self.configs.get(&image.id).cloned())
    }

    /// Returns the images that the nodes may lack: those that differ from the last load, or whose config digest is not
    /// known.
    pub fn may_be_missing<'a>(&self, wanted: &'a [WantedImage]) -> Vec<&'a WantedImage> {
        let is_new = |wanted: &&WantedImage| match self.config_of(&wanted.image) {
            Some(config) => self.loaded.get(&wanted.reference.to_string()).is_none_or(|last| *last != config),
            None => true,
        };
        wanted.iter().filter(is_new).collect()
    }

    /// Returns the layers of those images that a node lists now.
    pub fn layers_on(&self, images: &[ListedImage]) -> KnownLayers {
        let known = images.iter().filter_map(|image| Some((image.id.clone(), self.layers.get(&image.id)?.clone())));
        known.collect()
    }

    /// Returns the facts about a node, if it had enough space for so many bytes.
    pub fn node(&self, name: &str, images: &[ListedImage], bytes: u64) -> Option<NodeFacts> {
        let RememberedNode { architecture, files, store } = self.nodes.get(name)?;
        let roomy = |disk: &Option<Disk>| disk.as_ref().is_some_and(|disk| disk.free_bytes / PLENTY > bytes);
        if architecture.is_none() || !roomy(files) || !roomy(store) {
            return None;
        }
        Some(NodeFacts {
            images: Ok(images.to_vec()),
            layers: self.layers_on(images),
            architecture: architecture.clone(),
            files: files.clone(),
            store: store.clone(),
            holders: Vec::new(),
            removed: None,
        })
    }

    /// Records nodes and images, and forgets the layers of images that no node has any more.
    pub fn learn(&mut self, nodes: &[(String, NodeFacts)], images: KnownLayers) {
        self.layers.extend(images);
        for (name, facts) in nodes {
            let NodeFacts { architecture, files, store, layers, .. } = facts.clone();
            let node = self.nodes.entry(name.clone()).or_default();
            // A short answer leaves out facts that were known before.
            node.architecture = architecture.or(node.architecture.take());
            node.files = files.or(node.files.take());
            node.store = store.or(node.store.take());
            self.layers.extend(layers);
        }
        let listed = |id: &String| {
            let images = nodes.iter().filter_map(|(_, facts)| facts.images.as_ref().ok());
            images.flatten().any(|image| image.id == *id)
        };
        self.layers.retain(|id, _| listed(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(free_bytes: u64) -> Disk {
        Disk { mounted_on: "/".to_owned(), free_bytes }
    }

    fn listed(id: &str) -> ListedImage {
        ListedImage { id: id.to_owned(), names: Vec::new(), digests: Vec::new() }
    }

    fn facts(ids: &[&str], free_bytes: u64) -> NodeFacts {
        NodeFacts {
            images: Ok(ids.iter().map(|id| listed(id)).collect()),
            layers: ids.iter().map(|id| ((*id).to_owned(), vec!["x".to_owned()])).collect(),
            architecture: Some("amd64".to_owned()),
            files: Some(disk(free_bytes)),
            store: Some(disk(free_bytes)),
            holders: Vec::new(),
            removed: None,
        }
    }

    #[test]
    fn layers_count_only_while_their_image_is_listed() {
        let mut memory = Memory::default();
        memory.learn(&[("a".to_owned(), facts(&["one", "two"], 0))], KnownLayers::new());
        assert_eq!(memory.layers_on(&[listed("two"), listed("three")]).keys().collect::<Vec<_>>(), ["two"]);
        let images = KnownLayers::from([("two".to_owned(), vec!["y".to_owned()]), ("four".to_owned(), Vec::new())]);
        memory.learn(&[("a".to_owned(), facts(&["two"], 0))], images);
        assert_eq!(memory.layers.keys().collect::<Vec<_>>(), ["two"]);
    }

    #[test]
    fn a_node_without_plenty_of_room_is_asked_again() {
        let mut memory = Memory::default();
        memory.learn(&[("a".to_owned(), facts(&["one"], 4_000))], KnownLayers::new());
        assert!(memory.node("a", &[], 999).is_some());
        assert!(memory.node("a", &[], 1_000).is_none());
        assert!(memory.node("b", &[], 0).is_none());
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let mut memory = Memory { reported_version: "1.38.1".to_owned(), ..Memory::default() };
        memory.learn(&[("a".to_owned(), facts(&["one"], 1))], KnownLayers::new());
        assert_eq!(Memory::read(&memory.text()), memory);
        assert_eq!(Memory::read("half of {"), Memory::default());
        assert_eq!(Memory::read("{\"later\":1}"), Memory::default());
    }
}
