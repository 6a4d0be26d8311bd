//! The problems of an unusable docker client or engine, with their remedies.

use super::docker_words::{Cause, NotDocker, cause};
use super::problem::Problem;

/// The user's settings for the client, from the environment.
#[derive(Clone, Debug, Default)]
pub struct ClientSettings {
    /// The value of `DOCKER_API_VERSION`.
    pub api_version: Option<String>,
    /// `DOCKER_HOST` or `DOCKER_CONTEXT` as a sentence, if they select another engine than the default one.
    pub endpoint: Option<String>,
    /// Whether `DOCKER_CONTEXT` is set.
    pub context_variable: bool,
}

/// Returns the problem of a client without an engine; `words` are the client's own.
pub fn no_engine(words: &str, settings: &ClientSettings) -> Problem {
    let cause = cause(words);
    let problem = match cause {
        Cause::ClientTooOld | Cause::ClientTooNew => return versions(words, cause, settings),
        Cause::Context => Problem::new(match quoted(words) {
            Some(name) => format!("the docker context `{name}` cannot be used"),
            None => "the docker context cannot be used".to_owned(),
        }),
        Cause::Denied => Problem::new("this user may not use the Docker engine"),
        Cause::Unreachable | Cause::Unknown => Problem::new("no Docker engine answers"),
    };
    let problem = if words.is_empty() { problem } else { problem.cause(words) };
    match (cause, &settings.endpoint) {
        (Cause::Context, _) if settings.context_variable => {
            problem.hint("unset `DOCKER_CONTEXT`, or set it to one of the names that `docker context ls` shows")
        }
        (Cause::Context, _) => {
            problem.hint("choose another context with `docker context use default`; `docker context ls` shows all")
        }
        (_, Some(endpoint)) => other_engine(problem, endpoint),
        (Cause::Denied, None) => denied(problem),
        (_, None) => problem.hint("run `cargo xtask bootstrap`, which starts or installs one or says how"),
    }
}

/// Adds that the user chose an engine which does not answer. It is never replaced by another one.
pub fn other_engine(problem: Problem, endpoint: &str) -> Problem {
    let note = format!("the docker client is set to another engine than this machine's: {endpoint}");
    problem.note(note).hint("start that engine, or unset `DOCKER_HOST` and run `docker context use default`")
}

/// Adds how to get access to an engine that refuses this user.
pub fn denied(problem: Problem) -> Problem {
    problem
        .note("an engine is running, but this user may not use it")
        .hint("run `sudo usermod -aG docker \"$USER\"`, log in again, then run the command again")
}

/// Returns the problem of a client and an engine without a common API version.
fn versions(words: &str, cause: Cause, settings: &ClientSettings) -> Problem {
    let mut numbers =
        words.split(|letter: char| !letter.is_ascii_digit() && letter != '.').map(|word| word.trim_matches('.'));
    let mut number = || numbers.find(|word| word.split_once('.').is_some_and(|(_, minor)| !minor.is_empty()));
    let (own, limit) = (number(), number());
    let what = "the docker client and the engine have no API version in common";
    let problem = Problem::new(match (own, limit, cause) {
        (Some(own), Some(limit), Cause::ClientTooOld) => {
            format!("{what}: the client uses {own}, and {limit} is the oldest that is accepted")
        }
        (Some(own), Some(limit), _) => {
            format!("{what}: the client uses {own}, and {limit} is the newest that is accepted")
        }
        _ => what.to_owned(),
    });
    let problem = problem.cause(words);
    if let Some(forced) = &settings.api_version {
        let problem =
            problem.note(format!("`DOCKER_API_VERSION` is `{forced}`, so the client does not choose by itself"));
        return problem.hint("unset `DOCKER_API_VERSION`");
    }
    match (cause, limit) {
        (Cause::ClientTooOld, Some(limit)) => {
            problem.hint(format!("install a newer docker client, one with API version {limit} or later"))
        }
        (Cause::ClientTooOld, None) => problem.hint("install a newer docker client"),
        (_, Some(limit)) => problem.hint(format!(
            "set `DOCKER_API_VERSION={limit}` for this engine, or install a newer version of the engine"
        )),
        (_, None) => problem.hint("install a newer version of the engine"),
    }
}

/// Returns the first text in double quotes.
fn quoted(words: &str) -> Option<&str> {
    let (_, rest) = words.split_once('"')?;
    rest.split_once('"').map(|(name, _)| name).filter(|name| !name.is_empty())
}

impl NotDocker {
    /// Returns the problem; `path` is where the program was found.
    pub fn problem(&self, path: Option<&str>) -> Problem {
        let path = path.unwrap_or("docker");
        if let Self::Talks(line) = self {
            return Problem::new(format!("`{path}` prints text of its own before the answer of the docker client"))
                .cause(line)
                .note("on standard output this damages the archives of `docker save`, which are searched for secrets")
                .hint(format!("let `{path}` print it on standard error: add `>&2` to the command that prints it"));
        }
        let problem = match self {
            Self::Podman => Problem::new(format!("`{path}` is podman, not the docker client"))
                .note("podman has no BuildKit, and puts `localhost/` before the names of its images"),
            Self::Nerdctl => Problem::new(format!("`{path}` is nerdctl, not the docker client"))
                .note("nerdctl answers some questions in its own way, so that nothing could be proved of an image"),
            Self::Talks(line) | Self::Other(line) => {
                Problem::new(format!("`{path}` does not answer as the docker client does")).cause(line)
            }
        };
        problem.hint(format!("install Docker's own client, and put its folder before that of `{path}` on PATH"))
    }
}
