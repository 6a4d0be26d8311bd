//! The options of `verify`.

use crate::domain::image::Tag;

/// The options of `verify`.
#[derive(Clone, Debug, Default)]
pub(crate) struct VerifyOptions {
    /// The components to verify; all if empty.
    pub(crate) components: Vec<String>,
    /// The tag of the images, in place of the one that git gives.
    pub(crate) tag: Option<Tag>,
    /// Whether remembered verdicts are ignored.
    pub(crate) no_cache: bool,
    /// Whether boxes that are not decided make the command fail.
    pub(crate) strict: bool,
}
