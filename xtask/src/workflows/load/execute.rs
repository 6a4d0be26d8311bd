//! Executes a plan step by step, and the fallback plan where the first one did not take effect.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use process::{Captured, Invocation, RunError};

use super::archive::{saved_images, write_archive};
use super::cleanup::{after_a_signal, leftovers};
use super::export::{exported, unfit_export};
use super::interruption::interrupted;
use super::progress::with_progress;
use super::session::Session;
use super::verify::read_back;
use crate::domain::image::ImageReference;
use crate::domain::minikube::events::{LoadEvent, TransferKind};
use crate::domain::minikube::images::ExpectedImage;
use crate::domain::minikube::node::NodeFacts;
use crate::domain::minikube::nodes::Node;
use crate::domain::minikube::packing::WrittenArchive;
use crate::domain::minikube::plan::{self, ArchivedImage, LoadPlan, LoadStep, NodeCall};
use crate::domain::minikube::preflight::no_space;
use crate::domain::minikube::proof::NodeAnswer;
use crate::domain::minikube::saved_image::SavedImage;
use crate::domain::minikube::transfer_stats::TransferStats;
use crate::domain::problem::Problem;
use crate::domain::text::{last_line, last_words, total};
use crate::effects::minikube::export::{Export, ExportError};
use crate::effects::threads::joined;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// The result of the execution.
pub(super) struct Executed {
    /// The last answer of each node.
    pub(super) answers: Vec<NodeAnswer>,
    pub(super) stats: TransferStats,
    /// Messages of programs, for the report of a failure.
    pub(super) said: Vec<String>,
    /// Messages that were shown to the user, for the document.
    pub(super) notices: Vec<String>,
}

impl Executed {
    /// Makes the result of a run that sends nothing: the nodes have answered before.
    pub(super) fn nothing(answers: Vec<NodeAnswer>) -> Self {
        Self { answers, stats: TransferStats::default(), said: Vec::new(), notices: Vec::new() }
    }
}

/// Executes a plan that sends these images to these nodes. Fails only if nothing was done, or after a signal; the
/// answers of the nodes show whether the images have arrived.
pub(super) fn execute(
    session: &Session<'_>,
    plan: &LoadPlan,
    images: &[&ExpectedImage],
    nodes: &[Node],
    begun: Option<Result<Export, ExportError>>,
) -> Result<Executed, CliError> {
    let mut executor = Executor {
        session,
        images,
        nodes: nodes.to_vec(),
        begun,
        export: None,
        archive: None,
        answers: Vec::new(),
        stats: TransferStats::default(),
        said: Vec::new(),
    };
    let mut notices = Vec::new();
    if let Err(error) = executor.run_twice(plan, &mut notices) {
        let is_sent = executor.stats.bytes > 0;
        return Err(if is_sent { after_a_signal(session, nodes, error) } else { error });
    }
    let Executor { answers, stats, said, .. } = executor;
    let kept = leftovers(session, answers.iter().map(|answer| &answer.node));
    for note in &kept {
        session.events.note(note);
    }
    notices.extend(kept);
    Ok(Executed { answers, stats, said, notices })
}

/// An archive that can be sent.
struct ReadyArchive {
    written: WrittenArchive,
    images: Vec<(ImageReference, SavedImage)>,
    without: BTreeSet<String>,
}

/// Executes steps, and keeps their results for later steps.
struct Executor<'a> {
    session: &'a Session<'a>,
    images: &'a [&'a ExpectedImage],
    /// The nodes with their last answers.
    nodes: Vec<Node>,
    begun: Option<Result<Export, ExportError>>,
    export: Option<Export>,
    archive: Option<ReadyArchive>,
    answers: Vec<NodeAnswer>,
    stats: TransferStats,
    said: Vec<String>,
}

