//! What a build is asked to do.

use std::ffi::OsString;

use crate::domain::image::Tag;
use crate::domain::version::ReleaseVersion;

/// The options of a build. None of them is checked yet.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
pub(crate) struct BuildOptions {
    /// The components to build; all when empty.
    pub(crate) components: Vec<String>,
    /// Build args as `NAME=VALUE` or `NAME`.
    pub(crate) build_args: Vec<OsString>,
    /// The version that all images are tagged with, instead of the tag that git gives.
    pub(crate) version: Option<ReleaseVersion>,
    /// The tag that all images get, instead of the one that git gives.
    pub(crate) tag: Option<Tag>,
    /// Whether the tag `latest` is added.
    pub(crate) latest: bool,
    /// Whether the layer cache is ignored.
    pub(crate) no_cache: bool,
    /// How many components are built at the same time; all of them when empty.
    pub(crate) jobs: Option<u16>,
    /// Whether waiting components start after a failure.
    pub(crate) keep_going: bool,
    /// Whether the machine is made able to build first.
    pub(crate) bootstrap: bool,
    /// Whether nothing is done.
    pub(crate) dry_run: bool,
    /// Whether each line of the builders' output is an event.
    pub(crate) verbose: bool,
}
