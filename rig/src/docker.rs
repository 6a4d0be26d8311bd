//! Questions to the engine through its own client, so that contexts and `DOCKER_HOST` mean what they mean to the user.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use shown::printable;

use crate::command::Run;

/// Where an engine listens unless told otherwise.
pub const SOCKET: &str = "/var/run/docker.sock";
const PATIENCE: Duration = Duration::from_secs(20);
/// An engine that takes longer to say its version is of no use.
const PROMPT: Duration = Duration::from_secs(5);

/// The version of the engine at the user's endpoint, if one answers.
pub fn engine() -> Option<String> {
    let answer = Run::new("docker").args(["version", "--format", "{{.Server.Version}}"]).output(PROMPT).ok()?;
    let version = answer.stdout.trim();
    (answer.success() && !version.is_empty()).then(|| version.to_owned())
}

/// The version of the buildx plugin, if the client has one.
pub fn buildx() -> Option<String> {
    let version = ask(["buildx", "version"])?;
    Some(version.split_whitespace().nth(1).unwrap_or("unknown").to_owned())
}

/// Why the default socket is not the user's endpoint, if it is not.
pub fn other_endpoint() -> Option<String> {
    if let Some(host) = std::env::var_os("DOCKER_HOST").filter(|host| !host.is_empty()) {
        let path = host.to_str().and_then(|host| host.strip_prefix("unix://"));
        let default = path.is_some_and(|path| [SOCKET, "/run/docker.sock"].contains(&path));
        return (!default).then(|| format!("DOCKER_HOST is {}", printable(host.as_encoded_bytes())));
    }
    let context = ask(["context", "show"])?;
    (context != "default").then(|| format!("the docker context is {context}"))
}

/// The folder of the client's settings.
pub fn config_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("DOCKER_CONFIG").or_else(|| Some(variable("HOME")?.join(".docker")))
}

/// A docker command that must work; gives its output.
pub fn run<A: Into<OsString>>(args: impl IntoIterator<Item = A>, limit: Duration) -> Result<String> {
    Run::new("docker").args(args).text(limit)
}

/// A docker command that may fail; gives its output if it did not.
pub fn ask<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Option<String> {
    let output = Run::new("docker").args(args).output(PATIENCE).ok()?;
    output.success().then(|| output.stdout.trim_end().to_owned())
}
