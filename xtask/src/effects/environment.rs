//! The environment variables that xtask reads, and facts about the machine.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::domain::git_argv::LOCATION_VARIABLES;
use secretscan::is_declared_secret;
use shown::printable;

/// Whether a variable is set, even to the empty text.
pub fn is_set(name: &str) -> bool {
    value(name).is_some()
}

/// Returns the value of a variable that is set, even to the empty text.
pub fn value(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Returns the bytes of a variable that is set, even to the empty value.
pub fn bytes(name: &str) -> Option<Vec<u8>> {
    value(name).map(OsString::into_vec)
}

/// Returns a variable that is set and not empty, as text. A value of letters, digits, and ordinary signs is unchanged;
/// other bytes are escaped.
pub fn shown(name: &str) -> Option<String> {
    variable(name).map(printable)
}

/// Returns the first argument that is not UTF-8, for messages. Build args are left out, since they may contain a
/// secret.
pub fn foreign_argument() -> String {
    let mut before = OsString::new();
    let mut foreign = std::env::args_os().filter(|argument| {
        let is_build_arg = before == "--build-arg" || argument.as_bytes().starts_with(b"--build-arg=");
        before.clone_from(argument);
        argument.to_str().is_none() && !is_build_arg
    });
    foreign.next().map(|argument| printable(argument.as_bytes())).unwrap_or_default()
}

/// Returns the path of a variable that is set, even to the empty path.
pub fn path(name: &str) -> Option<PathBuf> {
    value(name).map(PathBuf::from)
}

/// Returns the variables that are set under one of these names, ignoring letter case.
pub fn declared(names: &[String]) -> impl Iterator<Item = (String, OsString)> {
    // A declared name is UTF-8, so a name that is not cannot be another spelling of one.
    let set = std::env::vars_os().filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value)));
    set.filter(|(name, _)| is_declared_secret(name, names))
}

/// Returns `TASKFLOW_LOG_DIR`: the folder for log files in place of `target/xtask/logs`.
pub fn log_dir() -> Option<PathBuf> {
    non_empty("TASKFLOW_LOG_DIR").map(PathBuf::from)
}

/// Returns `TASKFLOW_BRANCH`: the branch in place of HEAD's, as bytes.
pub fn branch() -> Option<Vec<u8>> {
    variable("TASKFLOW_BRANCH")
}

/// Returns a variable that is set and not empty, as bytes.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    non_empty(name).map(OsString::into_vec)
}

/// Returns the variables that select git's repository, as far as they are set, with absolute paths.
pub fn git_location() -> Vec<(&'static str, OsString)> {
    // The path of the index is left out: git resolves it from the top of the working tree.
    const PATHS: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];
    let set = |name| {
        let value = value(name)?;
        match current_dir() {
            Ok(here) if PATHS.contains(&name) => Some((name, here.join(value).into_os_string())),
            _ => Some((name, value)),
        }
    };
    LOCATION_VARIABLES.into_iter().filter_map(set).collect()
}

/// Returns the folder of the user's settings for git, besides `~/.gitconfig`.
pub fn git_settings_folder() -> Option<PathBuf> {
    let settings = non_empty("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || non_empty("HOME").map(|home| PathBuf::from(home).join(".config"));
    settings.or_else(home).map(|folder| folder.join("git"))
}

/// Returns `GIT_CEILING_DIRECTORIES`: the folders at which git's search upwards ends.
pub fn git_ceilings() -> Vec<PathBuf> {
    non_empty("GIT_CEILING_DIRECTORIES").map(|value| std::env::split_paths(&value).collect()).unwrap_or_default()
}

/// Returns the engine that the user chose with `DOCKER_HOST` or `DOCKER_CONTEXT`; none for the default one.
pub fn docker_endpoint() -> Option<String> {
    // The default engine may be given by its full name.
    const DEFAULTS: [&str; 3] = ["unix:///var/run/docker.sock", "unix:///run/docker.sock", "default"];
    ["DOCKER_HOST", "DOCKER_CONTEXT"].into_iter().find_map(|name| {
        let value = printable(non_empty(name)?.as_bytes());
        (!DEFAULTS.contains(&value.as_str())).then(|| format!("{name} is `{value}`"))
    })
}

fn non_empty(name: &str) -> Option<OsString> {
    value(name).filter(|value| !value.is_empty())
}

/// Whether the arguments contain `--json`, even if they are not valid otherwise.
pub fn wants_json() -> bool {
    std::env::args_os()
        .take_while(|arg| arg != "--")
        .any(|arg| arg == "--json" || arg.as_bytes().starts_with(b"--json="))
}

/// Returns the working folder of this process.
///
/// # Errors
///
/// The folder was removed, or cannot be read.
pub fn current_dir() -> std::io::Result<PathBuf> {
    std::env::current_dir()
}

/// Whether a program is on PATH or in the folders for administration programs.
pub fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let administration = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(administration).any(|folder| folder.join(name).is_file())
}

/// Returns the path of a program on PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Returns `ID` and the words of `ID_LIKE` in os-release; without such a file, the name of the operating system.
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

/// Whether this process runs as root.
pub fn root() -> bool {
    rustix::process::geteuid().is_root()
}
