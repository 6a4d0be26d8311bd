//! What nodes list after a load: asked until it is what it should be, or for a few seconds.

use std::time::Duration;

use super::leftovers;
use super::nodes::Node;
use super::send::{Answers, Load};
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::script;
use crate::effects::clock::{Stopwatch, pause};
use crate::effects::minikube::ClientError;
use crate::effects::threads::joined;
use crate::error::CliError;

/// How long to wait before a node is asked again.
const PAUSE: Duration = Duration::from_millis(300);

impl Load<'_> {
    /// Removes the archive from the nodes and asks what they list, again for a while: some list late.
    pub(super) fn read_back(&self, nodes: &[Node]) -> Result<Answers, CliError> {
        let session = self.session;
        let ask = |node: &Node| {
            let script = script::remove_and_ask(session.runtime, &session.workplace.archive_name());
            let client = |error| self.listed_by_client(node, error);
            let watch = Stopwatch::start();
            loop {
                let answer = session.client.node(&session.profile, node.argument.as_deref(), &script);
                let answer = answer.or_else(client);
                let late = watch.elapsed() > session.client.limits().grace();
                match answer {
                    Ok(facts) => {
                        let node = Node { facts, ..node.clone() };
                        if late || self.node_holds(&node) {
                            return Ok((node, None));
                        }
                    }
                    Err(ClientError::Interrupted(signal)) => return Err(leftovers::interrupted(signal)),
                    Err(error) if late => return Ok((node.clone(), Some(error.to_string()))),
                    Err(_) => {}
                }
                pause(PAUSE);
            }
        };
        std::thread::scope(|scope| {
            let asked: Vec<_> = nodes.iter().map(|node| scope.spawn(|| ask(node))).collect();
            asked.into_iter().map(joined).collect()
        })
    }

    /// What the client lists, where the node itself cannot be asked. It lists all nodes of a profile together, so that
    /// says something of a node only where the profile has no other.
    fn listed_by_client(&self, node: &Node, error: ClientError) -> Result<NodeFacts, ClientError> {
        if node.argument.is_some() || matches!(error, ClientError::Interrupted(_)) {
            return Err(error);
        }
        let images = self.session.client.images(&self.session.profile)?;
        Ok(NodeFacts { images: Ok(images), removed: None, ..node.facts.clone() })
    }
}
