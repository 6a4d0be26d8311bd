//! The outcomes of building one component.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::build_log::FailureDetail;
use crate::domain::builder_words::BuilderInUse;
use crate::domain::engine::ImageFacts;
use crate::domain::finding::Finding;
use crate::domain::problem::Problem;
use crate::domain::replaced_image::ReplacedImage;
use crate::workflows::scan::image::ImageScan;

/// An image that was rejected because it contains secrets, or because exceptions allow nothing. Its names were removed.
#[derive(Debug)]
pub(crate) struct UnfitImage {
    /// The secrets that were found.
    pub(crate) findings: Vec<Finding>,
    /// The problems of exceptions that allow nothing.
    pub(crate) problems: Vec<Problem>,
    /// The names that could not be removed.
    pub(crate) left: Vec<String>,
    /// Whether the image that had the release tag before has it again; none if there was no other one.
    pub(crate) given_back: Option<bool>,
}

impl BuildOutcome {
    /// Makes the outcome of a build that could not be run, without a remedy.
    pub(crate) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken { reason: reason.into(), hint: None }
    }
}

/// The outcome of building one component.
#[derive(Debug)]
pub(crate) enum BuildOutcome {
    /// The engine has the image under its tag.
    Built {
        /// The engine's facts about the image.
        image: ImageFacts,
        /// The image that had the release tag before, if it was another one.
        replaced: Option<ReplacedImage>,
        /// The number of steps, and how many of them came from the layer cache.
        steps: (usize, usize),
        /// The duration of the build.
        time: Duration,
        /// The path of the log file.
        log: PathBuf,
        /// Secrets in the base image, which the project cannot remove.
        warnings: Vec<Finding>,
        /// What was searched for secrets.
        scan: ImageScan,
    },
    /// The image was rejected, and its names were removed.
    Unfit {
        /// Why the image was rejected.
        unfit: UnfitImage,
        /// The duration of the build.
        time: Duration,
        /// The path of the log file.
        log: PathBuf,
    },
    /// The builder reported a failure.
    Failed {
        /// The details of the failure.
        detail: FailureDetail,
        /// The exit code of the docker client; none after a signal.
        code: Option<i32>,
        /// The duration of the build.
        time: Duration,
        /// The path of the log file.
        log: PathBuf,
    },
    /// The builder could not be run, or its output could not be followed.
    Broken {
        /// The reason.
        reason: String,
        /// The remedy, if it is known.
        hint: Option<String>,
    },
    /// The builder reported success, but the engine has no image under the tag.
    NoImage {
        /// The builder, if it is known.
        builder: Option<BuilderInUse>,
    },
    /// A signal with this number ended the build.
    Interrupted(i32),
    /// The build was never started.
    NotStarted,
}
