//! From what was found in an archive to findings in an image: which layer is whose, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use super::exceptions::unseen;
use super::finding::{SecretFinding, Severity, Site};
use super::judge::Verdict;

/// A finding in a file of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InLayer {
    /// What it is.
    pub verdict: Verdict,
    /// The file.
    pub path: String,
    /// The offset in bytes.
    pub offset: u64,
}

/// What is known of the layers of one image, the lowest first.
#[derive(Clone, Debug, Default)]
pub struct LayerReport {
    /// Digests, unpacked.
    pub digests: Vec<String>,
    /// What was found, by digest.
    pub found: BTreeMap<String, Vec<InLayer>>,
    /// Digests of layers that were searched, now or before.
    pub seen: BTreeSet<String>,
    /// Why a layer was not.
    pub reasons: BTreeMap<String, String>,
    /// How many of the lowest layers belong to the base image.
    pub base_layers: usize,
}

/// The findings in the layers of an image; one that was not seen is a finding, too.
pub fn layer_findings(image: &str, component: Option<&str>, report: &LayerReport) -> Vec<SecretFinding> {
    let mut findings = Vec::new();
    let mut done = BTreeSet::new();
    for (index, digest) in report.digests.iter().enumerate() {
        // The same layer may stand in an image twice.
        if !done.insert(digest) {
            continue;
        }
        let site = |path: &str, offset: u64| Site::Layer {
            image: image.to_owned(),
            component: component.map(str::to_owned),
            digest: digest.clone(),
            path: path.to_owned(),
            offset,
        };
        let severity = if index < report.base_layers { Severity::Warning } else { Severity::Error };
        for found in report.found.get(digest).into_iter().flatten() {
            let finding = SecretFinding::new(found.verdict.clone(), site(&found.path, found.offset));
            findings.push(SecretFinding { severity, ..finding });
        }
        if !report.seen.contains(digest) {
            let reason = report.reasons.get(digest).map_or("the archive does not hold it", String::as_str);
            findings.push(SecretFinding::new(unseen(reason), site("", 0)));
        }
    }
    findings
}

/// How many of an image's lowest layers are those of its base.
pub fn common_layers(image: &[String], base: &[String]) -> usize {
    let common = image.iter().zip(base).take_while(|(own, base)| own == base).count();
    if common == base.len() { common } else { 0 }
}
