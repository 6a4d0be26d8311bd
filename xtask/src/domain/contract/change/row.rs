//! The types of a row in the table of changes.

use crate::domain::version::VersionStep;

/// A kind of change between the contracts of two releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// The ID, which never changes.
    pub id: &'static str,
    /// What has changed, in words.
    pub what: &'static str,
    /// The step that the change needs.
    pub needs: Needs,
    /// Whether `[[release.accept]]` can accept the change with a smaller step.
    pub can_be_accepted: bool,
    /// Who says so.
    pub source: ChangeSource,
    /// Why the change needs the step.
    pub why: &'static str,
    /// Where the change is found.
    pub found_in: FoundIn,
    /// What to check before a release with this change; none if there is nothing to check.
    pub warning: Option<&'static str>,
}

/// What a change needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// A step of the version.
    Step(VersionStep),
    /// No version can have this change.
    Refused,
}

impl Needs {
    /// A patch step.
    pub const PATCH: Self = Self::Step(VersionStep::Patch);
    /// A minor step.
    pub const MINOR: Self = Self::Step(VersionStep::Minor);
    /// A major step.
    pub const MAJOR: Self = Self::Step(VersionStep::Major);

    /// Returns the name in documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step(step) => step.name(),
            Self::Refused => "refused",
        }
    }
}

/// Who says what a change needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSource {
    /// The words of the container contract.
    Contract,
    /// It follows from what a consumer of the image relies on.
    Derived,
}

impl ChangeSource {
    /// Returns the name in documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Derived => "derived",
        }
    }
}

/// Where a change is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundIn {
    /// In taskflow.toml of both releases.
    Declared,
    /// In the configurations of the release's image and of the present one, if the engine has both.
    Images,
    /// In the present image, if the engine has it.
    Image,
}

impl FoundIn {
    /// Returns the words for the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::Declared => "taskflow.toml",
            Self::Images => "both images",
            Self::Image => "the present image",
        }
    }
}
