//! An image of the engine that loses its release tag to a build.
//!
//! Engines with the containerd store forget an image when a build gives its only name to another one. So the image gets
//! a name of its own before the build.

use process::Invocation;

use super::docker_argv;
use super::image::{ImageReference, Tag, short_id};
use super::problem::Problem;
use super::version::ReleaseVersion;

/// An image that has a release tag before the build that gives it to another image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedImage {
    /// The reference with the release tag.
    pub reference: ImageReference,
    /// The engine's ID of the image.
    pub id: String,
    /// The reference that the image gets. No tag that is made from git begins like this one.
    pub kept_as: ImageReference,
}

/// Whether a tag is a release version.
pub fn is_release(tag: &Tag) -> bool {
    tag.as_str().parse::<ReleaseVersion>().is_ok()
}

impl ReplacedImage {
    /// Makes it for a reference that has an image; none if the tag is not that of a release, and is meant to change.
    pub fn of(reference: &ImageReference, id: &str) -> Option<Self> {
        let tag = format!("replaced-{}", short_id(id)).parse().ok()?;
        let kept_as = ImageReference { repository: reference.repository.clone(), tag };
        let replaced = Self { reference: reference.clone(), id: id.to_owned(), kept_as };
        is_release(&reference.tag).then_some(replaced)
    }

    /// Returns the call that gives the image a name of its own.
    pub fn keep(&self) -> Invocation {
        docker_argv::tag(&self.id, &self.kept_as.to_string())
    }

    /// Returns the call that gives the image its release tag back.
    pub fn give_back(&self) -> Invocation {
        docker_argv::tag(&self.id, &self.reference.to_string())
    }

    /// Returns the call that removes the name of its own.
    pub fn forget(&self) -> Invocation {
        docker_argv::untag(&self.kept_as.to_string())
    }

    /// Returns the warning for a reference that now names another image.
    pub fn problem(&self, new_id: &str) -> Problem {
        let (reference, id) = (&self.reference, short_id(&self.id));
        Problem::new(format!("`{reference}` named another image before: {id}, now {}", short_id(new_id)))
            .note(format!("the image {id} is kept as `{}`", self.kept_as))
            .hint(format!("give it its name back with `docker tag {id} {reference}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(tag: &str) -> Option<ReplacedImage> {
        let reference = ImageReference { repository: "app".parse().unwrap(), tag: tag.parse().unwrap() };
        ReplacedImage::of(&reference, &format!("sha256:{}", "0123456789abcdef".repeat(4)))
    }

    #[test]
    fn only_a_release_is_kept_under_another_name() {
        let image = replaced("1.10.0").unwrap();
        let calls = [image.keep(), image.give_back(), image.forget()].map(|call| call.to_string());
        let id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        assert_eq!(
            calls,
            [
                format!("docker tag {id} app:replaced-0123456789ab"),
                format!("docker tag {id} app:1.10.0"),
                "docker image rm --no-prune app:replaced-0123456789ab".to_owned()
            ]
        );
        for other in ["1.0.0-main", "latest", "v1.0.0", "1.0", "1.0.0-g0123456789ab"] {
            assert_eq!(replaced(other), None, "{other}");
        }
    }
}
