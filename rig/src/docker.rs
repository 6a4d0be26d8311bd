//! Queries the engine through the docker client, so that contexts and `DOCKER_HOST` apply as for the user.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use shown::printable;

use crate::command::Run;

/// The socket on which an engine listens by default.
pub const SOCKET: &str = "/var/run/docker.sock";
const PATIENCE: Duration = Duration::from_secs(20);
/// Time limit for the version: an engine that takes longer is of no use.
const PROMPT: Duration = Duration::from_secs(5);

/// Returns the version of the engine at the user's endpoint, if one answers.
pub fn engine() -> Option<String> {
    let answer = Run::new("docker").args(["version", "--format", "{{.Server.Version}}"]).output(PROMPT).ok()?;
    let version = answer.stdout.trim();
    (answer.success() && !version.is_empty()).then(|| version.to_owned())
}

/// Returns the version of the buildx plugin, if the client has one.
pub fn buildx() -> Option<String> {
    let version = ask(["buildx", "version"])?;
    Some(version.split_whitespace().nth(1).unwrap_or("unknown").to_owned())
}

/// Returns why the default socket is not the user's endpoint; none if it is.
pub fn other_endpoint() -> Option<String> {
    if let Some(host) = std::env::var_os("DOCKER_HOST").filter(|host| !host.is_empty()) {
        let path = host.to_str().and_then(|host| host.strip_prefix("unix://"));
        let default = path.is_some_and(|path| [SOCKET, "/run/docker.sock"].contains(&path));
        return (!default).then(|| format!("DOCKER_HOST is {}", printable(host.as_encoded_bytes())));
    }
    let context = ask(["context", "show"])?;
    (context != "default").then(|| format!("the docker context is {context}"))
}

/// Returns the folder of the client's settings.
pub fn config_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("DOCKER_CONFIG").or_else(|| Some(variable("HOME")?.join(".docker")))
}

/// Runs a docker command that must succeed; returns its output.
///
/// # Errors
///
/// The client cannot be started, exceeds the limit, or fails.
pub fn run<A: Into<OsString>>(args: impl IntoIterator<Item = A>, limit: Duration) -> Result<String> {
    Run::new("docker").args(args).text(limit)
}

/// Runs a docker command that may fail; returns its output if it succeeds.
pub fn ask<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Option<String> {
    let output = Run::new("docker").args(args).output(PATIENCE).ok()?;
    output.success().then(|| output.stdout.trim_end().to_owned())
}
