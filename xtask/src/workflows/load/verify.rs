//! Reads back what nodes list after a load, until it is as expected or a few seconds have passed.

use std::time::Duration;

use process::RunError;

use super::interruption::interrupted;
use super::session::Session;
use crate::domain::minikube::images::ExpectedImage;
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::nodes::Node;
use crate::domain::minikube::plan::NodeCall;
use crate::domain::minikube::proof::NodeAnswer;
use crate::effects::clock::{Stopwatch, pause};
use crate::effects::minikube::Client;
use crate::effects::threads::joined;
use crate::effects::tool::ToolError;
use crate::error::CliError;

/// How long to wait before a node is asked again.
const PAUSE: Duration = Duration::from_millis(300);

/// Asks all nodes at the same time, each until it has the images or its time is over, since some list them late.
pub(super) fn read_back(
    session: &Session<'_>,
    images: &[&ExpectedImage],
    nodes: &[(&Node, &NodeCall)],
) -> Result<Vec<NodeAnswer>, CliError> {
    let (client, profile) = (&session.client, session.target.profile.as_str());
    std::thread::scope(|scope| {
        let ask = |(node, asked): &(&Node, &NodeCall)| {
            let (node, call) = ((*node).clone(), asked.call.clone());
            scope.spawn(move || {
                let watch = Stopwatch::start();
                loop {
                    let answer = client.node(&call).or_else(|error| listed_by_client(client, profile, &node, error));
                    let late = watch.elapsed() > client.limits().grace();
                    match answer {
                        Ok(facts) => {
                            let node = Node { facts, ..node.clone() };
                            if late || node.has_all(images) {
                                return Ok(NodeAnswer { node, silent: None });
                            }
                        }
                        Err(ToolError::Run(RunError::Interrupted(signal))) => return Err(interrupted(signal)),
                        Err(error) if late => return Ok(NodeAnswer { node, silent: Some(error.to_string()) }),
                        Err(_) => {}
                    }
                    pause(PAUSE);
                }
            })
        };
        let asked: Vec<_> = nodes.iter().map(ask).collect();
        asked.into_iter().map(joined).collect()
    })
}

/// Returns what the client lists, if the node itself cannot be asked. The client lists all nodes together, so its list
/// is only used if the profile has no other node.
fn listed_by_client(client: &Client<'_>, profile: &str, node: &Node, error: ToolError) -> Result<NodeFacts, ToolError> {
    if node.argument.is_some() || matches!(error, ToolError::Run(RunError::Interrupted(_))) {
        return Err(error);
    }
    let images = client.images(profile)?;
    Ok(NodeFacts { images: Ok(images), removed: None, ..node.facts.clone() })
}
