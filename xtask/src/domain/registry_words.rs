//! Texts of docker clients, engines, and registries that decide about the cause of a refusal. All of them are in this
//! table, with where they were seen. A text that is not in it has no known cause, and is shown as it is.

use super::docker_words;
use super::image::Tag;

/// Why a registry did not do what it was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The tag exists, and the registry lets no tag be overwritten.
    Immutable,
    /// The registry does not know the user.
    Login,
    /// The registry knows the user, and refuses.
    Denied,
    /// The registry speaks HTTP, and the client expected TLS.
    PlainHttp,
    /// The registry did not answer, or the connection was lost, so that it may or may not have done its part.
    NoAnswer,
    /// The text is not known.
    Other,
}

/// Texts that must all occur in one line, in lower case, with their cause. The first row that matches decides.
const TABLE: [(&[&str], Cause); 42] = [
    // Amazon ECR, Alibaba, Quay, Mirantis.
    (&["cannot be overwritten"], Cause::Immutable),
    // Harbor.
    (&["configured as immutable"], Cause::Immutable),
    // Google.
    (&["enabled tag immutability"], Cause::Immutable),
    // Nexus, before and after 3.96.
    (&["does not allow updating assets"], Cause::Immutable),
    (&["asset already exists and redeploy is not allowed"], Cause::Immutable),
    // Engines 20.10 to 29 about a password that is missing or wrong.
    (&["no basic auth credentials"], Cause::Login),
    (&["authentication required"], Cause::Login),
    (&["incorrect username or password"], Cause::Login),
    (&["unauthorized"], Cause::Login),
    (&["failed to fetch anonymous token"], Cause::Login),
    // buildx, and engines with the containerd store; they say it of a repository that does not exist, too.
    (&["may require authorization"], Cause::Login),
    (&["insufficient_scope"], Cause::Login),
    (&["denied"], Cause::Denied),
    (&["403 forbidden"], Cause::Denied),
    // Azure, about a locked tag or repository.
    (&["operation is disallowed"], Cause::Denied),
    (&["gave http response to https client"], Cause::PlainHttp),
    (&["no such host"], Cause::NoAnswer),
    (&["server misbehaving"], Cause::NoAnswer),
    (&["temporary failure in name resolution"], Cause::NoAnswer),
    (&["connection refused"], Cause::NoAnswer),
    (&["connection reset"], Cause::NoAnswer),
    (&["connection timed out"], Cause::NoAnswer),
    (&["closed network connection"], Cause::NoAnswer),
    (&["server closed idle connection"], Cause::NoAnswer),
    (&["server sent goaway"], Cause::NoAnswer),
    (&["broken pipe"], Cause::NoAnswer),
    (&["unexpected eof"], Cause::NoAnswer),
    (&["\": eof"], Cause::NoAnswer),
    (&["i/o timeout"], Cause::NoAnswer),
    (&["tls handshake timeout"], Cause::NoAnswer),
    (&["deadline exceeded"], Cause::NoAnswer),
    (&["timeout exceeded"], Cause::NoAnswer),
    (&["timeout awaiting response headers"], Cause::NoAnswer),
    (&["network is unreachable"], Cause::NoAnswer),
    (&["no route to host"], Cause::NoAnswer),
    (&["malformed http response"], Cause::NoAnswer),
    (&["500 internal server error"], Cause::NoAnswer),
    (&["502 bad gateway"], Cause::NoAnswer),
    (&["503 service unavailable"], Cause::NoAnswer),
    (&["504 gateway time"], Cause::NoAnswer),
    (&["gave no answer within"], Cause::NoAnswer),
    (&["client connection lost"], Cause::NoAnswer),
];

/// Returns the cause that a line indicates.
pub fn cause(words: &str) -> Cause {
    let words = words.to_lowercase();
    let fits = |(parts, _): &&(&[&str], Cause)| parts.iter().all(|part| words.contains(part));
    TABLE.iter().find(fits).map_or(Cause::Other, |(_, cause)| *cause)
}

/// Returns the line that gives the reason: the first one with a known cause, otherwise the one that the client would
/// give as its own reason.
pub fn reason(said: &str) -> &str {
    let lines = said.lines().map(str::trim);
    let known = lines.clone().find(|line| !is_progress(line) && cause(line) != Cause::Other);
    let last = || lines.rev().find(|line| !line.is_empty() && !line.starts_with("See '") && !is_progress(line));
    known.or_else(last).unwrap_or("the docker client printed nothing")
}