impl Executor<'_> {
    /// Runs the plan, and the fallback for the nodes on which it did not take effect.
    fn run_twice(&mut self, plan: &LoadPlan, notices: &mut Vec<String>) -> Result<(), CliError> {
        self.run(plan)?;
        let lacking: Vec<Node> = self
            .answers
            .iter()
            .filter(|answer| !answer.has_all(self.images))
            .map(|answer| answer.node.clone())
            .collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let again = "the load did not take effect; trying once more, step by step, with whole images";
        self.session.events.warning(again);
        notices.push(again.to_owned());
        let fallback = LoadPlan::fallback(&self.session.target, &lacking, self.images);
        self.nodes = lacking;
        self.run(&fallback)
    }

    fn run(&mut self, plan: &LoadPlan) -> Result<(), CliError> {
        for step in &plan.steps {
            match step {
                LoadStep::Export { ids, .. } => self.export(ids)?,
                LoadStep::WriteArchive { images, without, .. } => self.write_archive(images, without)?,
                LoadStep::Load { load, wait: None } => self.load(load)?,
                LoadStep::Load { load, wait: Some(wait) } => self.load_and_wait(load, wait)?,
                LoadStep::LoadOnNode { node, copy, load } => self.load_on_node(node, copy, load)?,
                LoadStep::ReadBack(calls) => self.read_back(calls)?,
                LoadStep::RemoveFiles(_) => {
                    // The fallback uses the same export. However the run ends, the files are removed with the
                    // workplace.
                    if self.answers.iter().all(|answer| answer.has_all(self.images)) {
                        self.session.workplace.remove_files();
                    }
                }
            }
        }
        Ok(())
    }

    fn export(&mut self, ids: &[String]) -> Result<(), CliError> {
        let bytes = total(self.images.iter().map(|image| image.wanted.image.least_bytes));
        self.export = Some(exported(self.session, self.begun.take(), ids, bytes)?);
        Ok(())
    }

    fn write_archive(&mut self, images: &[ArchivedImage], without: &BTreeSet<String>) -> Result<(), CliError> {
        let export = self.export.as_ref().ok_or_else(|| CliError::internal("an archive comes before its export"))?;
        let saved = saved_images(export, images)?;
        for (saved, image) in saved.iter().zip(self.images) {
            if saved.digest != image.digest {
                let reference = image.reference();
                return Err(unfit_export(&format!("`{reference}` was exported as another image than before")));
            }
        }
        let named: Vec<_> = saved.iter().zip(images.iter().map(|image| &image.reference)).collect();
        let written = write_archive(export, &named, without, &self.session.target.archive)?;
        let images = images.iter().map(|image| image.reference.clone()).zip(saved).collect();
        self.archive = Some(ReadyArchive { written, images, without: without.clone() });
        Ok(())
    }

    /// Runs the client's load into all nodes.
    fn load(&mut self, load: &Invocation) -> Result<(), CliError> {
        let bytes = self.counted()?;
        self.send_with_client(load, bytes)
    }

    /// Runs the client's load and, at the same time, the script that waits for the images on the only node.
    fn load_and_wait(&mut self, load: &Invocation, wait: &NodeCall) -> Result<(), CliError> {
        let bytes = self.counted()?;
        let client = &self.session.client;
        let limit = client.limits().load(bytes);
        let loaded = AtomicBool::new(false);
        let (ended, waited) = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| client.waiting_node(&wait.call, limit, &loaded));
            let ended = self.send_with_client(load, bytes);
            loaded.store(true, Ordering::SeqCst);
            (ended, joined(waiter))
        });
        ended?;
        match waited {
            Ok(Some(facts)) => self.take_answer(wait, facts),
            Err(ToolError::Run(RunError::Interrupted(signal))) => return Err(interrupted(signal)),
            _ => {}
        }
        if self.answers.iter().any(|answer| answer.has_all(self.images)) {
            return Ok(());
        }
        // The script did not answer in time, but the node may still answer.
        let asked: Vec<NodeCall> = self.nodes.iter().map(|node| plan::read_back(&self.session.target, node)).collect();
        self.read_back(&asked)
    }

    /// Records the answer of a node to the waiting script.
    fn take_answer(&mut self, wait: &NodeCall, facts: NodeFacts) {
        if let Some(node) = self.nodes.iter_mut().find(|node| node.name == wait.node) {
            let store = facts.store.clone().or_else(|| node.facts.store.clone());
            node.facts = NodeFacts { store, ..facts };
            let answer = NodeAnswer { node: node.clone(), silent: None };
            self.take_answers(vec![answer]);
        }
    }

    /// Replaces the former answers of these nodes.
    fn take_answers(&mut self, answers: Vec<NodeAnswer>) {
        self.answers.retain(|answer| answers.iter().all(|new| new.node.name != answer.node.name));
        self.answers.extend(answers);
    }

    fn read_back(&mut self, calls: &[NodeCall]) -> Result<(), CliError> {
        let named = |call: &NodeCall| self.nodes.iter().find(|node| node.name == call.node);
        let asked: Vec<(&Node, &NodeCall)> = calls.iter().filter_map(|call| Some((named(call)?, call))).collect();
        let answers = read_back(self.session, self.images, &asked)?;
        self.take_answers(answers);
        Ok(())
    }

    /// Copies the archive to a node, and loads it with the node's runtime, whose output is kept.
    fn load_on_node(&mut self, name: &str, copy: &Invocation, load: &Invocation) -> Result<(), CliError> {
        let Some(node) = self.nodes.iter().find(|node| node.name == name).cloned() else { return Ok(()) };
        // An earlier answer about free space is used, since it is better than none.
        if let Some(problem) = self.short_of_room(&node) {
            self.said.push(problem.message);
            return Ok(());
        }
        let bytes = self.count(&[node]);
        let session = self.session;
        // Unlike that of a load, the exit code of a copy is reliable.
        match self.send(&format!("{name} <- archive"), copy, bytes)? {
            Some(answer) if answer.code == Some(0) => {}
            Some(answer) => {
                let talk = answer.output();
                self.said.push(format!("copying the archive to node `{name}` failed: {}", last_words(&talk)));
                return Ok(());
            }
            None => return Ok(()),
        }
        match session.client.words(load, session.client.limits().load(bytes)) {
            Ok(words) => {
                let last = last_line(&words).unwrap_or("nothing");
                self.said.push(format!("the runtime of node `{name}` said: {last}"));
            }
            Err(ToolError::Run(RunError::Interrupted(signal))) => return Err(interrupted(signal)),
            Err(error) => self.said.push(error.to_string()),
        }
        Ok(())
    }

    /// Refuses an archive that does not fit on a node; otherwise counts and returns the bytes that are sent to all
    /// nodes.
    fn counted(&mut self) -> Result<u64, CliError> {
        let short: Vec<Problem> = self.nodes.iter().filter_map(|node| self.short_of_room(node)).collect();
        if !short.is_empty() {
            return Err(CliError::all(ErrorKind::Environment, short));
        }
        let nodes = self.nodes.clone();
        // The client sends the archive to one node after the other.
        let bytes = self.count(&nodes);
        Ok(total(nodes.iter().map(|_| bytes)))
    }

    /// Returns the problem if the archive does not fit on a node.
    fn short_of_room(&self, node: &Node) -> Option<Problem> {
        let written = &self.archive.as_ref()?.written;
        let target = &self.session.target;
        let (archive, unpacked) = (written.bytes, written.unpacked_bytes());
        no_space(&target.profile, target.runtime, &node.name, &node.facts, archive, unpacked)
    }

    /// Counts the archive as sent to these nodes; returns its length.
    fn count(&mut self, nodes: &[Node]) -> u64 {
        let Some(archive) = &self.archive else { return 0 };
        let images: Vec<_> = archive.images.iter().map(|(reference, saved)| (reference, saved)).collect();
        for node in nodes {
            self.stats.count(&node.name, &archive.written, &archive.without, &images);
        }
        archive.written.bytes
    }

    fn send_with_client(&mut self, load: &Invocation, bytes: u64) -> Result<(), CliError> {
        let what = format!("{} <- archive", self.session.target.profile);
        if let Some(answer) = self.send(&what, load, bytes)? {
            // The client exits with 0 even if it has failed.
            let how = answer.code.map_or("was ended by a signal".to_owned(), |code| format!("exited with {code}"));
            self.said.push(format!("`minikube image load` {how}"));
            self.said.extend(last_line(&answer.output()).map(|words| format!("it said: {words}")));
        }
        Ok(())
    }

    /// Runs a call that sends so many bytes, with its progress; returns none if it gives no answer.
    fn send(&mut self, what: &str, call: &Invocation, bytes: u64) -> Result<Option<Captured>, CliError> {
        let (client, events) = (&self.session.client, self.session.events);
        let sent = AtomicU64::new(0);
        let limit = client.limits().load(bytes);
        let kind = TransferKind { what: what.to_owned(), then: "unpacking on the node", total: bytes };
        match with_progress(events, kind, &sent, || client.send(call, limit, &sent)) {
            Ok(answer) => {
                answer.output().lines().for_each(|line| events.event(LoadEvent::ClientLine(line)));
                Ok(Some(answer))
            }
            Err(ToolError::Run(RunError::Interrupted(signal))) => Err(interrupted(signal)),
            Err(error) => {
                self.said.push(error.to_string());
                Ok(None)
            }
        }
    }
}
