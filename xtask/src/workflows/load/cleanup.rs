//! Removes archives from nodes after a load has ended or was interrupted.

use process::Invocation;

use super::session::Session;
use crate::domain::minikube::events::LoadEvent;
use crate::domain::minikube::nodes::Node;
use crate::domain::minikube::{argv, script};
use crate::effects::threads::joined;
use crate::error::{CliError, ErrorKind};

/// Removes the archive from the nodes after a signal, since no later call will. Adds to the error which nodes keep it.
pub(super) fn after_a_signal(session: &Session<'_>, nodes: &[Node], mut error: CliError) -> CliError {
    if !matches!(error.kind, ErrorKind::Interrupted(_)) {
        return error;
    }
    session.events.event(LoadEvent::RemovingArchives);
    let client = &session.client;
    let kept: Vec<bool> = std::thread::scope(|scope| {
        let removals: Vec<_> = nodes
            .iter()
            .map(|node| {
                let call = removal(session, node);
                scope.spawn(move || !client.clean_up(&call))
            })
            .collect();
        removals.into_iter().map(joined).collect()
    });
    if let Some(problem) = error.problems.first_mut() {
        let kept = nodes.iter().zip(kept).filter(|(_, is_kept)| *is_kept);
        problem.notes.extend(kept.map(|(node, _)| leftover(session, node)));
    }
    error
}

/// Returns a note for each node that may keep its archive.
pub(super) fn leftovers<'a>(session: &Session<'_>, nodes: impl Iterator<Item = &'a Node>) -> Vec<String> {
    nodes.filter(|node| node.facts.removed != Some(true)).map(|node| leftover(session, node)).collect()
}

fn leftover(session: &Session<'_>, node: &Node) -> String {
    let file = script::on_node(&session.target.archive_name());
    format!("node `{}` may keep `{file}`; remove it with `{}`", node.name, removal(session, node))
}

/// Returns the call that removes the archive from a node.
fn removal(session: &Session<'_>, node: &Node) -> Invocation {
    let script = script::remove_only(&session.target.archive_name());
    argv::ssh(&session.target.profile, node.argument.as_deref(), &script)
}
