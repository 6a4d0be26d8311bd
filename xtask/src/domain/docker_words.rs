//! The docker client's words, as far as they decide about a cause. Every such text stands in this one table, with the
//! versions it was seen in; words that are not in it have no cause, and are shown as they are. What is said and advised
//! for each cause stands in `docker_problems`.

use serde_json::Value;

use super::lenient::{document, field, list, text};

/// Why there is no engine to work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The client's version of the API is older than what the engine takes.
    ClientTooOld,
    /// The client's version of the API is newer than what the engine knows.
    ClientTooNew,
    /// The docker context is gone or broken.
    Context,
    /// The user may not talk to the engine.
    Denied,
    /// Nothing listens at the engine's address.
    Unreachable,
    /// The words are not known.
    Unknown,
}

/// Words, all of which stand in one line in lower case, and what they mean. The first row that fits counts.
const TABLE: [(&[&str], Cause); 15] = [
    // Engines 20.10 to 29 about the client; the client 29 about `DOCKER_API_VERSION`.
    (&["api version", "too old"], Cause::ClientTooOld),
    (&["api version", "too new"], Cause::ClientTooNew),
    (&["api version", "minimum"], Cause::ClientTooOld),
    (&["api version", "maximum"], Cause::ClientTooNew),
    // Clients 20.10 and 28.2.
    (&["unable to resolve docker endpoint"], Cause::Context),
    (&["context", "context not found"], Cause::Context),
    // All clients: the kernel's refusal to open the socket.
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

/// What a line of the client's means.
pub fn cause(words: &str) -> Cause {
    let words = words.to_lowercase();
    let fits = |(parts, _): &&(&[&str], Cause)| parts.iter().all(|part| words.contains(part));
    TABLE.iter().find(fits).map_or(Cause::Unknown, |(_, cause)| *cause)
}

/// The line that says why: the first one that is understood, otherwise the last one that is more than blanks. Warnings
/// and documents are no reason.
pub fn reason(said: &str) -> Option<&str> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['{', '[']));
    let understood = lines().find(|line| !is_warning(line) && cause(line) != Cause::Unknown);
    understood.or_else(|| lines().rfind(|line| !is_warning(line))).or_else(|| lines().next_back())
}

/// Whether a line says that the engine does not have an image. It says so of each one; anything else that it says is no
/// answer. Seen with 20.10 and 28.2.
pub fn is_no_such_image(line: &str) -> bool {
    line.contains("No such image") || line.contains("No such object")
}

/// Whether the engine keeps its images in containerd's store, where IDs are those of manifests, from what it says of the
/// driver.
pub fn is_containerd_store(driver: &str) -> bool {
    driver.contains("io.containerd.snapshotter")
}

/// What the client warns of, which ends nothing: settings that it cannot read.
pub fn warnings(said: &str) -> Vec<String> {
    let lines = said.lines().map(str::trim).filter(|line| is_warning(line));
    lines.map(|line| line.split_once(": ").map_or(line, |(_, rest)| rest).to_owned()).collect()
}

fn is_warning(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("warning: ")
}

/// What `docker version --format '{{json .}}'` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The client's version; empty where it says none.
    pub client: String,
    /// The context in use, where the client says it.
    pub context: Option<String>,
    /// The engine's version, where one answers.
    pub server: Option<String>,
}

/// Reads the versions, or says what the program is that stands in the docker client's place. An engine's own errors
/// leave an answer of the client alone, which is none of another program.
pub fn versions_of(stdout: &str, stderr: &str) -> Result<Versions, NotDocker> {
    let is_answer = |value: &Value| field(value, "Client").is_some() || field(value, "Server").is_some();
    let answer = document(stdout, is_answer);
    let said = [stdout, "\n", stderr].concat().to_lowercase();
    let client = answer.as_ref().and_then(|answer| field(answer, "Client")).unwrap_or(&Value::Null);
    let server = answer.as_ref().and_then(|answer| field(answer, "Server"));
    let says = |texts: &[&str]| client.is_null() && texts.iter().any(|text| said.contains(text));
    // docker's own client spells this key `ApiVersion`; podman 3 to 5 `APIVersion`.
    if client.get("APIVersion").is_some() || says(&["using podman", "podman version", "connect to podman"]) {
        return Err(NotDocker::Podman);
    }
    // nerdctl lists what it is made of, and has no version of an engine.
    if list(client, "Components").next().is_some() || says(&["nerdctl version", "cannot access containerd socket"]) {
        return Err(NotDocker::Nerdctl);
    }
    let version = |value: &Value| text(value, "Version");
    if let Some(server) = server.and_then(version) {
        // What stands before an answer stands before an archive, too, which nobody could read then.
        let before = stdout.split(['{', '[']).next().unwrap_or_default().trim();
        if let Some(line) = before.lines().next() {
            return Err(NotDocker::Talks(line.to_owned()));
        }
        let (client, context) = (version(client).unwrap_or_default(), text(client, "Context"));
        return Ok(Versions { client, context, server: Some(server) });
    }
    // A document without the client is no answer, but it is no other program's either.
    if !stdout.trim().is_empty() && document(stdout, Value::is_object).is_none() {
        return Err(NotDocker::Other(stdout.trim().lines().next().unwrap_or_default().to_owned()));
    }
    Ok(Versions { client: version(client).unwrap_or_default(), context: text(client, "Context"), server: None })
}

/// A program that is called `docker` and is not docker's client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDocker {
    /// podman, by its package that provides `docker`.
    Podman,
    /// nerdctl.
    Nerdctl,
    /// A script that prints something of its own before the client's answer: the first line of it.
    Talks(String),
    /// Something else: the first line that it said.
    Other(String),
}

#[cfg(test)]
#[path = "docker_words_tests.rs"]
mod tests;
