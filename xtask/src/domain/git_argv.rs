//! Calls of the git program as data. Nothing here spawns.

use std::ffi::{OsStr, OsString};

use process::Invocation;

/// Variables that tell git which repository to use. They are ours to follow and never a child's to inherit, as git's
/// own `rev-parse --local-env-vars` has them.
pub const LOCATION_VARIABLES: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
];

/// A question about the repository around the folder that children run in: the path of that folder may be no text, and
/// so no argument. It takes no locks, opens no editor and speaks plain English.
pub fn question<A: AsRef<OsStr>>(args: &[A], location: &[(&'static str, OsString)]) -> Invocation {
    let call = Invocation::new("git", ["--no-pager"])
        .args(args.iter().map(AsRef::as_ref))
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0");
    location.iter().fold(call, |call, (name, value)| call.env(*name, value))
}
