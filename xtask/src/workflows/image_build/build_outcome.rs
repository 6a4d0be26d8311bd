//! How the build of one component can end.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::build_log::FailureDetail;
use crate::domain::builder_words::BuilderInUse;
use crate::domain::engine::ImageFacts;
use crate::domain::finding::Finding;
use crate::domain::problem::Problem;
use crate::workflows::scan::image::ImageScan;

/// An image with secrets in it, or with exceptions that allow none; it has no name any more.
#[derive(Debug)]
pub(crate) struct Unfit {
    /// The secrets.
    pub(crate) findings: Vec<Finding>,
    /// Exceptions that allow nothing.
    pub(crate) problems: Vec<Problem>,
    /// The names that could not be taken away.
    pub(crate) left: Vec<String>,
}

impl BuildOutcome {
    /// An end for which there is no remedy to say.
    pub(crate) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken { reason: reason.into(), hint: None }
    }
}

/// How the build of one component ended.
#[derive(Debug)]
pub(crate) enum BuildOutcome {
    /// The image is there under its tag.
    Built {
        /// What the engine says of it.
        image: ImageFacts,
        /// How many steps there were, and how many came from the layer cache.
        steps: (usize, usize),
        /// How long it took.
        time: Duration,
        /// The log file.
        log: PathBuf,
        /// Secrets in its base image, which are not ours to mend.
        warnings: Vec<Finding>,
        /// What was searched for secrets.
        scan: ImageScan,
    },
    /// The image held secrets, and was taken away.
    Unfit {
        /// What was found.
        unfit: Unfit,
        /// How long it took.
        time: Duration,
        /// The log file.
        log: PathBuf,
    },
    /// The builder said no.
    Failed {
        /// What is known of the reason.
        detail: FailureDetail,
        /// The exit code of the docker client; none after a signal.
        code: Option<i32>,
        /// How long it took.
        time: Duration,
        /// The log file.
        log: PathBuf,
    },
    /// The builder could not be run or not be followed.
    Broken {
        /// Why.
        reason: String,
        /// What mends it, where that is known.
        hint: Option<String>,
    },
    /// The builder said yes, and the engine has no image under the tag.
    NoImage {
        /// Who built, where it is known.
        builder: Option<BuilderInUse>,
    },
    /// Ended by a signal.
    Interrupted(i32),
    /// Never begun.
    NotStarted,
}
