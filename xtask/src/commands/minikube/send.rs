//! The load itself: an archive with what is missing, then what the nodes list; once more in another way if need be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Session;
use super::gather::{Facts, joined};
use super::images::{self, Expected, with_progress};
use super::leftovers;
use super::nodes::{self, Node};
use super::proof::Proof;
use crate::commands::environment_error;
use crate::domain::image::ImageReference;
use crate::domain::minikube::documents::{SavedImage, saved_image};
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::plan::{Way, left_out};
use crate::domain::minikube::preflight::no_space;
use crate::domain::minikube::script;
use crate::domain::problem::Problem;
use crate::effects::minikube::ClientError;
use crate::effects::minikube::archive::{Written, write};
use crate::effects::minikube::export::Export;
use crate::error::{CliError, ErrorKind};

/// What went over, of all images together.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    /// Bytes of archives.
    pub(super) bytes: u64,
    /// By image: how it went, its part of the bytes, and what it would have been in full.
    pub(super) images: BTreeMap<ImageReference, (Way, u64, u64)>,
}

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
    said: Vec<String>,
    pub(super) sent: Sent,
}

/// An answer of each node; the words instead of one.
pub(super) type Answers = Vec<(Node, Option<String>)>;

/// Sends what is missing. Fails only where nothing was done or a signal came; otherwise the proofs tell.
pub(super) fn send(
    session: &Session<'_>,
    facts: &mut Facts,
    expected: &[Expected],
    missing: &BTreeSet<usize>,
    nodes: &[Node],
) -> Result<Outcome, CliError> {
    let wanted: Vec<&Expected> = missing.iter().filter_map(|index| expected.get(*index)).collect();
    let total = wanted.iter().map(|image| image.wanted.image.least_bytes).sum();
    let export = images::exported(session, facts.export.take(), &images::ids(&wanted), total)?;
    let mut saved = Vec::new();
    for image in &wanted {
        match saved_image(&export.documents, &image.wanted.image.id) {
            Ok(found) if found.digest == image.digest => saved.push((*image, found)),
            Ok(_) => {
                return Err(environment_error(&format!(
                    "`{}` was exported as another image than before",
                    image.wanted.reference
                )));
            }
            Err(error) => {
                let problem = Problem::new("cannot export the images from the engine").cause(error.to_string());
                return Err(CliError::new(ErrorKind::Environment, problem.note("nothing was loaded")));
            }
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

impl Load<'_> {
    fn pairs(&self) -> Vec<(ImageReference, String)> {
        self.images.iter().map(|(image, _)| (image.wanted.reference.clone(), image.digest.clone())).collect()
    }

    pub(super) fn node_holds(&self, node: &Node) -> bool {
        self.images.iter().all(|(image, _)| nodes::all_have(std::slice::from_ref(node), image))
    }

    fn holds(&self, answers: &Answers) -> bool {
        answers.iter().all(|(node, silent)| silent.is_none() && self.node_holds(node))
    }

    /// The load, and once more in another way where it did not take effect.
    fn run(&mut self, nodes: &[Node], out: &BTreeSet<String>) -> Result<Answers, CliError> {
        let mut answers = self.attempt(nodes, out)?;
        if !self.holds(&answers) {
            let ui = self.session.context.ui;
            ui.warning("the load did not take effect; trying once more, step by step, with whole images");
            let lacking = |(node, silent): &&(Node, Option<String>)| silent.is_some() || !self.node_holds(node);
            let lacking: Vec<Node> = answers.iter().filter(lacking).map(|(node, _)| node.clone()).collect();
            let second = self.by_hand(&lacking)?;
            answers.retain(|(node, _)| lacking.iter().all(|other| other.name != node.name));
            answers.extend(second);
        }
        Ok(answers)
    }

    /// The archive without the layers that are left out.
    fn write(&mut self, out: &BTreeSet<String>) -> Result<Written, CliError> {
        let named: Vec<(&SavedImage, &ImageReference)> =
            self.images.iter().map(|(image, saved)| (saved, &image.wanted.reference)).collect();
        let written = write(self.export, &named, out, self.session.workplace.archive())
            .map_err(|error| environment_error(&format!("cannot write the archive: {error}")))?;
        self.count(&written, out);
        Ok(written)
    }

    /// One `minikube image load`, and what the nodes list afterwards.
    fn attempt(&mut self, nodes: &[Node], out: &BTreeSet<String>) -> Result<Answers, CliError> {
        let written = self.write(out)?;
        let sent = |layer: &String| written.layers.contains_key(layer);
        let unpacked = written.exported.iter().filter(|(layer, _)| sent(layer)).map(|(_, bytes)| bytes).sum();
        let Session { profile, runtime, .. } = self.session;
        let short = |node: &Node| no_space(profile, *runtime, &node.name, &node.facts, written.bytes, unpacked);
        let short: Vec<Problem> = nodes.iter().filter_map(short).collect();
        if !short.is_empty() {
            return Err(images::speaks_against(short));
        }
        if let [only] = nodes {
            return self.with_waiter(only, written.bytes);
        }
        self.load(written.bytes)?;
        self.read_back(nodes)
    }

    fn count(&mut self, written: &Written, out: &BTreeSet<String>) {
        self.sent.bytes += written.bytes;
        let mut counted = BTreeSet::new();
        for (image, saved) in &self.images {
            let own: Vec<&String> =
                saved.layers.iter().map(|(layer, _)| layer).filter(|layer| counted.insert((*layer).clone())).collect();
            let sum = |of: &BTreeMap<String, u64>| own.iter().filter_map(|layer| of.get(*layer)).sum::<u64>();
            let config = u64::try_from(saved.config.len()).unwrap_or_default();
            let is_thin = saved.layers.iter().any(|(layer, _)| out.contains(layer));
            let way = if is_thin { Way::Thin } else { Way::Full };
            let (sent, whole) = (sum(&written.layers) + config, sum(&written.exported) + config);
            let entry = self.sent.images.entry(image.wanted.reference.clone()).or_insert((way, 0, whole));
            *entry = (way, entry.1 + sent, whole);
        }
    }

    /// The load and, at the same time, a script on the only node that waits for what it brings.
    fn with_waiter(&mut self, node: &Node, bytes: u64) -> Result<Answers, CliError> {
        let session = self.session;
        let limit = session.client.limits().load(bytes);
        let (name, store) = (session.workplace.archive_name(), node.facts.store.as_ref());
        let store = store.map(|store| store.mounted_on.as_str());
        let script = script::wait_and_ask(session.runtime, &name, &self.pairs(), limit.as_secs(), store);
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
            _ => self.read_back(std::slice::from_ref(node)),
        }
    }

    fn load(&mut self, bytes: u64) -> Result<(), CliError> {
        let session = self.session;
        let sent = AtomicU64::new(0);
        let (limit, archive) = (session.client.limits().load(bytes), session.workplace.archive());
        let what = format!("{} <- archive", session.profile);
        let ended = with_progress(session, &what, bytes, &sent, || {
            session.client.load(&session.profile, archive, limit, &sent)
        });
        match ended {
            Ok(answer) => {
                let how = answer.code.map_or("was ended by a signal".to_owned(), |code| format!("exited with {code}"));
                self.said.push(format!("`minikube image load` {how}"));
                let words = [answer.stdout, answer.stderr].concat();
                if session.context.ui.verbose {
                    words.lines().for_each(|line| session.context.ui.tool_line(line));
                }
                self.said.extend(
                    words.lines().rfind(|line| !line.trim().is_empty()).map(|line| format!("it said: {}", line.trim())),
                );
                Ok(())
            }
            Err(ClientError::Interrupted(signal)) => Err(leftovers::interrupted(signal)),
            Err(error) => {
                self.said.push(error.to_string());
                Ok(())
            }
        }
    }

    /// Copies the archive and has each node's runtime load it, whose words are heard; then what the nodes list.
    fn by_hand(&mut self, nodes: &[Node]) -> Result<Answers, CliError> {
        let session = self.session;
        let (archive, name) = (session.workplace.archive(), session.workplace.archive_name());
        let bytes = self.write(&BTreeSet::new())?.bytes;
        let limit = session.client.limits().load(bytes);
        for node in nodes {
            let argument = node.argument.as_deref();
            let copied = session.client.copy(&session.profile, argument, archive, &script::on_node(&name), limit);
            let script = script::load(session.runtime, &name);
            let words = copied.and_then(|_| session.client.words(&session.profile, argument, &script, limit));
            match words {
                Ok(words) => {
                    let last =
                        words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing").trim().to_owned();
                    self.said.push(format!("the runtime of node `{}` said: {last}", node.name));
                }
                Err(ClientError::Interrupted(signal)) => return Err(leftovers::interrupted(signal)),
                Err(error) => self.said.push(error.to_string()),
            }
        }
        self.read_back(nodes)
    }
}
