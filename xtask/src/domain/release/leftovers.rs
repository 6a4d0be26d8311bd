//! What the undoing of a release could not undo, as sentences with the names that are left.

use process::Invocation;

use crate::domain::image::short_id;
use crate::domain::text::ticked_all;

/// Returns the sentence about names of an engine that gives no answer.
pub fn engine_is_silent(names: &[String], reason: &str) -> String {
    format!("the engine may still have {}: {reason}", ticked_all(names))
}

/// Returns the sentence about a name that the engine does not change.
pub fn name_stays(name: &str, reason: &str) -> String {
    format!("the engine still has `{name}`: {reason}")
}

/// Returns the sentence about an image that had a name before the release and cannot get it back.
pub fn image_is_gone(name: &str, id: &str) -> String {
    format!("image {}, which had the name `{name}` before, is not in the engine any more", short_id(id))
}

/// Returns the sentence about a name that a node may have, with the call that removes it.
pub fn node_may_have(profile: &str, name: &str, remove: &Invocation) -> String {
    format!("profile `{profile}` may keep `{name}`; remove it with `{remove}`")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "snapbox looks for its own file")]
mod tests {
    use super::*;
    use crate::domain::minikube::argv;
    use snapbox::{assert_data_eq, str};

    #[test]
    fn names_that_are_left_are_named() {
        let names = ["a:1.0.0", "b:1.0.0"].map(str::to_owned);
        assert_data_eq!(
            engine_is_silent(&names, "Cannot connect to the Docker daemon"),
            str!["the engine may still have `a:1.0.0` and `b:1.0.0`: Cannot connect to the Docker daemon"]
        );
        assert_data_eq!(
            name_stays("a:1.0.0", "conflict: container 5 uses it"),
            str!["the engine still has `a:1.0.0`: conflict: container 5 uses it"]
        );
        assert_data_eq!(
            image_is_gone("a:1.0.0", "sha256:0123456789abcdef"),
            str!["image 0123456789ab, which had the name `a:1.0.0` before, is not in the engine any more"]
        );
        assert_data_eq!(
            node_may_have("minikube", "a:1.0.0", &argv::remove("minikube", &names[..1])),
            str![
                "profile `minikube` may keep `a:1.0.0`; remove it with `minikube image rm a:1.0.0 --profile minikube`"
            ]
        );
    }
}
