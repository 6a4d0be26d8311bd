//! Decides which layers are not sent: those that every node has, from the lowest one up.

use std::collections::{BTreeMap, BTreeSet};

use super::images::EngineImage;

/// Layers by image ID.
pub type KnownLayers = BTreeMap<String, Vec<String>>;

/// Returns how many of an image's layers, from the lowest one up, every node has. An engine can use a layer only on top
/// of the same lower layers, so a layer that a node has in another place is of no use.
pub fn common_layers(layers: &[String], nodes: &[KnownLayers]) -> usize {
    let of_image = |known: &Vec<String>| layers.iter().zip(known).take_while(|(ours, theirs)| ours == theirs).count();
    let of_node = |node: &KnownLayers| node.values().map(of_image).max().unwrap_or_default();
    nodes.iter().map(of_node).min().unwrap_or_default()
}

/// Returns the layers that are left out of the archive of these images.
pub fn left_out(images: &[&EngineImage], nodes: &[KnownLayers]) -> BTreeSet<String> {
    let (mut out, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for image in images {
        let (there, missing) = image.layers.split_at(common_layers(&image.layers, nodes));
        out.extend(there.iter().cloned());
        kept.extend(missing);
    }
    out.retain(|layer| !kept.contains(layer));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(layers: &[&str]) -> EngineImage {
        let layers = layers.iter().map(|layer| (*layer).to_owned()).collect();
        EngineImage { id: String::new(), config: None, platform: "linux/amd64".to_owned(), least_bytes: 0, layers }
    }

    fn node(images: &[&[&str]]) -> KnownLayers {
        let named = images.iter().enumerate();
        named.map(|(index, layers)| (index.to_string(), image(layers).layers)).collect()
    }

    fn out(images: &[&[&str]], nodes: &[KnownLayers]) -> Vec<String> {
        let images: Vec<EngineImage> = images.iter().map(|layers| image(layers)).collect();
        left_out(&images.iter().collect::<Vec<_>>(), nodes).into_iter().collect()
    }

    #[test]
    fn only_what_lies_lowest_is_left_out() {
        assert_eq!(out(&[&["a", "b", "c"]], &[node(&[&["a", "b", "x"]])]), ["a", "b"]);
        assert_eq!(out(&[&["a", "b", "c"]], &[node(&[&["x", "b", "c"]])]), Vec::<String>::new());
        assert_eq!(out(&[&["a", "b"]], &[node(&[&["a"], &["a", "b", "c"]])]), ["a", "b"]);
        assert_eq!(out(&[&["a"]], &[]), Vec::<String>::new());
    }

    #[test]
    fn every_node_must_have_it_and_no_image_may_need_it_elsewhere() {
        assert_eq!(out(&[&["a", "b", "c"]], &[node(&[&["a", "b"]]), node(&[&["a"]])]), ["a"]);
        assert_eq!(out(&[&["a", "b"], &["c", "a"]], &[node(&[&["a", "b"]])]), ["b"]);
    }

    proptest! {
        #[test]
        fn what_is_sent_can_be_put_together(
            images in proptest::collection::vec(proptest::collection::vec("[abc]", 1..5), 1..4),
            there in proptest::collection::vec(proptest::collection::vec("[abc]", 1..5), 0..4),
        ) {
            let node: KnownLayers = there.iter().enumerate().map(|(index, layers)| (index.to_string(), layers.clone())).collect();
            let hosts: Vec<EngineImage> = images.iter().map(|layers| EngineImage { layers: layers.clone(), ..image(&[]) }).collect();
            let out = left_out(&hosts.iter().collect::<Vec<_>>(), std::slice::from_ref(&node));
            // As in an engine: a layer is taken from the archive unless the same chain exists.
            for host in &hosts {
                for end in 1..=host.layers.len() {
                    let chain = &host.layers[..end];
                    let on_node = there.iter().any(|layers| layers.starts_with(chain));
                    prop_assert!(on_node || !out.contains(&host.layers[end - 1]));
                }
            }
        }
    }
}
