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

/// Returns the call for the commits since `base` (all, without one) that touch one of these paths, the newest first and
/// without merges. Paths are relative to the folder of the call, and no patterns. The answer has the form that
/// `domain::release::commits` parses, whatever the user's settings are.
pub fn commits<A: AsRef<OsStr>>(base: Option<&str>, paths: &[A], location: &[(&'static str, OsString)]) -> Invocation {
    let range = base.map_or("HEAD".to_owned(), |base| format!("{base}..HEAD"));
    let settings = ["log.showSignature=false", "log.follow=false", "log.mailmap=false"];
    let options = [
        "--full-history",
        "--date-order",
        "--no-merges",
        "--no-color",
        "--no-decorate",
        "--no-notes",
        "--no-patch",
        "--encoding=UTF-8",
        "--format=%H%n%B",
        "-z",
        "--end-of-options",
    ];
    let args = settings.iter().flat_map(|setting| ["-c", *setting]).chain(["log"]).chain(options).map(OsStr::new);
    let range = [OsStr::new(&range), OsStr::new("--")];
    let args: Vec<&OsStr> = args.chain(range).chain(paths.iter().map(AsRef::as_ref)).collect();
    let call = question(&args, location).env("GIT_LITERAL_PATHSPECS", "1");
    // Together with the first one, git refuses the others, which the user may have set.
    ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"]
        .iter()
        .fold(call, |call, name| call.env(*name, "0"))
}
