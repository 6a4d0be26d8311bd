//! What went to which node.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::image::ImageReference;
use crate::domain::minikube::documents::SavedImage;
use crate::domain::minikube::plan::Way;
use crate::domain::text::total;
use crate::effects::minikube::archive::Written;

/// What went over, of all images together.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    /// Bytes of archives, once for each node.
    pub(super) bytes: u64,
    went: BTreeMap<(ImageReference, String), Went>,
}

/// One image and where it went: one node, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Went {
    /// How it went the last time.
    pub(super) way: Way,
    /// Its part of the archives.
    pub(super) bytes: u64,
    /// What that would have been in full, once.
    pub(super) whole: u64,
    /// How often it was sent.
    pub(super) attempts: u32,
}

impl Sent {
    /// Counts an archive that goes to a node.
    pub(super) fn count(
        &mut self,
        node: &str,
        written: &Written,
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
            let before = self.went.get(&key).map_or((0, 0), |before| (before.bytes, before.attempts));
            let way = if is_thin { Way::Thin } else { Way::Full };
            self.went.insert(
                key,
                Went { way, bytes: total([before.0, bytes]), whole, attempts: before.1.saturating_add(1) },
            );
        }
    }

    /// What went of an image to a node.
    pub(super) fn to_node(&self, reference: &ImageReference, node: &str) -> Option<Went> {
        self.went.get(&(reference.clone(), node.to_owned())).copied()
    }

    /// The same for all nodes together.
    pub(super) fn of_image(&self, reference: &ImageReference) -> Option<Went> {
        let to_nodes = self.went.iter().filter(|((of, _), _)| of == reference).map(|(_, went)| *went);
        to_nodes.reduce(|sum, next| Went {
            way: if sum.way == Way::Full { sum.way } else { next.way },
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
        let thin = Written { bytes: 100, layers: layers(&[("b", 20)]), exported: layers(&[("a", 1000), ("b", 30)]) };
        let full = Written { bytes: 2000, layers: layers(&[("a", 1000), ("b", 30)]), ..thin.clone() };
        let mut sent = Sent::default();
        sent.count("m01", &thin, &BTreeSet::from(["a".to_owned()]), &images);
        sent.count("m02", &thin, &BTreeSet::from(["a".to_owned()]), &images);
        sent.count("m02", &full, &BTreeSet::new(), &images);
        assert_eq!(sent.bytes, 2200);
        let went = |way, bytes, whole, attempts| Some(Went { way, bytes, whole, attempts });
        assert_eq!(sent.to_node(&reference, "m01"), went(Way::Thin, 25, 1035, 1));
        assert_eq!(sent.to_node(&reference, "m02"), went(Way::Full, 25 + 1035, 1035, 2));
        assert_eq!(sent.to_node(&reference, "m03"), None);
        assert_eq!(sent.of_image(&reference), went(Way::Full, 25 + 25 + 1035, 2070, 2));
    }
}
