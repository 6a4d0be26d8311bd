//! Decides whether a node has exactly the expected image under a tag.

use super::listing::{ListedImage, carriers};
use crate::domain::image::ImageReference;

/// The images with a tag on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagState {
    /// Only the expected image.
    Expected,
    /// No image.
    Missing,
    /// One other image; holds its ID.
    Other(String),
    /// Several images, which a node in a valid state does not have; holds their IDs.
    Several(Vec<String>),
}

impl TagState {
    /// Returns the IDs, for documents.
    pub fn ids(&self, expected: &str) -> Vec<String> {
        match self {
            Self::Expected => vec![expected.to_owned()],
            Self::Missing => Vec::new(),
            Self::Other(id) => vec![id.clone()],
            Self::Several(ids) => ids.clone(),
        }
    }
}

/// Compares what a node lists with the expected image.
pub fn judge(images: &[ListedImage], reference: &ImageReference, expected: &str) -> TagState {
    let mut ids = carriers(images, reference);
    match (ids.len(), ids.pop()) {
        (1, Some(id)) if id == expected => TagState::Expected,
        (1, Some(id)) => TagState::Other(id),
        (_, Some(last)) => {
            ids.push(last);
            TagState::Several(ids)
        }
        (_, None) => TagState::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(id: &str, name: &str) -> ListedImage {
        ListedImage { id: format!("sha256:{id}"), names: vec![name.to_owned()], digests: Vec::new() }
    }

    fn judged(images: &[ListedImage]) -> TagState {
        let reference = ImageReference { repository: "app".parse().unwrap(), tag: "1".parse().unwrap() };
        judge(images, &reference, "sha256:aa")
    }

    #[test]
    fn only_the_expected_image_alone_will_do() {
        assert_eq!(judged(&[image("aa", "docker.io/library/app:1"), image("bb", "app:2")]), TagState::Expected);
        assert_eq!(judged(&[image("aa", "app:2")]), TagState::Missing);
        assert_eq!(judged(&[image("bb", "app:1")]), TagState::Other("sha256:bb".to_owned()));
        let both = TagState::Several(vec!["sha256:aa".to_owned(), "sha256:bb".to_owned()]);
        assert_eq!(judged(&[image("bb", "app:1"), image("aa", "app:1")]), both);
        assert_eq!(
            (both.ids("x").len(), TagState::Missing.ids("x").len(), TagState::Expected.ids("x")),
            (2, 0, vec!["x".to_owned()])
        );
    }

    proptest! {
        #[test]
        fn expected_means_that_no_other_image_has_the_tag(ids in proptest::collection::vec("(aa|bb|cc)", 0..5)) {
            let images: Vec<ListedImage> = ids.iter().map(|id| image(id, "app:1")).collect();
            let only_expected = !ids.is_empty() && ids.iter().all(|id| id == "aa");
            prop_assert_eq!(judged(&images) == TagState::Expected, only_expected);
        }
    }
}
