//! The nodes of a profile with the known facts, and what follows from them without a further call.

use super::images::ExpectedImage;
use super::layers::{KnownLayers, common_layers};
use super::listing::ListedImage;
use super::memory::Memory;
use super::node::NodeFacts;
use super::preflight::no_space;
use super::profile::Runtime;
use super::verdict::{TagState, judge};
use crate::domain::problem::Problem;
use crate::domain::text::total;

/// A node with its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The name of its machine.
    pub name: String,
    /// The name that the client needs for it; none if the profile has only one node.
    pub argument: Option<String>,
    /// The facts about it.
    pub facts: NodeFacts,
}

impl Node {
    /// Returns the images that it lists.
    pub fn images(&self) -> &[ListedImage] {
        self.facts.images.as_deref().unwrap_or_default()
    }

    /// Returns which image has the tag of an image on this node.
    pub fn found(&self, image: &ExpectedImage) -> TagState {
        judge(self.images(), image.reference(), &image.digest)
    }

    /// Whether each of the images, and no other one, has its tag on this node.
    pub fn has_all(&self, images: &[&ExpectedImage]) -> bool {
        images.iter().all(|image| self.found(image) == TagState::Expected)
    }
}

/// Whether on every node an image, and no other one, has its tag.
pub fn all_have(nodes: &[Node], image: &ExpectedImage) -> bool {
    nodes.iter().all(|node| node.found(image) == TagState::Expected)
}

/// Returns the layers of each node; none if the runtime does not accept an archive without all layers. Only an engine
/// does.
pub fn usable_layers(runtime: Runtime, nodes: &[Node]) -> Vec<KnownLayers> {
    match runtime {
        Runtime::Docker => nodes.iter().map(|node| node.facts.layers.clone()).collect(),
        Runtime::Containerd | Runtime::CriO => Vec::new(),
    }
}

/// Returns the only node of a profile without asking it, if the client's list and the recorded facts are enough.
pub fn node_without_a_question(
    runtime: Runtime,
    name: &str,
    listed: &[ListedImage],
    memory: &Memory,
    expected: &[ExpectedImage],
) -> Option<Node> {
    let bare = NodeFacts {
        images: Ok(listed.to_vec()),
        layers: KnownLayers::new(),
        architecture: None,
        files: None,
        store: None,
        holders: Vec::new(),
        removed: None,
    };
    let bare = Node { name: name.to_owned(), argument: None, facts: bare };
    let missing: Vec<&ExpectedImage> =
        expected.iter().filter(|image| bare.found(image) != TagState::Expected).collect();
    if missing.is_empty() && !listed.is_empty() {
        return Some(bare);
    }
    let bytes = total(missing.iter().map(|image| image.wanted.image.least_bytes));
    let facts = memory.node(name, listed, bytes)?;
    // Without a common layer, the whole image would be sent; asking the node may save that.
    let layers = memory.layers_on(listed);
    let shares = |image: &&ExpectedImage| common_layers(&image.wanted.image.layers, std::slice::from_ref(&layers)) > 0;
    let enough = runtime != Runtime::Docker || missing.iter().all(shares);
    (enough && !listed.is_empty()).then_some(Node { facts, ..bare })
}

/// Returns the problems of nodes without space for the missing images, as far as that is known before the archive is
/// written.
pub fn without_room(profile: &str, runtime: Runtime, nodes: &[Node], expected: &[ExpectedImage]) -> Vec<Problem> {
    let short = |node: &Node| {
        let layers = usable_layers(runtime, std::slice::from_ref(node));
        let whole = |image: &&ExpectedImage| {
            node.found(image) != TagState::Expected && common_layers(&image.wanted.image.layers, &layers) == 0
        };
        let bytes = total(expected.iter().filter(whole).map(|image| image.wanted.image.least_bytes));
        no_space(profile, runtime, &node.name, &node.facts, bytes, bytes)
    };
    nodes.iter().filter_map(short).collect()
}
