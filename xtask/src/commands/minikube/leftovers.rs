//! Archives of ours on nodes, when a load has ended or was interrupted.

use process::Invocation;

use super::Session;
use super::nodes::Node;
use super::send::Load;
use crate::domain::events::Events;
use crate::domain::minikube::{argv, script};
use crate::effects::threads::joined;
use crate::error::{CliError, ErrorKind};

impl Load<'_> {
    /// Takes the archive away from the nodes after a signal, as no later call will.
    pub(super) fn taken_back(&self, nodes: &[Node], mut error: CliError) -> CliError {
        if self.sent.bytes == 0 || !matches!(error.kind, ErrorKind::Interrupted(_)) {
            return error;
        }
        let session = self.session;
        session.project.ui.status("Removing", "the archive from the nodes; interrupt again to leave it there");
        let remove = |node| session.client.take_back(&removal(session, node));
        let stay: Vec<bool> = std::thread::scope(|scope| {
            let removals: Vec<_> = nodes.iter().map(|node| scope.spawn(move || !remove(node))).collect();
            removals.into_iter().map(joined).collect()
        });
        if let Some(problem) = error.problems.first_mut() {
            let kept = nodes.iter().zip(stay).filter(|(_, stays)| *stays);
            problem.notes.extend(kept.map(|(node, _)| leftover(session, node)));
        }
        error
    }
}

/// Archives that stay on nodes.
pub(super) fn tell(session: &Session<'_>, nodes: &[Node]) {
    for node in nodes.iter().filter(|node| node.facts.removed != Some(true)) {
        session.note(&leftover(session, node));
    }
}

/// What to do about an archive that may have stayed.
fn leftover(session: &Session<'_>, node: &Node) -> String {
    let file = script::on_node(&session.workplace.archive_name());
    format!("node `{}` may keep `{file}`; remove it with `{}`", node.name, removal(session, node))
}

/// Removes the archive from a node.
fn removal(session: &Session<'_>, node: &Node) -> Invocation {
    let script = script::remove_only(&session.workplace.archive_name());
    argv::ssh(&session.profile, node.argument.as_deref(), &script)
}

/// The end by a signal while something may be on its way.
pub(super) fn interrupted(signal: i32) -> CliError {
    CliError::interrupted(signal, "the load was not finished")
}
