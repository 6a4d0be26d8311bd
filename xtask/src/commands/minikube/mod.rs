//! `minikube-load`: everything is asked at once, then decided; only what is missing is sent, and proven by ID.

mod answer;
mod gather;
mod images;
mod leftovers;
mod nodes;
mod pods;
mod proof;
mod read_back;
mod send;
mod summary;

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Context, Ending};
use crate::cli::MinikubeLoadArgs;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::plan::{Way, left_out};
use crate::domain::minikube::profile::Runtime;
use crate::domain::minikube::{argv, script};
use crate::effects::clock::Stopwatch;
use crate::effects::minikube::Client;
use crate::effects::minikube::workplace::Workplace;
use crate::error::CliError;
use answer::LoadResult;
use gather::Facts;
use images::Expected;
use nodes::Node;
use proof::Proof;

/// What a run works with once it knows its profile.
struct Session<'a> {
    context: &'a Context,
    client: Client<'a>,
    profile: String,
    runtime: Runtime,
    workplace: &'a Workplace,
}

/// How long each part took.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    preflight: Duration,
    load: Duration,
    all: Duration,
}

pub(super) fn run(context: &Context, args: &MinikubeLoadArgs) -> Ending<LoadResult> {
    let watch = Stopwatch::start();
    let limits = crate::effects::minikube::Limits(args.timeout.map(Duration::from_secs));
    let client = Client::new(&context.runner, limits);
    let gathered = match gather::gather(context, &client, args) {
        Ok(gathered) => gathered,
        Err(error) => return error.into(),
    };
    let (workplace, mut facts) = gathered;
    let mut memory = workplace.memory();
    facts.warn(context, &mut memory);
    let session =
        Session { context, client, profile: facts.profile.name.clone(), runtime: facts.runtime, workplace: &workplace };
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
    let missing: BTreeSet<usize> = (0..expected.len())
        .filter(|index| expected.get(*index).is_some_and(|image| !nodes::all_have(&nodes, image)))
        .collect();
    let mut times = Times { preflight: watch.elapsed(), ..Times::default() };
    let proofs = Proof::of_all(&nodes, &expected);
    if args.dry_run {
        return preview(session, facts, &expected, &nodes, &missing);
    }
    let (proofs, sent, error) = if missing.is_empty() {
        (proofs, send::Sent::default(), None)
    } else {
        summary::begin(session, &expected, &missing, &nodes);
        let loading = Stopwatch::start();
        let outcome = match send::send(session, facts, &expected, &missing, &nodes) {
            Ok(outcome) => outcome,
            Err(error) => return error.into(),
        };
        times.load = loading.elapsed();
        let layers = expected.iter().map(|image| (image.digest.clone(), image.wanted.image.layers.clone()));
        memory.learn(&outcome.learned, layers.collect());
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
    let result = answer::result(session, facts, &expected, &proofs, &sent, times);
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
    missing: &BTreeSet<usize>,
) -> Ending<LoadResult> {
    let wanted: Vec<&Expected> = missing.iter().filter_map(|index| expected.get(*index)).collect();
    let mut calls = Vec::new();
    if !wanted.is_empty() {
        let (ids, hosts) = (images::ids(&wanted), wanted.iter().map(|image| &image.wanted.image).collect::<Vec<_>>());
        let archive = session.workplace.archive().display().to_string();
        calls.push(crate::domain::docker_argv::save(&ids).to_string());
        calls.push(argv::load(&session.profile, &archive).to_string());
        for node in nodes {
            let script = script::remove_and_ask(session.runtime, &session.workplace.archive_name());
            calls.push(argv::ssh(&session.profile, node.argument.as_deref(), &script).to_string());
        }
        let out = left_out(&hosts, &nodes::layers(session.runtime, nodes));
        for image in &wanted {
            let is_thin = image.wanted.image.layers.iter().any(|layer| out.contains(layer));
            summary::would_load(session, image, if is_thin { Way::Thin } else { Way::Full });
        }
    }
    for image in expected.iter().filter(|image| nodes::all_have(nodes, image)) {
        summary::present(session, image);
    }
    if !session.context.ui.json {
        for call in &calls {
            session.context.ui.result(call);
        }
    }
    let proofs = Proof::of_all(nodes, expected);
    let result = answer::result(session, facts, expected, &proofs, &send::Sent::default(), Times::default());
    Ending { result: Some(result.dry(calls)), error: None }
}
