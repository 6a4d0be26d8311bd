//! From what was found in an archive to findings in an image: which layer is whose, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use super::telling::{of_base, secret};
use crate::domain::finding::{Finding, ImageName, Offset, Site};
use secretscan::Verdict;
use secretscan::not_searched;

/// A finding in a file of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InLayer {
    /// What it is.
    pub verdict: Verdict,
    /// The file.
    pub path: String,
    /// The place in its bytes.
    pub offset: Offset,
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
    /// The bytes of the files in each layer that was searched, by digest.
    pub sizes: BTreeMap<String, u64>,
    /// How many of the lowest layers belong to the base image.
    pub base_layers: usize,
}

impl LayerReport {
    /// The size of the image: the bytes of the files in all of its layers, before they are packed. None where a layer
    /// was not read. Engines call different sums an image's size, so theirs cannot be compared.
    pub fn size(&self) -> Option<u64> {
        let sizes = self.digests.iter().map(|digest| self.sizes.get(digest).copied());
        let sum = sizes.reduce(|sum, bytes| Some(sum?.saturating_add(bytes?)));
        sum.flatten()
    }
}

/// The findings in the layers of an image; one that was not seen is a finding, too.
pub fn layer_findings(image: &str, component: Option<&str>, report: &LayerReport) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut done = BTreeSet::new();
    for (index, digest) in report.digests.iter().enumerate() {
        // The same layer may stand in an image twice.
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

/// How many of an image's lowest layers are those of its base.
pub fn common_layers(image: &[String], base: &[String]) -> usize {
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
