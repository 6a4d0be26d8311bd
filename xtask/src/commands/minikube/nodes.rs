//! The nodes, and what speaks against sending them anything.

use std::thread::scope;

use super::Session;
use super::gather::Facts;
use super::images::{Expected, speaks_against};
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::plan::{KnownLayers, WantedImage, common_layers};
use crate::domain::minikube::preflight::{no_space, node_problems, not_running};
use crate::domain::minikube::profile::Runtime;
use crate::domain::minikube::script;
use crate::domain::minikube::verdict::{Found, judge};
use crate::domain::problem::Problem;
use crate::domain::text::total;
use crate::effects::minikube::ClientError;
use crate::effects::threads::joined;
use crate::error::CliError;

/// A node with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The name of its machine.
    pub(super) name: String,
    /// The same for the client, which a profile with one node does not need.
    pub(super) argument: Option<String>,
    pub(super) facts: NodeFacts,
}

impl Node {
    /// What it lists.
    pub(super) fn images(&self) -> &[ListedImage] {
        self.facts.images.as_deref().unwrap_or_default()
    }

    /// What carries an image's tag here.
    pub(super) fn found(&self, image: &Expected) -> Found {
        judge(self.images(), &image.wanted.reference, &image.digest)
    }
}

/// Whether every node has an image under its tag, and nothing else.
pub(super) fn all_have(nodes: &[Node], image: &Expected) -> bool {
    nodes.iter().all(|node| node.found(image) == Found::Expected)
}

/// The layers that nodes have; only an engine can make use of them.
pub(super) fn layers(runtime: Runtime, nodes: &[Node]) -> Vec<KnownLayers> {
    match runtime {
        Runtime::Docker => nodes.iter().map(|node| node.facts.layers.clone()).collect(),
        Runtime::Containerd | Runtime::CriO => Vec::new(),
    }
}

/// The nodes, with as few questions as possible: none where one node lists everything already.
pub(super) fn nodes(
    session: &Session<'_>,
    facts: &mut Facts,
    memory: &Memory,
    expected: &[Expected],
) -> Result<Vec<Node>, CliError> {
    let mut problems = std::mem::take(&mut facts.problems);
    let known = match facts.profile.nodes.as_slice() {
        [only] => {
            facts.listed.as_ref().ok().and_then(|listed| one_node(session.runtime, only, listed, memory, expected))
        }
        _ => None,
    };
    let nodes = match known {
        Some(node) => vec![node],
        None => ask_all(session, &facts.profile.nodes, &mut problems)?,
    };
    let wanted: Vec<&WantedImage> = facts.wanted.iter().collect();
    for node in &nodes {
        problems.extend(node_problems(&session.profile, &node.name, &node.facts, &wanted));
    }
    problems.extend(room(session, &nodes, expected));
    if problems.is_empty() { Ok(nodes) } else { Err(speaks_against(problems)) }
}

/// The only node of a profile, if what the client lists and what is remembered are enough.
fn one_node(
    runtime: Runtime,
    name: &str,
    listed: &[ListedImage],
    memory: &Memory,
    expected: &[Expected],
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
    let missing: Vec<&Expected> = expected.iter().filter(|image| bare.found(image) != Found::Expected).collect();
    if missing.is_empty() && !listed.is_empty() {
        return Some(bare);
    }
    let bytes = total(missing.iter().map(|image| image.wanted.image.least_bytes));
    let facts = memory.node(name, listed, bytes)?;
    // Without a common layer it is all sent; it is worth a question whether that is so.
    let layers = memory.layers_on(listed);
    let shares = |image: &&Expected| common_layers(&image.wanted.image.layers, std::slice::from_ref(&layers)) > 0;
    let enough = runtime != Runtime::Docker || missing.iter().all(shares);
    (enough && !listed.is_empty()).then_some(Node { facts, ..bare })
}

fn ask_all(session: &Session<'_>, names: &[String], problems: &mut Vec<Problem>) -> Result<Vec<Node>, CliError> {
    let script = script::ask(session.runtime);
    let argument = |name: &String| (names.len() > 1).then(|| name.clone());
    let answers: Vec<Result<NodeFacts, ClientError>> = scope(|scope| {
        let ask = |name: &String| {
            let (argument, script) = (argument(name), &script);
            scope.spawn(move || session.client.node(&session.profile, argument.as_deref(), script))
        };
        let asked: Vec<_> = names.iter().map(ask).collect();
        asked.into_iter().map(joined).collect()
    });
    let mut nodes = Vec::new();
    let mut hosts = None;
    for (name, answer) in names.iter().zip(answers) {
        match answer {
            Ok(facts) => nodes.push(Node { name: name.clone(), argument: argument(name), facts }),
            Err(ClientError::Interrupted(signal)) => return Err(CliError::interrupted(signal, "nothing was loaded")),
            Err(error) => {
                let hosts = hosts.get_or_insert_with(|| session.client.hosts(&session.profile).unwrap_or_default());
                let host = hosts.iter().find(|(host, _)| host == name).map(|(_, state)| state.as_str());
                problems.push(not_running(&session.profile, name, host, &error.to_string()));
            }
        }
    }
    Ok(nodes)
}

/// Nodes that have no room for what is missing, as far as that can be said before it is known how much is sent.
fn room(session: &Session<'_>, nodes: &[Node], expected: &[Expected]) -> Vec<Problem> {
    let short = |node: &Node| {
        let layers = layers(session.runtime, std::slice::from_ref(node));
        let whole = |image: &&Expected| {
            node.found(image) != Found::Expected && common_layers(&image.wanted.image.layers, &layers) == 0
        };
        let bytes = total(expected.iter().filter(whole).map(|image| image.wanted.image.least_bytes));
        no_space(&session.profile, session.runtime, &node.name, &node.facts, bytes, bytes)
    };
    nodes.iter().filter_map(short).collect()
}
