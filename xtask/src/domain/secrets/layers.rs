//! Assigns the findings in an archive to the layers of an image, and reports layers that were not searched.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{of_base, secret};
use crate::domain::finding::{Finding, ImageName, Offset, Site};
use secretscan::Verdict;
use secretscan::not_searched;

/// A finding in a file of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InLayer {
    /// The rule and the reason.
    pub verdict: Verdict,
    /// The path of the file.
    pub path: String,
    /// The position in its bytes.
    pub offset: Offset,
}

/// The search results for the layers of an image, the lowest layer first.
#[derive(Clone, Debug, Default)]
pub struct LayerReport {
    /// The digests of the unpacked layers.
    pub digests: Vec<String>,
    /// The findings, by the digest of the layer.
    pub found: BTreeMap<String, Vec<InLayer>>,
    /// The digests of layers that were searched, in this run or an earlier one.
    pub seen: BTreeSet<String>,
    /// Why a layer was not searched, by digest.
    pub reasons: BTreeMap<String, String>,
    /// The total size of the files in each layer that was searched, by digest.
    pub sizes: BTreeMap<String, u64>,
    /// How many of the lowest layers belong to the base image.
    pub base_layers: usize,
}

impl LayerReport {
    /// Returns the size of the image: the total size of the files in all layers, unpacked. None if a layer was not
    /// read. Engines define the size of an image differently, so their numbers cannot be compared.
    pub fn size(&self) -> Option<u64> {
        let sizes = self.digests.iter().map(|digest| self.sizes.get(digest).copied());
        let sum = sizes.reduce(|sum, bytes| Some(sum?.saturating_add(bytes?)));
        sum.flatten()
    }
}

/// Returns the findings in the layers of an image; a layer that was not searched is a finding, too.
pub fn layer_findings(image: &str, component: Option<&str>, report: &LayerReport) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut done = BTreeSet::new();
    for (index, digest) in report.digests.iter().enumerate() {
        // An image may contain the same layer twice.
        if !done.insert(digest) {
            continue;
        }
        let site = |path: &str, offset| Site::Layer {
            of: ImageName { image: image.to_owned(), component: component.map(str::to_owned) },
            digest: digest.clone(),
            path: path.to_owned(),
            offset,
        };
        for found in report.found.get(digest).into_iter().flatten() {
            let finding = secret(found.verdict.clone(), site(&found.path, found.offset));
            findings.push(if index < report.base_layers { of_base(finding) } else { finding });
        }
        if !report.seen.contains(digest) {
            let reason = report.reasons.get(digest).map_or("the archive does not hold it", String::as_str);
            findings.push(secret(not_searched(reason), site("", Offset { bytes: 0, of: None })));
        }
    }
    findings
}

/// Returns how many of an image's lowest layers belong to its base image.
pub fn base_layers_of(image: &[String], base: &[String]) -> usize {
    let common = image.iter().zip(base).take_while(|(own, base)| own == base).count();
    if common == base.len() { common } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_size_of_an_image_is_known_if_that_of_each_layer_is(
            sizes in proptest::collection::vec(any::<u64>(), 1..5),
            missing in any::<bool>(),
        ) {
            let digests: Vec<String> = (0..sizes.len()).map(|number| format!("sha256:{number}")).collect();
            let known = digests.iter().cloned().zip(sizes.iter().copied()).skip(usize::from(missing));
            let report = LayerReport { digests: digests.clone(), sizes: known.collect(), ..LayerReport::default() };
            let sum = sizes.iter().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
            prop_assert_eq!(report.size(), (!missing).then_some(sum));
        }
    }

    #[test]
    fn a_layer_that_stands_in_an_image_twice_counts_twice() {
        let digests = ["sha256:0", "sha256:0"].map(str::to_owned).to_vec();
        let sizes = BTreeMap::from([("sha256:0".to_owned(), 7)]);
        assert_eq!(LayerReport { digests, sizes, ..LayerReport::default() }.size(), Some(14));
        assert_eq!(LayerReport::default().size(), None);
    }
}
