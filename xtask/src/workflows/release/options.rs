//! The options of a release, and its result.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::release::journal::Journal;
use crate::domain::release::preflight::Line;
use crate::domain::version::ReleaseVersion;
use crate::error::CliError;

/// What is done with a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is made.
    #[default]
    Make,
    /// Only the preflight is run.
    Check,
    /// It is only planned.
    DryRun,
    /// One that was begun is finished.
    Resume,
    /// One that was begun is undone.
    Abort,
}

/// The options of a release.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseOptions {
    /// The version.
    pub(crate) version: ReleaseVersion,
    /// What is done.
    pub(crate) mode: Mode,
    /// Whether git and images are pushed; none for the setting in taskflow.toml.
    pub(crate) push: Option<bool>,
    /// Whether images are loaded into Minikube; none for the setting in taskflow.toml.
    pub(crate) minikube: Option<bool>,
    /// Whether images on stand-ins of base images may be released.
    pub(crate) allow_stand_in: bool,
    /// Whether nobody is asked before the first change.
    pub(crate) yes: bool,
}

/// How a release has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReleaseEnd {
    /// Nothing was changed: it was refused, only checked or planned, or the person said no.
    NothingDone,
    /// It is complete.
    Released,
    /// It was complete before.
    AlreadyReleased,
    /// Everything was undone.
    Undone,
    /// It is half done, and has to be resumed or undone.
    Unfinished,
}

impl ReleaseEnd {
    /// Returns the name for documents.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NothingDone => "nothing-done",
            Self::Released => "released",
            Self::AlreadyReleased => "already-released",
            Self::Undone => "undone",
            Self::Unfinished => "unfinished",
        }
    }
}

/// The result of a release.
#[derive(Debug)]
pub(crate) struct ReleaseReport {
    /// The version.
    pub(crate) version: ReleaseVersion,
    /// The lines of the preflight.
    pub(crate) preflight: Vec<Line>,
    /// The commands of the plan.
    pub(crate) plan: Vec<String>,
    /// The journal at the end; none if nothing was begun.
    pub(crate) journal: Option<Journal>,
    /// The folder with the record, relative to the repository's root; none if there is none.
    pub(crate) folder: Option<PathBuf>,
    /// How it has ended.
    pub(crate) end: ReleaseEnd,
    /// The duration.
    pub(crate) time: Duration,
    /// Why it is not complete.
    pub(crate) failure: Option<CliError>,
}

impl ReleaseReport {
    /// Makes the report of a release that has changed nothing.
    pub(crate) fn nothing_done(version: ReleaseVersion, preflight: Vec<Line>) -> Self {
        Self {
            version,
            preflight,
            plan: Vec::new(),
            journal: None,
            folder: None,
            end: ReleaseEnd::NothingDone,
            time: Duration::ZERO,
            failure: None,
        }
    }
}
