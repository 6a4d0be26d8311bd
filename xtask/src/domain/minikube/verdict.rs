//! Whether a node has what it should have: exactly the expected image, and no other, carries the tag.

use super::listing::{ListedImage, carriers};
use crate::domain::image::ImageReference;

/// What carries a tag on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The expected image, alone.
    Expected,
    /// Nothing.
    Missing,
    /// One other image.
    Other(String),
    /// More than one image, which a node that is sound does not have.
    Several(Vec<String>),
}

impl Found {
    /// The IDs that were found, for documents.
    pub fn ids(&self, expected: &str) -> Vec<String> {
        match self {
            Self::Expected => vec![expected.to_owned()],
            Self::Missing => Vec::new(),
            Self::Other(id) => vec![id.clone()],
            Self::Several(ids) => ids.clone(),
        }
    }
}

/// Judges what a node lists.
pub fn judge(images: &[ListedImage], reference: &ImageReference, expected: &str) -> Found {
    let mut ids = carriers(images, reference);
    match (ids.len(), ids.pop()) {
        (1, Some(id)) if id == expected => Found::Expected,
        (1, Some(id)) => Found::Other(id),
        (_, Some(last)) => {
            ids.push(last);
            Found::Several(ids)
        }
        (_, None) => Found::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(id: &str, name: &str) -> ListedImage {
        ListedImage { id: format!("sha256:{id}"), names: vec![name.to_owned()], digests: Vec::new() }
    }

    fn judged(images: &[ListedImage]) -> Found {
        let reference = ImageReference { repository: "app".parse().unwrap(), tag: "1".parse().unwrap() };
        judge(images, &reference, "sha256:aa")
    }

    #[test]
    fn only_the_expected_image_alone_will_do() {
        assert_eq!(judged(&[image("aa", "docker.io/library/app:1"), image("bb", "app:2")]), Found::Expected);
        assert_eq!(judged(&[image("aa", "app:2")]), Found::Missing);
        assert_eq!(judged(&[image("bb", "app:1")]), Found::Other("sha256:bb".to_owned()));
        let both = Found::Several(vec!["sha256:aa".to_owned(), "sha256:bb".to_owned()]);
        assert_eq!(judged(&[image("bb", "app:1"), image("aa", "app:1")]), both);
        assert_eq!(
            (both.ids("x").len(), Found::Missing.ids("x").len(), Found::Expected.ids("x")),
            (2, 0, vec!["x".to_owned()])
        );
    }

    proptest! {
        #[test]
        fn expected_means_that_no_other_image_has_the_tag(ids in proptest::collection::vec("(aa|bb|cc)", 0..5)) {
            let images: Vec<ListedImage> = ids.iter().map(|id| image(id, "app:1")).collect();
            let only_expected = !ids.is_empty() && ids.iter().all(|id| id == "aa");
            prop_assert_eq!(judged(&images) == Found::Expected, only_expected);
        }
    }
}
