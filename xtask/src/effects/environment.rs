//! The environment variables that we honour, and facts about the machine.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::domain::git_argv::LOCATION_VARIABLES;
use secretscan::is_declared_secret;
use shown::printable;

/// Whether a variable is set to anything, the empty text included.
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// The value of a variable that is set, the empty one included.
pub fn value(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The bytes of a variable that is set, the empty value included.
pub fn bytes(name: &str) -> Option<Vec<u8>> {
    value(name).map(OsString::into_vec)
}

/// A variable that is set and not empty, as messages show it: one of letters, digits, and ordinary signs as it is.
pub fn shown(name: &str) -> Option<String> {
    variable(name).map(printable)
}

/// The first argument that is not UTF-8, as messages show it. Build args are left out: they may hold a secret.
pub fn foreign_argument() -> String {
    let mut before = OsString::new();
    let mut foreign = std::env::args_os().filter(|argument| {
        let is_build_arg = before == "--build-arg" || argument.as_bytes().starts_with(b"--build-arg=");
        before.clone_from(argument);
        argument.to_str().is_none() && !is_build_arg
    });
    foreign.next().map(|argument| printable(argument.as_bytes())).unwrap_or_default()
}

/// The path that a variable is set to, the empty one included.
pub fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// The variables that are set under one of these names, in any letter case.
pub fn matching(names: &[String]) -> Vec<String> {
    // A declared name is text, so a name that is none is no other way to write one.
    let set = std::env::vars_os().filter_map(|(name, _)| Some(name.to_str()?.to_owned()));
    set.filter(|name| is_declared_secret(name, names)).collect()
}

/// `TASKFLOW_LOG_DIR`: where log files go instead of `target/xtask/logs`.
pub fn log_dir() -> Option<PathBuf> {
    non_empty("TASKFLOW_LOG_DIR").map(PathBuf::from)
}

/// `TASKFLOW_BRANCH`: the branch to take instead of HEAD's, as bytes.
pub fn branch() -> Option<Vec<u8>> {
    variable("TASKFLOW_BRANCH")
}

/// A variable that is set and not empty, as bytes.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    non_empty(name).map(OsString::into_vec)
}

/// The variables that tell git which repository to use, as far as they are set; paths are made absolute.
pub fn git_location() -> Vec<(&'static str, OsString)> {
    // Not the index, which git takes from the top of the working tree.
    const PATHS: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];
    let set = |name| {
        let value = std::env::var_os(name)?;
        match current_dir() {
            Ok(here) if PATHS.contains(&name) => Some((name, here.join(value).into_os_string())),
            _ => Some((name, value)),
        }
    };
    LOCATION_VARIABLES.into_iter().filter_map(set).collect()
}

/// The folder of the user's settings for git besides `~/.gitconfig`.
pub fn git_settings_folder() -> Option<PathBuf> {
    let settings = non_empty("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || non_empty("HOME").map(|home| PathBuf::from(home).join(".config"));
    settings.or_else(home).map(|folder| folder.join("git"))
}

/// `GIT_CEILING_DIRECTORIES`: where git's search upwards ends.
pub fn git_ceilings() -> Vec<PathBuf> {
    non_empty("GIT_CEILING_DIRECTORIES").map(|value| std::env::split_paths(&value).collect()).unwrap_or_default()
}

/// `DOCKER_HOST`, then `DOCKER_CONTEXT`: an engine that the user chose by environment.
pub fn docker_endpoint() -> Option<String> {
    // The default engine under its full name is no other engine.
    const DEFAULTS: [&str; 3] = ["unix:///var/run/docker.sock", "unix:///run/docker.sock", "default"];
    ["DOCKER_HOST", "DOCKER_CONTEXT"].into_iter().find_map(|name| {
        let value = printable(non_empty(name)?.as_bytes());
        (!DEFAULTS.contains(&value.as_str())).then(|| format!("{name} is `{value}`"))
    })
}

fn non_empty(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the arguments ask for a document, even if they make no sense otherwise.
pub fn wants_json() -> bool {
    std::env::args_os()
        .take_while(|arg| arg != "--")
        .any(|arg| arg == "--json" || arg.as_bytes().starts_with(b"--json="))
}

/// The folder we were started in.
pub fn current_dir() -> std::io::Result<PathBuf> {
    std::env::current_dir()
}

/// Whether a program is on PATH or in the folders of administration programs.
pub fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let administration = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(administration).any(|folder| folder.join(name).is_file())
}

/// The path of a program on PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// `ID` and the words of `ID_LIKE` in os-release; the name of the operating system where there is none.
pub fn systems() -> Vec<String> {
    let text = fs::read_to_string("/etc/os-release").or_else(|_| fs::read_to_string("/usr/lib/os-release"));
    let Ok(text) = text else {
        return vec![std::env::consts::OS.to_owned()];
    };
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim().trim_matches(['"', '\'']).to_owned())
    };
    let words = format!("{} {}", value("ID").unwrap_or_default(), value("ID_LIKE").unwrap_or_default());
    words.split_whitespace().map(str::to_owned).collect()
}

/// Whether systemd is the init system.
pub fn systemd() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// Whether we are root.
pub fn root() -> bool {
    rustix::process::geteuid().is_root()
}
