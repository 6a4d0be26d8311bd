//! How the build of one component can end.

use std::path::PathBuf;
use std::time::Duration;

use crate::commands::secrets::image::ImageScan;
use crate::domain::build_log::FailureDetail;
use crate::domain::engine::ImageFacts;
use crate::domain::problem::Problem;
use crate::domain::secrets::SecretFinding;

/// How the build of one component ended.
#[derive(Debug)]
pub(super) enum Outcome {
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
        warnings: Vec<SecretFinding>,
        /// What was searched for secrets.
        scan: ImageScan,
    },
    /// The image held secrets, and was taken away.
    Unfit {
        /// The secrets.
        findings: Vec<SecretFinding>,
        /// Exceptions that allow nothing.
        problems: Vec<Problem>,
        /// The names that could not be taken away.
        left: Vec<String>,
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
    Broken(String),
    /// Ended by a signal.
    Interrupted(i32),
    /// Never begun.
    NotStarted,
}
