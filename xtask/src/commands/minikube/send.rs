//! The load itself: an archive with what is missing, then what the nodes list; once more in another way if need be.

use std::collections::BTreeSet;
use std::slice::from_ref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use process::{Captured, Invocation, signals};

use super::Session;
use super::gather::Facts;
use super::images::{self, Expected, with_progress};
use super::leftovers;
use super::nodes::{self, Node};
use super::proof::Proof;
use super::sent::Sent;
use crate::domain::events::Events;
use crate::domain::image::ImageReference;
use crate::domain::minikube::documents::{SavedImage, saved_image};
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::plan::left_out;
use crate::domain::minikube::preflight::no_space;
use crate::domain::minikube::{argv, script};
use crate::domain::problem::Problem;
use crate::domain::text::{last_line, total};
use crate::effects::minikube::ClientError;
use crate::effects::minikube::archive::{Written, write};
use crate::effects::minikube::export::Export;
use crate::effects::threads::joined;
use crate::error::CliError;
use shown::shown_path;

/// How it ended.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) proofs: Vec<Proof>,
    pub(super) sent: Sent,
    /// What was said meanwhile, for a failure.
    pub(super) said: Vec<String>,
    /// What the nodes answered in the end.
    pub(super) learned: Vec<(String, NodeFacts)>,
}

/// What is sent, and to whom.
pub(super) struct Load<'a> {
    pub(super) session: &'a Session<'a>,
    export: &'a Export,
    images: Vec<(&'a Expected, SavedImage)>,
    pub(super) said: Vec<String>,
    pub(super) sent: Sent,
}

/// An answer of each node; the words instead of one.
pub(super) type Answers = Vec<(Node, Option<String>)>;

/// Sends what is missing. Fails only where nothing was done or a signal came; otherwise the proofs tell.
pub(super) fn send(
    session: &Session<'_>,
    facts: &mut Facts,
    expected: &[Expected],
    wanted: &[&Expected],
    nodes: &[Node],
) -> Result<Outcome, CliError> {
    let bytes = total(wanted.iter().map(|image| image.wanted.image.least_bytes));
    let export = images::exported(session, facts.export.take(), &images::ids(wanted), bytes)?;
    let mut saved = Vec::new();
    for image in wanted {
        match saved_image(&export.documents, &image.wanted.image.id) {
            Ok(found) if found.digest == image.digest => saved.push((*image, found)),
            Ok(_) => {
                let reference = &image.wanted.reference;
                return Err(images::unfit_export(&format!("`{reference}` was exported as another image than before")));
            }
            Err(error) => return Err(images::unfit_export(&error.to_string())),
        }
    }
    let hosts: Vec<_> = wanted.iter().map(|image| &image.wanted.image).collect();
    let out = left_out(&hosts, &nodes::layers(session.runtime, nodes));
    let mut load = Load { session, export: &export, images: saved, said: Vec::new(), sent: Sent::default() };
    let answers = load.run(nodes, &out).map_err(|error| load.taken_back(nodes, error))?;
    leftovers::tell(session, &answers.iter().map(|(node, _)| node.clone()).collect::<Vec<_>>());
    let proofs = expected
        .iter()
        .flat_map(|image| answers.iter().map(move |(node, silent)| Proof::of(node, image, silent.clone())));
    let learned =
        answers.iter().filter(|(_, silent)| silent.is_none()).map(|(node, _)| (node.name.clone(), node.facts.clone()));
    Ok(Outcome { proofs: proofs.collect(), learned: learned.collect(), sent: load.sent, said: load.said })
}

/// The script that waits on the only node for what a load brings.
pub(super) fn waiting_script(session: &Session<'_>, node: &Node, images: &[&Expected]) -> String {
    let bytes = total(images.iter().map(|image| image.wanted.image.least_bytes));
    let (name, seconds) = (session.workplace.archive_name(), session.client.limits().load(bytes).as_secs());
    let store = node.facts.store.as_ref().map(|store| store.mounted_on.as_str());
    script::wait_and_ask(session.runtime, &name, &images::pairs(images.iter().copied()), seconds, store)
}

