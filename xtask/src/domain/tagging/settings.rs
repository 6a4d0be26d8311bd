//! The settings of taskflow.toml that affect tags.

use crate::domain::version::ReleaseVersion;

/// The settings that affect tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSettings {
    /// The prefix of release tags, by default `v`.
    pub tag_prefix: String,
    /// The default branch, if taskflow.toml names it.
    pub default_branch: Option<String>,
    /// The version that is worked on, if taskflow.toml names it.
    pub version: Option<ReleaseVersion>,
}
