//! Calls of the git program as values. Nothing here starts a process.

use std::ffi::{OsStr, OsString};

use process::Invocation;

/// Variables that select git's repository, as in git's own `rev-parse --local-env-vars`. xtask follows them; its
/// children do not inherit them.
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

/// Returns a read-only call about the repository around the working folder of children. That folder's path need not be
/// UTF-8, so it is not passed as an argument. The call takes no locks, opens no editor, and prints English.
pub fn question<A: AsRef<OsStr>>(args: &[A], location: &[(&'static str, OsString)]) -> Invocation {
    let call = Invocation::new("git", ["--no-pager"])
        .args(args.iter().map(AsRef::as_ref))
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0");
    location.iter().fold(call, |call, (name, value)| call.env(*name, value))
}
