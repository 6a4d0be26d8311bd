//! The document of `--json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::gather::Facts;
use super::images::Expected;
use super::pods::Pods;
use super::proof::Proof;
use super::sent::Sent;
use super::{Session, Times};
use crate::domain::minikube::argv;
use crate::domain::minikube::plan::Way;

/// The result in JSON.
#[derive(Serialize)]
pub(crate) struct LoadResult {
    dry_run: bool,
    profile: ProfileDocument,
    images: Vec<ImageDocument>,
    bytes_sent: u64,
    commands: Vec<String>,
    pods: Vec<PodDocument>,
    /// Why nothing is known of pods.
    pods_unknown: Option<String>,
    warnings: Vec<String>,
    preflight_ms: u64,
    load_ms: u64,
    duration_ms: u64,
}

#[derive(Serialize)]
struct ProfileDocument {
    name: String,
    driver: String,
    runtime: &'static str,
    nodes: Vec<String>,
    minikube: Option<String>,
}

#[derive(Serialize)]
struct ImageDocument {
    component: String,
    reference: String,
    image_id: String,
    expected_id: String,
    outcome: &'static str,
    bytes_sent: u64,
    bytes_saved: u64,
    nodes: Vec<NodeDocument>,
}

#[derive(Serialize)]
struct NodeDocument {
    name: String,
    expected_id: String,
    found_id: Option<String>,
    found_ids: Vec<String>,
    proven: bool,
    how: Option<&'static str>,
    /// How often it was sent; the second time by copying the whole archive to this node.
    attempts: u32,
    bytes_sent: u64,
    /// Why the node gave no answer in the end.
    no_answer: Option<String>,
}

#[derive(Serialize)]
struct PodDocument {
    namespace: String,
    name: String,
    container: String,
    reference: String,
    image_id: String,
    restart_command: Option<String>,
    restarted: bool,
}

/// The document of a run.
pub(super) fn result(
    session: &Session<'_>,
    facts: &Facts,
    expected: &[Expected],
    proofs: &[Proof],
    sent: &Sent,
    times: Times,
) -> LoadResult {
    let profile = ProfileDocument {
        name: facts.profile.name.clone(),
        driver: facts.profile.driver.clone(),
        runtime: session.runtime.name(),
        nodes: facts.profile.nodes.clone(),
        minikube: facts.version.as_ref().map(|version| version.text.clone()),
    };
    let mut by_image: BTreeMap<String, Vec<&Proof>> = BTreeMap::new();
    for proof in proofs {
        by_image.entry(proof.reference.to_string()).or_default().push(proof);
    }
    let image = |image: &Expected| {
        let reference = image.wanted.reference.to_string();
        let proofs = by_image.get(&reference).map(Vec::as_slice).unwrap_or_default();
        image_document(image, proofs, sent)
    };
    let faults = facts.version.as_ref().map(|version| version.faults(session.runtime)).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let warnings = faults.into_iter().chain(session.warnings()).filter(|text| seen.insert(text.clone())).collect();
    let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    LoadResult {
        dry_run: false,
        profile,
        images: expected.iter().map(image).collect(),
        bytes_sent: sent.bytes,
        commands: Vec::new(),
        pods: Vec::new(),
        pods_unknown: None,
        warnings,
        preflight_ms: milliseconds(times.preflight),
        load_ms: milliseconds(times.load),
        duration_ms: milliseconds(times.all),
    }
}

fn image_document(image: &Expected, proofs: &[&Proof], sent: &Sent) -> ImageDocument {
    let proven = proofs.iter().all(|proof| proof.holds());
    let went = sent.of_image(&image.wanted.reference);
    let (bytes, saved) = match went {
        Some(went) => (went.bytes, went.whole.saturating_sub(went.bytes)),
        None => (0, if proven { image.wanted.image.least_bytes } else { 0 }),
    };
    let outcome = match (proven, went) {
        (true, None) => "present",
        (true, Some(_)) => "loaded",
        (false, None) => "missing",
        (false, Some(_)) => "failed",
    };
    let node = |proof: &&Proof| {
        let found_ids = proof.found.ids(&proof.expected);
        let went = sent.to_node(&image.wanted.reference, &proof.node);
        NodeDocument {
            name: proof.node.clone(),
            expected_id: proof.expected.clone(),
            found_id: found_ids.first().cloned(),
            found_ids,
            proven: proof.holds(),
            how: proof.holds().then(|| went.map_or(Way::Present, |went| went.way).name()),
            attempts: went.map_or(0, |went| went.attempts),
            bytes_sent: went.map_or(0, |went| went.bytes),
            no_answer: proof.silent.clone(),
        }
    };
    ImageDocument {
        component: image.wanted.component.clone(),
        reference: image.wanted.reference.to_string(),
        image_id: image.wanted.image.id.clone(),
        expected_id: image.digest.clone(),
        outcome,
        bytes_sent: bytes,
        bytes_saved: saved,
        nodes: proofs.iter().map(node).collect(),
    }
}

impl LoadResult {
    /// The same for a dry run with its commands.
    pub(super) fn dry(self, commands: Vec<String>) -> Self {
        Self { dry_run: true, commands, ..self }
    }

    /// The same with the pods that were found.
    pub(super) fn with_pods(self, session: &Session<'_>, pods: &Pods) -> Self {
        let pod = |stale: &crate::domain::minikube::pods::StalePod| PodDocument {
            namespace: stale.namespace.clone(),
            name: stale.pod.clone(),
            container: stale.container.clone(),
            reference: stale.reference.to_string(),
            image_id: stale.image_id.clone(),
            restart_command: stale
                .owner
                .as_ref()
                .map(|owner| argv::restart(&session.profile, &stale.namespace, owner).to_string()),
            restarted: pods.is_restarted(stale),
        };
        Self { pods: pods.stale.iter().map(pod).collect(), pods_unknown: pods.unknown.clone(), ..self }
    }
}
