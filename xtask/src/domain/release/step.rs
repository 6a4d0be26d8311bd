//! The steps of a release, in their order.

use serde::{Deserialize, Serialize};

/// A step that changes something. Each step asks first whether it is done already, so it can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Makes the release commit and the tag object. No reference points to them yet.
    Commit,
    /// Builds the candidates from an export of the commit.
    Build,
    /// Verifies the candidates.
    Verify,
    /// Loads the candidates into Minikube.
    Load,
    /// Pushes the candidates under a tag that says nothing.
    Upload,
    /// Signs the digests of the candidates.
    Sign,
    /// Gives the candidates their names, and moves branch and tag together.
    Publish,
    /// Pushes branch and tag together.
    Push,
    /// Gives the digests of the candidates their names in the registry.
    Promote,
    /// Loads the named images into Minikube.
    Deliver,
    /// Writes the record, and removes what the release needed.
    Record,
}

/// All steps, in their order.
pub const STEPS: [Step; 11] = [
    Step::Commit,
    Step::Build,
    Step::Verify,
    Step::Load,
    Step::Upload,
    Step::Sign,
    Step::Publish,
    Step::Push,
    Step::Promote,
    Step::Deliver,
    Step::Record,
];

impl Step {
    /// Returns the name of the step, for documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Build => "build",
            Self::Verify => "verify",
            Self::Load => "load",
            Self::Upload => "upload",
            Self::Sign => "sign",
            Self::Publish => "publish",
            Self::Push => "push",
            Self::Promote => "promote",
            Self::Deliver => "deliver",
            Self::Record => "record",
        }
    }
}

/// The state of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// The step has begun, and was not seen to end.
    Begun,
    /// The step has ended with success.
    Done,
    /// The step was not asked for.
    Skipped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_in_their_order_and_have_names_of_their_own() {
        assert!(STEPS.windows(2).all(|pair| pair[0] < pair[1]));
        let mut names = STEPS.map(Step::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
        for step in STEPS {
            assert_eq!(serde_json::to_string(&step).unwrap(), format!("\"{}\"", step.name()));
        }
    }
}
