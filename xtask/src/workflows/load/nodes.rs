//! Asks the nodes, but only if needed, and collects the problems of sending images to them.

use std::thread::scope;

use process::RunError;

use super::interruption::before_the_load;
use super::session::Session;
use crate::domain::minikube::images::{ExpectedImage, WantedImage};
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::nodes::{Node, node_without_a_question, without_room};
use crate::domain::minikube::preflight::{node_problems, not_running};
use crate::domain::minikube::{argv, script};
use crate::domain::problem::Problem;
use crate::effects::threads::joined;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// Returns the nodes with these names, with as few calls as possible: none if the list shows that a single node has
/// everything. `listed` is the client's list for all nodes together, `problems` are the problems so far.
///
/// # Errors
///
/// `ErrorKind::Environment` with all problems that prevent the load.
pub(super) fn nodes(
    session: &Session<'_>,
    names: &[String],
    listed: Option<&[ListedImage]>,
    memory: &Memory,
    expected: &[ExpectedImage],
    mut problems: Vec<Problem>,
) -> Result<Vec<Node>, CliError> {
    let (profile, runtime) = (session.target.profile.as_str(), session.target.runtime);
    let known = match (names, listed) {
        ([only], Some(listed)) => node_without_a_question(runtime, only, listed, memory, expected),
        _ => None,
    };
    let nodes = match known {
        Some(node) => vec![node],
        None => ask_all(session, names, &mut problems)?,
    };
    let wanted: Vec<&WantedImage> = expected.iter().map(|image| &image.wanted).collect();
    for node in &nodes {
        problems.extend(node_problems(profile, &node.name, &node.facts, &wanted));
    }
    problems.extend(without_room(profile, runtime, &nodes, expected));
    if problems.is_empty() { Ok(nodes) } else { Err(CliError::all(ErrorKind::Environment, problems)) }
}

fn ask_all(session: &Session<'_>, names: &[String], problems: &mut Vec<Problem>) -> Result<Vec<Node>, CliError> {
    let (client, profile) = (&session.client, session.target.profile.as_str());
    let script = script::ask(session.target.runtime);
    let argument = |name: &String| (names.len() > 1).then(|| name.clone());
    let answers: Vec<Result<NodeFacts, ToolError>> = scope(|scope| {
        let ask = |name: &String| {
            let call = argv::ssh(profile, argument(name).as_deref(), &script);
            scope.spawn(move || client.node(&call))
        };
        let asked: Vec<_> = names.iter().map(ask).collect();
        asked.into_iter().map(joined).collect()
    });
    let mut nodes = Vec::new();
    let mut hosts = None;
    for (name, answer) in names.iter().zip(answers) {
        match answer {
            Ok(facts) => nodes.push(Node { name: name.clone(), argument: argument(name), facts }),
            Err(ToolError::Run(RunError::Interrupted(signal))) => return Err(before_the_load(signal)),
            Err(error) => {
                let hosts = hosts.get_or_insert_with(|| client.hosts(profile).unwrap_or_default());
                let host = hosts.iter().find(|(host, _)| host == name).map(|(_, state)| state.as_str());
                problems.push(not_running(profile, name, host, &error.to_string()));
            }
        }
    }
    Ok(nodes)
}
