//! Loads images into the nodes of a Minikube profile: asks everything at once, then decides, sends only what is
//! missing, and verifies the result by ID.
//!
//! Each phase returns a value: the gathered facts, the known images and nodes, the plan, the result of its execution,
//! the proofs, the pods.

pub(crate) mod archive;
mod cleanup;
mod engine_images;
mod execute;
mod export;
mod gather;
mod interruption;
mod nodes;
mod pods;
mod progress;
pub(crate) mod session;
mod verify;

use std::time::Duration;

use crate::context::Project;
use crate::domain::minikube::client::ClientVersion;
use crate::domain::minikube::events::{LoadEvent, LoadEvents};
use crate::domain::minikube::images::ExpectedImage;
use crate::domain::minikube::limits::Limits;
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::manifests;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::nodes::{Node, all_have};
use crate::domain::minikube::plan::{LoadPlan, LoadTarget};
use crate::domain::minikube::pods::Pods;
use crate::domain::minikube::profile::{Profile, Runtime};
use crate::domain::minikube::proof::{NodeAnswer, Proof, failures, is_proven};
use crate::domain::minikube::transfer_stats::TransferStats;
use crate::domain::problem::Problem;
use crate::effects::clock::Stopwatch;
use crate::effects::minikube::Client;
use crate::effects::minikube::export::{Export, ExportError};
use crate::error::{CliError, ErrorKind};
use engine_images::identify;
use execute::{Executed, execute};
use gather::{Begun, Facts, Gathered, gather};
use pods::FoundPods;
use session::{LoadOptions, Session};

/// The duration of each part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) preflight: Duration,
    pub(crate) load: Duration,
    pub(crate) all: Duration,
}

/// The result of a load.
#[derive(Debug)]
pub(crate) struct LoadReport {
    /// Whether it was only planned.
    pub(crate) is_dry_run: bool,
    pub(crate) profile: Profile,
    pub(crate) runtime: Runtime,
    pub(crate) client: Option<ClientVersion>,
    pub(crate) images: Vec<ExpectedImage>,
    pub(crate) plan: LoadPlan,
    pub(crate) proofs: Vec<Proof>,
    pub(crate) stats: TransferStats,
    pub(crate) pods: Pods,
    /// Further messages that were shown.
    pub(crate) notices: Vec<String>,
    pub(crate) times: Times,
    /// Why the load did not take effect, or what failed after it.
    pub(crate) failure: Option<CliError>,
}

impl LoadReport {
    /// Whether every node has every image.
    pub(crate) fn is_loaded(&self) -> bool {
        !self.is_dry_run && self.images.iter().all(|image| is_proven(image, &self.proofs))
    }
}

/// Loads images, or plans it.
///
/// # Errors
///
/// All problems that prevent the load before anything is sent, and a signal.
pub(crate) fn run(project: &Project, options: &LoadOptions, events: &dyn LoadEvents) -> Result<LoadReport, CliError> {
    let watch = Stopwatch::start();
    let limits = Limits { chosen: options.timeout };
    let client = Client::new(&project.runner, limits);
    let Gathered { facts, begun, workplace, mut memory } = gather(project, &client, options, events)?;
    let notices = report_notes(&facts, &mut memory, events);
    let target = LoadTarget {
        profile: facts.profile.name.clone(),
        runtime: facts.runtime,
        export: workplace.export(),
        archive: workplace.archive().to_path_buf(),
        limits,
    };
    let session = Session { runner: &project.runner, client, target, workplace: &workplace, events };
    let report = load(&session, options, facts, begun, &mut memory, notices, watch);
    if !options.dry_run {
        workplace.remember(&memory);
    }
    report
}

/// Sends notes and warnings that do not stop the load; returns them.
fn report_notes(facts: &Facts, memory: &mut Memory, events: &dyn LoadEvents) -> Vec<String> {
    if let Some(note) = manifests::not_checked(&facts.manifests_not_checked) {
        events.note(&note);
    }
    if !facts.manifest_problems.is_empty() {
        events.warnings(&facts.manifest_problems);
    }
    // A defect of the newest version has no remedy, so it is reported once.
    if let Some(version) = facts.version.as_ref().filter(|version| version.text != memory.reported_version) {
        version.faults(facts.runtime).iter().for_each(|fault| events.warning(fault));
        memory.reported_version.clone_from(&version.text);
    }
    let place = |problem: &Problem| problem.place.as_ref().map(|place| format!(" ({}:{})", place.file, place.line));
    facts
        .manifest_problems
        .iter()
        .map(|problem| problem.message.clone() + &place(problem).unwrap_or_default())
        .collect()
}

