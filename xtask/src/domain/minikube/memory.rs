//! What one run remembers for the next about a profile. It saves questions: which config an engine's ID means, which
//! layers an image has, how much room there was. What a node has is never remembered, only asked; an archive that does
//! not hold what was remembered is refused, and what a node cannot take shows in its own list after the load.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::images::{EngineImage, WantedImage};
use super::layers::KnownLayers;
use super::listing::ListedImage;
use super::node::{Disk, NodeFacts};

/// How much more free space than needed there must have been, so that nobody has to look again.
const PLENTY: u64 = 4;

/// The remembered facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The config digest that was last seen under a reference, on every node.
    pub loaded: BTreeMap<String, String>,
    /// Layers of images by their ID, which never change.
    pub layers: KnownLayers,
    /// Config digests by the engine's ID, which never change either.
    pub configs: BTreeMap<String, String>,
    /// What the nodes are.
    pub nodes: BTreeMap<String, RememberedNode>,
    /// The version of the client whose faults were told.
    pub told_of: String,
}

/// What is remembered of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RememberedNode {
    architecture: Option<String>,
    files: Option<Disk>,
    store: Option<Disk>,
}

impl Memory {
    /// Reads what was written; nothing is remembered where it cannot be read.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The text to write.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The config digest of an image, if it can be known without looking into an export.
    pub fn config_of(&self, image: &EngineImage) -> Option<String> {
        image.config.clone().or_else(|| self.configs.get(&image.id).cloned())
    }

    /// The images that the nodes may not have: not those of last time, or such whose config digest must be found out.
    pub fn may_be_missing<'a>(&self, wanted: &'a [WantedImage]) -> Vec<&'a WantedImage> {
        let is_new = |wanted: &&WantedImage| match self.config_of(&wanted.image) {
            Some(config) => self.loaded.get(&wanted.reference.to_string()).is_none_or(|last| *last != config),
            None => true,
        };
        wanted.iter().filter(is_new).collect()
    }

    /// The layers of those images that a node lists now.
    pub fn layers_on(&self, images: &[ListedImage]) -> KnownLayers {
        let known = images.iter().filter_map(|image| Some((image.id.clone(), self.layers.get(&image.id)?.clone())));
        known.collect()
    }

    /// A node as it was, if it had plenty of room for so many bytes.
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

    /// Remembers nodes and images, and forgets the layers of images that no node has any more.
    pub fn learn(&mut self, nodes: &[(String, NodeFacts)], images: KnownLayers) {
        self.layers.extend(images);
        for (name, facts) in nodes {
            let NodeFacts { architecture, files, store, layers, .. } = facts.clone();
            let node = self.nodes.entry(name.clone()).or_default();
            // A short answer leaves things out that were known before.
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
        let mut memory = Memory { told_of: "1.38.1".to_owned(), ..Memory::default() };
        memory.learn(&[("a".to_owned(), facts(&["one"], 1))], KnownLayers::new());
        assert_eq!(Memory::read(&memory.text()), memory);
        assert_eq!(Memory::read("half of {"), Memory::default());
        assert_eq!(Memory::read("{\"later\":1}"), Memory::default());
    }
}
