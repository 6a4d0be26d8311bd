//! The second way of a load: one node after the other, step by step, with whole images and the runtime's own words.

use std::collections::BTreeSet;
use std::slice::from_ref;

use super::leftovers;
use super::nodes::Node;
use super::send::{Answers, Load};
use crate::domain::minikube::{argv, script};
use crate::domain::text::{last_line, last_words};
use crate::effects::minikube::ClientError;
use crate::error::CliError;

impl Load<'_> {
    /// Copies the archive and has each node's runtime load it, whose words are heard; then what the nodes list.
    pub(super) fn by_hand(&mut self, nodes: &[Node]) -> Result<Answers, CliError> {
        let written = self.write(&BTreeSet::new())?;
        for node in nodes {
            // What an earlier answer said of its room is better than nothing.
            if let Some(problem) = self.short(node, &written) {
                self.said.push(problem.message);
            } else {
                self.count(&written, &BTreeSet::new(), from_ref(node));
                self.by_hand_on(node, written.bytes)?;
            }
        }
        self.read_back(nodes)
    }

    fn by_hand_on(&mut self, node: &Node, bytes: u64) -> Result<(), CliError> {
        let session = self.session;
        let (archive, name) = (session.workplace.archive().display().to_string(), session.workplace.archive_name());
        let (profile, argument) = (&session.profile, node.argument.as_deref());
        let call = argv::copy(profile, argument, &archive, &script::on_node(&name));
        // This call means its exit code.
        match self.sending(&format!("{} <- archive", node.name), &call, bytes)? {
            Some(answer) if answer.code == Some(0) => {}
            Some(answer) => {
                let (talk, name) = (answer.talk(), &node.name);
                self.said.push(format!("copying the archive to node `{name}` failed: {}", last_words(&talk)));
                return Ok(());
            }
            None => return Ok(()),
        }
        let script = script::load(session.runtime, &name);
        match session.client.words(profile, argument, &script, session.client.limits().load(bytes)) {
            Ok(words) => {
                let last = last_line(&words).unwrap_or("nothing");
                self.said.push(format!("the runtime of node `{}` said: {last}", node.name));
            }
            Err(ClientError::Interrupted(signal)) => return Err(leftovers::interrupted(signal)),
            Err(error) => self.said.push(error.to_string()),
        }
        Ok(())
    }
}
