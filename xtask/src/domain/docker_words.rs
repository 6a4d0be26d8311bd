//! Texts of the docker client that decide about a cause. All of them are in this table, with the versions in which they
//! were seen. A text that is not in it has no known cause, and is shown as it is. `docker_problems` has the message and
//! the remedy for each cause.

use serde_json::Value;

use super::lenient::{document, field, list, text};

/// Why no engine can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The client's API version is older than the oldest one that the engine accepts.
    ClientTooOld,
    /// The client's API version is newer than the newest one that the engine knows.
    ClientTooNew,
    /// The docker context is missing or broken.
    Context,
    /// The user has no permission to use the engine.
    Denied,
    /// Nothing listens at the engine's address.
    Unreachable,
    /// The text is not known.
    Unknown,
}

/// Texts that must all occur in one line, in lower case, with their cause. The first row that matches decides.
const TABLE: [(&[&str], Cause); 15] = [
    // Engines 20.10 to 29 about the client; client 29 about `DOCKER_API_VERSION`.
    (&["api version", "too old"], Cause::ClientTooOld),
    (&["api version", "too new"], Cause::ClientTooNew),
    (&["api version", "minimum"], Cause::ClientTooOld),
    (&["api version", "maximum"], Cause::ClientTooNew),
    // Clients 20.10 and 28.2.
    (&["unable to resolve docker endpoint"], Cause::Context),
    (&["context", "context not found"], Cause::Context),
    // All clients: the kernel refuses to open the socket.
    (&["permission denied", "connect"], Cause::Denied),
    (&["cannot connect to the docker daemon"], Cause::Unreachable),
    // Clients from 28.3.
    (&["failed to connect to the docker api"], Cause::Unreachable),
    (&["error during connect"], Cause::Unreachable),
    (&["is the docker daemon running"], Cause::Unreachable),
    (&["dial unix"], Cause::Unreachable),
    (&["connection refused"], Cause::Unreachable),
    (&["no such host"], Cause::Unreachable),
    (&["i/o timeout"], Cause::Unreachable),
];

/// Returns the cause that a line of the client indicates.
pub fn cause(words: &str) -> Cause {
    let words = words.to_lowercase();
    let fits = |(parts, _): &&(&[&str], Cause)| parts.iter().all(|part| words.contains(part));
    TABLE.iter().find(fits).map_or(Cause::Unknown, |(_, cause)| *cause)
}

/// Returns the line that gives the reason: the first one with a known cause, otherwise the last one that is not blank.
/// Warnings and JSON documents are skipped.
pub fn reason(said: &str) -> Option<&str> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['{', '[']));
    let understood = lines().find(|line| !is_warning(line) && cause(line) != Cause::Unknown);
    understood.or_else(|| lines().rfind(|line| !is_warning(line))).or_else(|| lines().next_back())
}

/// Whether a line reports that the engine lacks an image. The client prints one for each missing image; any other
/// message is an error. Seen with 20.10 and 28.2.
pub fn is_no_such_image(line: &str) -> bool {
    line.contains("No such image") || line.contains("No such object")
}

/// Whether the engine keeps its images in containerd's store, where IDs are digests of manifests; `driver` is the
/// engine's description of its storage driver.
pub fn is_containerd_store(driver: &str) -> bool {
    driver.contains("io.containerd.snapshotter")
}

/// Returns the client's warnings, which do not stop it, for example about settings that it cannot read.
pub fn warnings(said: &str) -> Vec<String> {
    let lines = said.lines().map(str::trim).filter(|line| is_warning(line));
    lines.map(|line| line.split_once(": ").map_or(line, |(_, rest)| rest).to_owned()).collect()
}

fn is_warning(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("warning: ")
}

/// The output of `docker version --format '{{json .}}'`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The client's version; empty if it prints none.
    pub client: String,
    /// The context in use, if the client prints it.
    pub context: Option<String>,
    /// The engine's version, if one answers.
    pub server: Option<String>,
}

/// Parses the versions, or returns which program is installed in place of the docker client. If the engine fails, the
/// client's part alone is still a valid answer.
///
/// # Errors
///
/// The program that is installed in place of the docker client.
pub fn versions_of(stdout: &str, stderr: &str) -> Result<Versions, NotDocker> {
    let is_answer = |value: &Value| field(value, "Client").is_some() || field(value, "Server").is_some();
    let answer = document(stdout, is_answer);
    let said = [stdout, "\n", stderr].concat().to_lowercase();
    let client = answer.as_ref().and_then(|answer| field(answer, "Client")).unwrap_or(&Value::Null);
    let server = answer.as_ref().and_then(|answer| field(answer, "Server"));
    let says = |texts: &[&str]| client.is_null() && texts.iter().any(|text| said.contains(text));
    // docker's own client spells this key `ApiVersion`; podman 3 to 5 spell it `APIVersion`.
    if client.get("APIVersion").is_some() || says(&["using podman", "podman version", "connect to podman"]) {
        return Err(NotDocker::Podman);
    }
    // nerdctl lists its components, and has no version of an engine.
    if list(client, "Components").next().is_some() || says(&["nerdctl version", "cannot access containerd socket"]) {
        return Err(NotDocker::Nerdctl);
    }
    let version = |value: &Value| text(value, "Version");
    if let Some(server) = server.and_then(version) {
        // Text before an answer would also stand before an archive, which could not be read then.
        let before = stdout.split(['{', '[']).next().unwrap_or_default().trim();
        if let Some(line) = before.lines().next() {
            return Err(NotDocker::Talks(line.to_owned()));
        }
        let (client, context) = (version(client).unwrap_or_default(), text(client, "Context"));
        return Ok(Versions { client, context, server: Some(server) });
    }
    // A document without the client's part is not an answer, but no evidence of another program either.
    if !stdout.trim().is_empty() && document(stdout, Value::is_object).is_none() {
        return Err(NotDocker::Other(stdout.trim().lines().next().unwrap_or_default().to_owned()));
    }
    Ok(Versions { client: version(client).unwrap_or_default(), context: text(client, "Context"), server: None })
}

/// A program with the name `docker` that is not the docker client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDocker {
    /// podman, from its package that provides `docker`.
    Podman,
    /// nerdctl.
    Nerdctl,
    /// A script that prints text of its own before the client's answer; holds its first line.
    Talks(String),
    /// Another program; holds the first line that it printed.
    Other(String),
}

#[cfg(test)]
#[path = "docker_words_tests.rs"]
mod tests;
