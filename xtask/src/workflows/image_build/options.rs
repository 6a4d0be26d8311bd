//! The options of a build.

use std::collections::HashMap;
use std::ffi::OsString;

use crate::domain::image::Tag;
use crate::domain::version::ReleaseVersion;

/// The options of a build, unchecked.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
pub(crate) struct BuildOptions {
    /// The components to build; all if empty.
    pub(crate) components: Vec<String>,
    /// The build args, as `NAME=VALUE` or `NAME`.
    pub(crate) build_args: Vec<OsString>,
    /// The version for the tag of all images, in place of the state of git.
    pub(crate) version: Option<ReleaseVersion>,
    /// The tag of all images, in place of the state of git.
    pub(crate) tag: Option<Tag>,
    /// Whether to add the tag `latest`.
    pub(crate) latest: bool,
    /// Whether to ignore the layer cache.
    pub(crate) no_cache: bool,
    /// How many components are built at the same time; none for all.
    pub(crate) jobs: Option<u16>,
    /// Whether waiting components start after a failure.
    pub(crate) keep_going: bool,
    /// Whether `bootstrap` is run first.
    pub(crate) bootstrap: bool,
    /// Whether the rules of the contract are left out; secrets are searched for in any case.
    pub(crate) no_check: bool,
    /// Whether the build is only planned.
    pub(crate) dry_run: bool,
    /// Whether each line of the builders' output is an event.
    pub(crate) verbose: bool,
    /// The references in a registry under which images are pushed with attestations, by component; empty for images of
    /// the engine.
    pub(crate) attested: HashMap<String, String>,
}