impl Load<'_> {
    pub(super) fn node_holds(&self, node: &Node) -> bool {
        self.images.iter().all(|(image, _)| nodes::all_have(from_ref(node), image))
    }

    fn holds(&self, answers: &Answers) -> bool {
        answers.iter().all(|(node, silent)| silent.is_none() && self.node_holds(node))
    }

    /// The load, and once more in another way where it did not take effect.
    fn run(&mut self, nodes: &[Node], out: &BTreeSet<String>) -> Result<Answers, CliError> {
        let mut answers = self.attempt(nodes, out)?;
        if !self.holds(&answers) {
            self.session.warn("the load did not take effect; trying once more, step by step, with whole images");
            let lacking = |(node, silent): &&(Node, Option<String>)| silent.is_some() || !self.node_holds(node);
            let lacking: Vec<Node> = answers.iter().filter(lacking).map(|(node, _)| node.clone()).collect();
            let second = self.by_hand(&lacking)?;
            answers.retain(|(node, _)| lacking.iter().all(|other| other.name != node.name));
            answers.extend(second);
        }
        Ok(answers)
    }

    /// The archive without the layers that are left out.
    pub(super) fn write(&self, out: &BTreeSet<String>) -> Result<Written, CliError> {
        let named: Vec<(&SavedImage, &ImageReference)> =
            self.images.iter().map(|(image, saved)| (saved, &image.wanted.reference)).collect();
        let archive = self.session.workplace.archive();
        write(self.export, &named, out, archive).map_err(|error| match signals::received() {
            Some(signal) => leftovers::interrupted(signal),
            None => images::unkept(&format!("cannot write `{}`: {error}", shown_path(archive)), &error),
        })
    }

    /// Why an archive has no room on a node.
    pub(super) fn short(&self, node: &Node, written: &Written) -> Option<Problem> {
        let sent = |layer: &String| written.layers.contains_key(layer);
        let unpacked = written.exported.iter().filter(|(layer, _)| sent(layer)).map(|(_, bytes)| *bytes);
        let unpacked = total(unpacked);
        let Session { profile, runtime, .. } = self.session;
        no_space(profile, *runtime, &node.name, &node.facts, written.bytes, unpacked)
    }

    /// Counts an archive that is about to go to these nodes.
    pub(super) fn count(&mut self, written: &Written, out: &BTreeSet<String>, nodes: &[Node]) {
        let images: Vec<(&ImageReference, &SavedImage)> =
            self.images.iter().map(|(image, saved)| (&image.wanted.reference, saved)).collect();
        for node in nodes {
            self.sent.count(&node.name, written, out, &images);
        }
    }

    /// One `minikube image load`, and what the nodes list afterwards.
    fn attempt(&mut self, nodes: &[Node], out: &BTreeSet<String>) -> Result<Answers, CliError> {
        let written = self.write(out)?;
        let short: Vec<Problem> = nodes.iter().filter_map(|node| self.short(node, &written)).collect();
        if !short.is_empty() {
            return Err(images::speaks_against(short));
        }
        self.count(&written, out, nodes);
        // The client sends it to one node after the other.
        let bytes = total(nodes.iter().map(|_| written.bytes));
        if let [only] = nodes {
            return self.with_waiter(only, bytes);
        }
        self.load(bytes)?;
        self.read_back(nodes)
    }

    /// The load and, at the same time, a script on the only node that waits for what it brings.
    fn with_waiter(&mut self, node: &Node, bytes: u64) -> Result<Answers, CliError> {
        let session = self.session;
        let limit = session.client.limits().load(bytes);
        let images: Vec<&Expected> = self.images.iter().map(|(image, _)| *image).collect();
        let script = waiting_script(session, node, &images);
        let loaded = AtomicBool::new(false);
        let (ended, waited) = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| session.client.waiting_node(&session.profile, &script, limit, &loaded));
            let ended = self.load(bytes);
            loaded.store(true, Ordering::SeqCst);
            (ended, joined(waiter))
        });
        ended?;
        match waited {
            Ok(Some(facts)) => {
                let store = facts.store.clone().or_else(|| node.facts.store.clone());
                let node = Node { facts: NodeFacts { store, ..facts }, ..node.clone() };
                if self.node_holds(&node) { Ok(vec![(node, None)]) } else { self.read_back(&[node]) }
            }
            Err(ClientError::Interrupted(signal)) => Err(leftovers::interrupted(signal)),
            _ => self.read_back(from_ref(node)),
        }
    }

    fn load(&mut self, bytes: u64) -> Result<(), CliError> {
        let session = self.session;
        let call = argv::load(&session.profile, &session.workplace.archive().display().to_string());
        let answer = self.sending(&format!("{} <- archive", session.profile), &call, bytes)?;
        if let Some(answer) = answer {
            // It ends with 0 when it has failed, too.
            let how = answer.code.map_or("was ended by a signal".to_owned(), |code| format!("exited with {code}"));
            self.said.push(format!("`minikube image load` {how}"));
            self.said.extend(last_line(&answer.talk()).map(|words| format!("it said: {words}")));
        }
        Ok(())
    }

    /// A call that sends so many bytes, with its progress; none where it gave no answer.
    pub(super) fn sending(&mut self, what: &str, call: &Invocation, bytes: u64) -> Result<Option<Captured>, CliError> {
        let session = self.session;
        let sent = AtomicU64::new(0);
        let limit = session.client.limits().load(bytes);
        let ended = with_progress(session.project.ui, what, "unpacking on the node", bytes, &sent, || {
            session.client.send(call, limit, &sent)
        });
        match ended {
            Ok(answer) => {
                if session.project.ui.verbose {
                    answer.talk().lines().for_each(|line| session.project.ui.tool_line(line));
                }
                Ok(Some(answer))
            }
            Err(ClientError::Interrupted(signal)) => Err(leftovers::interrupted(signal)),
            Err(error) => {
                self.said.push(error.to_string());
                Ok(None)
            }
        }
    }
}
