//! The project's settings for tags.

use crate::domain::version::ReleaseVersion;

/// The project's settings that matter for tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSettings {
    /// What git tags begin with, normally `v`.
    pub tag_prefix: String,
    /// The default branch, if taskflow.toml names it.
    pub default_branch: Option<String>,
    /// The version being worked on, if taskflow.toml names it.
    pub version: Option<ReleaseVersion>,
}
