//! The document of `minikube-load`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::milliseconds;
use crate::domain::minikube::argv;
use crate::domain::minikube::images::ExpectedImage;
use crate::domain::minikube::plan::Delivery;
use crate::domain::minikube::pods::{Owner, Pods, StalePod};
use crate::domain::minikube::proof::Proof;
use crate::domain::minikube::transfer_stats::TransferStats;
use crate::workflows::load::LoadReport;

/// What a load found and did.
#[derive(Serialize)]
pub(crate) struct LoadDocument {
    dry_run: bool,
    profile: ProfileDocument,
    images: Vec<ImageDocument>,
    bytes_sent: u64,
    commands: Vec<String>,
    pods: Vec<PodDocument>,
    /// Why the pods are not known; none if they are.
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
    /// How often the image was sent to the node; the second time, the whole archive was copied to it.
    attempts: u32,
    bytes_sent: u64,
    /// Why the node gave no answer in the end; none if it did.
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

impl LoadDocument {
    /// Makes the document of a load.
    pub(crate) fn new(report: &LoadReport) -> Self {
        let profile = ProfileDocument {
            name: report.profile.name.clone(),
            driver: report.profile.driver.clone(),
            runtime: report.runtime.name(),
            nodes: report.profile.nodes.clone(),
            minikube: report.client.as_ref().map(|version| version.text.clone()),
        };
        let mut by_image: BTreeMap<String, Vec<&Proof>> = BTreeMap::new();
        for proof in &report.proofs {
            by_image.entry(proof.reference.to_string()).or_default().push(proof);
        }
        let image = |image: &ExpectedImage| {
            let proofs = by_image.get(&image.reference().to_string()).map(Vec::as_slice).unwrap_or_default();
            image_document(image, proofs, &report.stats)
        };
        let faults = report.client.as_ref().map(|version| version.faults(report.runtime)).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let warnings = faults.into_iter().chain(report.notices.iter().cloned());
        Self {
            dry_run: report.is_dry_run,
            images: report.images.iter().map(image).collect(),
            bytes_sent: report.stats.bytes,
            commands: if report.is_dry_run { report.plan.commands() } else { Vec::new() },
            pods: report.pods.stale.iter().map(|pod| pod_document(&profile.name, &report.pods, pod)).collect(),
            pods_unknown: report.pods.unknown.clone(),
            warnings: warnings.filter(|text| seen.insert(text.clone())).collect(),
            preflight_ms: milliseconds(report.times.preflight),
            load_ms: milliseconds(report.times.load),
            duration_ms: milliseconds(report.times.all),
            profile,
        }
    }
}

fn image_document(image: &ExpectedImage, proofs: &[&Proof], stats: &TransferStats) -> ImageDocument {
    let proven = proofs.iter().all(|proof| proof.holds());
    let transfer = stats.of_image(image.reference());
    let (bytes, saved) = match transfer {
        Some(transfer) => (transfer.bytes, transfer.whole.saturating_sub(transfer.bytes)),
        None => (0, if proven { image.wanted.image.least_bytes } else { 0 }),
    };
    let outcome = match (proven, transfer) {
        (true, None) => "present",
        (true, Some(_)) => "loaded",
        (false, None) => "missing",
        (false, Some(_)) => "failed",
    };
    let node = |proof: &&Proof| {
        let found_ids = proof.found.ids(&proof.expected);
        let transfer = stats.to_node(image.reference(), &proof.node);
        let delivery = transfer.map_or(Delivery::Present, |transfer| transfer.delivery);
        NodeDocument {
            name: proof.node.clone(),
            expected_id: proof.expected.clone(),
            found_id: found_ids.first().cloned(),
            found_ids,
            proven: proof.holds(),
            how: proof.holds().then(|| delivery.name()),
            attempts: transfer.map_or(0, |transfer| transfer.attempts),
            bytes_sent: transfer.map_or(0, |transfer| transfer.bytes),
            no_answer: proof.silent.clone(),
        }
    };
    ImageDocument {
        component: image.wanted.component.clone(),
        reference: image.reference().to_string(),
        image_id: image.wanted.image.id.clone(),
        expected_id: image.digest.clone(),
        outcome,
        bytes_sent: bytes,
        bytes_saved: saved,
        nodes: proofs.iter().map(node).collect(),
    }
}

fn pod_document(profile: &str, pods: &Pods, stale: &StalePod) -> PodDocument {
    let restart = |owner: &Owner| argv::restart(profile, &stale.namespace, &owner.argument()).to_string();
    PodDocument {
        namespace: stale.namespace.clone(),
        name: stale.pod.clone(),
        container: stale.container.clone(),
        reference: stale.reference.to_string(),
        image_id: stale.image_id.clone(),
        restart_command: stale.owner.as_ref().map(restart),
        restarted: pods.is_restarted(stale),
    }
}
