//! `minikube-load`: everything is asked at once, then decided; only what is missing is sent, and proven by ID.

mod answer;
mod by_hand;
mod gather;
mod images;
mod leftovers;
mod nodes;
mod pods;
mod proof;
mod read_back;
mod send;
mod sent;
mod summary;

use std::sync::Mutex;
use std::time::Duration;

use crate::cli::MinikubeLoadArgs;
use crate::context::Project;
use crate::domain::events::Events;
use crate::domain::image::ImageReference;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::plan::{Way, left_out};
use crate::domain::minikube::preview::Preview;
use crate::domain::minikube::profile::Runtime;
use crate::effects::clock::Stopwatch;
use crate::effects::minikube::Client;
use crate::effects::minikube::workplace::Workplace;
use crate::error::CliError;
use crate::outcome::Ending;
use answer::LoadResult;
use gather::Facts;
use images::Expected;
use nodes::Node;
use proof::Proof;
use sent::Sent;

/// What a run works with once it knows its profile.
struct Session<'a> {
    project: &'a Project,
    client: Client<'a>,
    profile: String,
    runtime: Runtime,
    workplace: &'a Workplace,
    /// What was said besides, for the document.
    warnings: Mutex<Vec<String>>,
}

impl Session<'_> {
    /// Says that something is not as it should be, and that it goes on.
    fn warn(&self, message: &str) {
        self.project.ui.warning(message);
        self.keep(message.to_owned());
    }

    /// Says something that may be of use.
    fn note(&self, message: &str) {
        self.project.ui.note(message);
        self.keep(message.to_owned());
    }

    fn keep(&self, message: String) {
        if let Ok(mut warnings) = self.warnings.lock() {
            warnings.push(message);
        }
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.lock().map(|warnings| warnings.clone()).unwrap_or_default()
    }
}

/// How long each part took.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    preflight: Duration,
    load: Duration,
    all: Duration,
}

pub(super) fn run(project: &Project, args: &MinikubeLoadArgs) -> Ending<LoadResult> {
    let watch = Stopwatch::start();
    let limits = crate::effects::minikube::Limits(args.timeout.map(Duration::from_secs));
    let client = Client::new(&project.runner, limits);
    let gathered = match gather::gather(project, &client, args) {
        Ok(gathered) => gathered,
        Err(error) => return error.into(),
    };
    let (workplace, mut memory, mut facts) = gathered;
    let warnings = Mutex::new(facts.warn(project, &mut memory));
    let (profile, runtime) = (facts.profile.name.clone(), facts.runtime);
    let session = Session { project, client, profile, runtime, workplace: &workplace, warnings };
    let ending = load(&session, args, &mut facts, &mut memory, watch);
    if !args.dry_run {
        workplace.remember(&memory);
    }
    ending
}

fn load(
    session: &Session<'_>,
    args: &MinikubeLoadArgs,
    facts: &mut Facts,
    memory: &mut Memory,
    watch: Stopwatch,
) -> Ending<LoadResult> {
    let (expected, nodes) = match prepare(session, facts, memory) {
        Ok(prepared) => prepared,
        Err(error) => return error.into(),
    };
    let missing: Vec<&Expected> = expected.iter().filter(|image| !nodes::all_have(&nodes, image)).collect();
    let mut times = Times { preflight: watch.elapsed(), ..Times::default() };
    let proofs = Proof::of_all(&nodes, &expected);
    if args.dry_run {
        times.all = watch.elapsed();
        return preview(session, facts, &expected, &nodes, &missing, times);
    }
    let (proofs, sent, error) = if missing.is_empty() {
        (proofs, Sent::default(), None)
    } else {
        summary::begin(session, &missing, &nodes);
        let loading = Stopwatch::start();
        let outcome = match send::send(session, facts, &expected, &missing, &nodes) {
            Ok(outcome) => outcome,
            Err(error) => {
                // If what is remembered was wrong, it shall not be so for ever.
                memory.configs.clear();
                return error.into();
            }
        };
        times.load = loading.elapsed();
        let layers = expected.iter().map(|image| (image.digest.clone(), image.wanted.image.layers.clone()));
        memory.learn(&outcome.learned, layers.collect());
        let images = outcome.learned.iter().filter_map(|(_, facts)| facts.images.clone().ok());
        facts.listed_since = Some(images.flatten().collect());
        let error = proof::error(session, &expected, &outcome);
        (outcome.proofs, outcome.sent, error)
    };
    for image in &expected {
        let proven = proofs.iter().filter(|proof| proof.reference == image.wanted.reference).all(Proof::holds);
        if proven {
            memory.loaded.insert(image.wanted.reference.to_string(), image.digest.clone());
        }
    }
    times.all = watch.elapsed();
    let pods = if error.is_none() {
        summary::show(session, &expected, &proofs, &sent, times);
        pods::look(session, facts, &expected, args.restart)
    } else {
        Ok(pods::Pods::default())
    };
    let (pods, failed) = match pods {
        Ok(pods) => (pods, None),
        Err((pods, error)) => (pods, Some(error)),
    };
    pods.tell(session);
    let result = answer::result(session, facts, &expected, &proofs, &sent, times);
    Ending { result: Some(result.with_pods(session, &pods)), error: error.or(failed) }
}

/// The images with their config digests, and the nodes with what they have; or everything that speaks against a load.
fn prepare(
    session: &Session<'_>,
    facts: &mut Facts,
    memory: &mut Memory,
) -> Result<(Vec<Expected>, Vec<Node>), CliError> {
    let expected = images::expected(session, facts, memory)?;
    let nodes = nodes::nodes(session, facts, memory, &expected)?;
    Ok((expected, nodes))
}

/// What a load would do, and nothing of it.
fn preview(
    session: &Session<'_>,
    facts: &Facts,
    expected: &[Expected],
    nodes: &[Node],
    wanted: &[&Expected],
    times: Times,
) -> Ending<LoadResult> {
    if !wanted.is_empty() {
        let hosts = wanted.iter().map(|image| &image.wanted.image).collect::<Vec<_>>();
        let out = left_out(&hosts, &nodes::layers(session.runtime, nodes));
        for image in wanted {
            let is_thin = image.wanted.image.layers.iter().any(|layer| out.contains(layer));
            summary::would_load(session, image, if is_thin { Way::Thin } else { Way::Full });
        }
    }
    for image in expected.iter().filter(|image| nodes::all_have(nodes, image)) {
        summary::present(session, image);
    }
    let folder = crate::effects::environment::temporary_folder();
    let references: Vec<ImageReference> = wanted.iter().map(|image| image.wanted.reference.clone()).collect();
    let arguments: Vec<Option<String>> = nodes.iter().map(|node| node.argument.clone()).collect();
    let calls = Preview {
        profile: &session.profile,
        runtime: session.runtime,
        nodes: &arguments,
        references: &references,
        folder: &folder,
        archive: &session.workplace.archive_name(),
    }
    .commands();
    if !session.project.ui.json {
        for call in &calls {
            session.project.ui.result(call);
        }
    }
    let proofs = Proof::of_all(nodes, expected);
    let result = answer::result(session, facts, expected, &proofs, &Sent::default(), times);
    Ending { result: Some(result.dry(calls)), error: None }
}