/// Whether a line reports the upload of a layer, which the engine repeats by itself.
fn is_progress(line: &str) -> bool {
    let is_layer = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    line.split_once(": ").is_some_and(|(id, _)| is_layer(id))
}

/// Whether the client itself has no engine: the words are not a registry's.
pub fn is_about_engine(words: &str) -> bool {
    let words = words.to_lowercase();
    let engine = ["docker daemon", "docker api", "dial unix", "resolve docker endpoint", "context not found"];
    engine.iter().any(|part| words.contains(part)) && docker_words::cause(&words) != docker_words::Cause::Unknown
}

/// Whether a line reports that the registry has no such tag: `ERROR: HOST/NAME:TAG: not found` of buildx 0.13 to 0.29,
/// or `no such manifest: HOST/NAME:TAG` of clients 20.10 to 29.
pub fn is_absent(line: &str, tag: &Tag) -> bool {
    let line = line.trim();
    line.ends_with(&format!(":{tag}: not found"))
        || (line.starts_with("no such manifest: ") && line.ends_with(&format!(":{tag}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What clients print, each with the cause. The registries were real, or a front with their words.
    #[test]
    fn every_text_has_its_cause() {
        for (said, expected) in [
            (
                "tag invalid: The image tag '1.0.0' already exists in the 'team/a' repository and cannot be overwritten because the repository is immutable.",
                Cause::Immutable,
            ),
            ("unknown: Failed to process request due to 'a:1.0.0' configured as immutable.", Cause::Immutable),
            (
                "manifest invalid: cannot update tag 1.0.0. The repository has enabled tag immutability",
                Cause::Immutable,
            ),
            ("unknown: tag is immutable and cannot be overwritten", Cause::Immutable),
            ("unknown: tag=1.0.0 cannot be overwritten because team/a is an immutable repository", Cause::Immutable),
            ("unknown: Repository does not allow updating assets: docker-hosted", Cause::Immutable),
            ("no basic auth credentials", Cause::Login),
            ("unauthorized: authentication required", Cause::Login),
            ("push access denied, repository does not exist or may require authorization: x", Cause::Login),
            ("denied: requested access to the resource is denied", Cause::Denied),
            (
                "ERROR: unexpected status from HEAD request to http://127.0.0.1:5000/v2/a/manifests/1: 403 Forbidden",
                Cause::Denied,
            ),
            ("Get \"https://r:5000/v2/\": http: server gave HTTP response to HTTPS client", Cause::PlainHttp),
            ("Put \"http://127.0.0.1:5000/v2/team/a/manifests/1.0.0\": EOF", Cause::NoAnswer),
            ("received unexpected HTTP status: 500 Internal Server Error", Cause::NoAnswer),
            ("ERROR: failed to do request: Head \"https://r/v2/\": dial tcp: lookup r: no such host", Cause::NoAnswer),
            ("toomanyrequests: You have reached your pull rate limit.", Cause::Other),
            ("unknown flag: --prefer-index", Cause::Other),
        ] {
            assert_eq!(cause(said), expected, "{said}");
        }
    }

    #[test]
    fn the_reason_is_not_a_line_of_progress() {
        let said = "The push refers to repository [r/a]\n99913e2adad3: Retrying in 5 seconds: EOF\n\
                    99913e2adad3: unauthorized layer\ndenied: x\n";
        assert_eq!(reason(said), "denied: x");
        assert_eq!(reason("unknown flag: --x\nSee 'docker push --help'.\n"), "unknown flag: --x");
        assert_eq!(reason("99913e2adad3: Pushed\n"), "the docker client printed nothing");
    }

    #[test]
    fn a_missing_tag_is_no_missing_program() {
        let tag: Tag = "1.0.0".parse().unwrap();
        assert!(is_absent("ERROR: 127.0.0.1:5000/team/a:1.0.0: not found", &tag));
        assert!(is_absent("no such manifest: 127.0.0.1:5000/team/a:1.0.0\n", &tag));
        for other in [
            "ERROR: 127.0.0.1:5000/team/a:1.0: not found",
            "error getting credentials - err: exec: \"docker-credential-x\": executable file not found in $PATH, out: ``",
            "ERROR: no builder \"gone\" found",
            "",
        ] {
            assert!(!is_absent(other, &tag), "{other}");
        }
    }

    #[test]
    fn an_engine_that_is_gone_is_no_registry() {
        assert!(is_about_engine("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"));
        assert!(!is_about_engine("Get \"http://127.0.0.1:5000/v2/\": dial tcp: connect: connection refused"));
    }
}