/// The facts that are known before anything is sent. They are never changed.
struct Known {
    images: Vec<ExpectedImage>,
    nodes: Vec<Node>,
}

impl Known {
    /// Returns the images that a node lacks.
    fn missing(&self) -> Vec<&ExpectedImage> {
        self.images.iter().filter(|image| !all_have(&self.nodes, image)).collect()
    }

    /// Returns what the nodes have listed so far.
    fn answers(&self) -> Vec<NodeAnswer> {
        self.nodes.iter().map(|node| NodeAnswer { node: node.clone(), silent: None }).collect()
    }
}

fn load(
    session: &Session<'_>,
    options: &LoadOptions,
    facts: Facts,
    begun: Begun,
    memory: &mut Memory,
    mut notices: Vec<String>,
    watch: Stopwatch,
) -> Result<LoadReport, CliError> {
    let identified = identify(session, &facts.wanted, memory, begun.export, !facts.problems.is_empty())?;
    memory.configs.extend(identified.found);
    let (images, names) = (identified.images, &facts.profile.nodes);
    let nodes = nodes::nodes(session, names, facts.listed.as_deref(), memory, &images, facts.problems)?;
    let known = Known { images, nodes };
    let plan = LoadPlan::new(&session.target, &known.nodes, &known.missing());
    let mut times = Times { preflight: watch.elapsed(), ..Times::default() };
    let executed = if options.dry_run || plan.steps.is_empty() {
        None
    } else {
        let loading = Stopwatch::start();
        let executed = executed(session, &plan, &known, identified.export);
        times.load = loading.elapsed();
        // A recorded digest that is wrong must not stay recorded.
        Some(executed.inspect_err(|_| memory.configs.clear())?)
    };
    let is_loaded = executed.is_some();
    let Executed { answers, stats, said, notices: more } =
        executed.unwrap_or_else(|| Executed::nothing(known.answers()));
    notices.extend(more);
    let proofs = Proof::of_all(&answers, &known.images);
    times.all = watch.elapsed();
    let mut found = FoundPods::default();
    if !options.dry_run {
        remember(memory, &known.images, &answers, &proofs, is_loaded);
        let problems = failures(&session.target.profile, &known.images, &proofs, &said);
        if problems.is_empty() {
            finished(session, &known, &stats, times);
            // An answer from before the load says nothing about the pods that run now.
            let early = begun.pods.filter(|_| !is_loaded);
            let listed = if is_loaded { listed_by(&answers) } else { facts.listed.unwrap_or_default() };
            found = pods::look(session, early, &listed, &known.images, options.restart);
        } else {
            found.failure = Some(CliError::all(ErrorKind::Failed, problems));
        }
    }
    Ok(LoadReport {
        is_dry_run: options.dry_run,
        profile: facts.profile,
        runtime: facts.runtime,
        client: facts.version,
        images: known.images,
        plan,
        proofs,
        stats,
        pods: found.pods,
        notices,
        times,
        failure: found.failure,
    })
}

fn executed(
    session: &Session<'_>,
    plan: &LoadPlan,
    known: &Known,
    export: Option<Result<Export, ExportError>>,
) -> Result<Executed, CliError> {
    let (missing, nodes) = (known.missing(), &known.nodes);
    session.events.event(LoadEvent::Loading { images: &missing, target: &session.target, nodes: nodes.len() });
    execute(session, plan, &missing, nodes, export)
}

fn finished(session: &Session<'_>, known: &Known, stats: &TransferStats, times: Times) {
    session.events.event(LoadEvent::Finished {
        images: &known.images,
        nodes: known.nodes.len(),
        stats,
        load: times.load,
        run: times.all,
    });
}

/// Records the images that every node has, and after a load the answers of the nodes.
fn remember(memory: &mut Memory, images: &[ExpectedImage], answers: &[NodeAnswer], proofs: &[Proof], is_loaded: bool) {
    if is_loaded {
        let answered = answers.iter().filter(|answer| answer.silent.is_none());
        let learned: Vec<_> = answered.map(|answer| (answer.node.name.clone(), answer.node.facts.clone())).collect();
        let layers = images.iter().map(|image| (image.digest.clone(), image.wanted.image.layers.clone()));
        memory.learn(&learned, layers.collect());
    }
    for image in images.iter().filter(|image| is_proven(image, proofs)) {
        memory.loaded.insert(image.reference().to_string(), image.digest.clone());
    }
}

/// Returns what all nodes that answered list, together.
fn listed_by(answers: &[NodeAnswer]) -> Vec<ListedImage> {
    let answered = answers.iter().filter(|answer| answer.silent.is_none());
    answered.flat_map(|answer| answer.node.images().to_vec()).collect()
}
