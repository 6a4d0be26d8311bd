//! Counts the bytes of each image that were sent to each node.

use std::collections::{BTreeMap, BTreeSet};

use super::packing::WrittenArchive;
use super::plan::Delivery;
use super::saved_image::SavedImage;
use crate::domain::image::ImageReference;
use crate::domain::text::total;

/// The transfers of a load.
#[derive(Clone, Debug, Default)]
pub struct TransferStats {
    /// The bytes of all archives, counted once for each node.
    pub bytes: u64,
    by_node: BTreeMap<(ImageReference, String), ImageTransfer>,
}

/// The transfer of one image, to one node or to all nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageTransfer {
    /// How the image was delivered the last time.
    pub delivery: Delivery,
    /// The image's part of the archives, in bytes.
    pub bytes: u64,
    /// The image's part of an archive with all layers, in bytes, counted once.
    pub whole: u64,
    /// How often the image was sent.
    pub attempts: u32,
}

impl TransferStats {
    /// Counts an archive that is sent to a node.
    pub fn count(
        &mut self,
        node: &str,
        written: &WrittenArchive,
        out: &BTreeSet<String>,
        images: &[(&ImageReference, &SavedImage)],
    ) {
        self.bytes = total([self.bytes, written.bytes]);
        let mut counted = BTreeSet::new();
        for (reference, saved) in images {
            let own: Vec<&String> =
                saved.layers.iter().map(|(layer, _)| layer).filter(|layer| counted.insert((*layer).clone())).collect();
            let sum = |of: &BTreeMap<String, u64>| total(own.iter().filter_map(|layer| of.get(*layer).copied()));
            let config = u64::try_from(saved.config.len()).unwrap_or_default();
            let is_thin = saved.layers.iter().any(|(layer, _)| out.contains(layer));
            let (bytes, whole) = (total([sum(&written.layers), config]), total([sum(&written.exported), config]));
            let key = ((*reference).clone(), node.to_owned());
            let before = self.by_node.get(&key).map_or((0, 0), |before| (before.bytes, before.attempts));
            let delivery = if is_thin { Delivery::Thin } else { Delivery::Full };
            self.by_node.insert(
                key,
                ImageTransfer {
                    delivery,
                    bytes: total([before.0, bytes]),
                    whole,
                    attempts: before.1.saturating_add(1),
                },
            );
        }
    }

    /// Returns the transfer of an image to a node; none if it was not sent.
    pub fn to_node(&self, reference: &ImageReference, node: &str) -> Option<ImageTransfer> {
        self.by_node.get(&(reference.clone(), node.to_owned())).copied()
    }

    /// Returns the transfer of an image to all nodes.
    pub fn of_image(&self, reference: &ImageReference) -> Option<ImageTransfer> {
        let to_nodes = self.by_node.iter().filter(|((of, _), _)| of == reference).map(|(_, went)| *went);
        to_nodes.reduce(|sum, next| ImageTransfer {
            delivery: if sum.delivery == Delivery::Full { sum.delivery } else { next.delivery },
            bytes: total([sum.bytes, next.bytes]),
            whole: total([sum.whole, next.whole]),
            attempts: sum.attempts.max(next.attempts),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(list: &[(&str, u64)]) -> BTreeMap<String, u64> {
        list.iter().map(|(layer, bytes)| ((*layer).to_owned(), *bytes)).collect()
    }

    #[test]
    fn each_node_has_its_own_count() {
        let reference = ImageReference { repository: "app".parse().unwrap(), tag: "1".parse().unwrap() };
        let saved = SavedImage {
            digest: String::new(),
            config: vec![0; 5],
            layers: vec![("a".to_owned(), "x".to_owned()), ("b".to_owned(), "y".to_owned())],
        };
        let images = [(&reference, &saved)];
        let thin =
            WrittenArchive { bytes: 100, layers: layers(&[("b", 20)]), exported: layers(&[("a", 1000), ("b", 30)]) };
        let full = WrittenArchive { bytes: 2000, layers: layers(&[("a", 1000), ("b", 30)]), ..thin.clone() };
        let mut sent = TransferStats::default();
        sent.count("m01", &thin, &BTreeSet::from(["a".to_owned()]), &images);
        sent.count("m02", &thin, &BTreeSet::from(["a".to_owned()]), &images);
        sent.count("m02", &full, &BTreeSet::new(), &images);
        assert_eq!(sent.bytes, 2200);
        let went = |delivery, bytes, whole, attempts| Some(ImageTransfer { delivery, bytes, whole, attempts });
        assert_eq!(sent.to_node(&reference, "m01"), went(Delivery::Thin, 25, 1035, 1));
        assert_eq!(sent.to_node(&reference, "m02"), went(Delivery::Full, 25 + 1035, 1035, 2));
        assert_eq!(sent.to_node(&reference, "m03"), None);
        assert_eq!(sent.of_image(&reference), went(Delivery::Full, 25 + 25 + 1035, 2070, 2));
    }
}
