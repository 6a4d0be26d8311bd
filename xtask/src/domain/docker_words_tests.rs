//! Texts of real clients, and what is derived from them.

use proptest::prelude::*;

use super::*;
use crate::domain::docker_problems::{ClientSettings, no_engine};

/// Texts of clients: docker 28.2.2 with an engine 20.10, and others from bug reports.
const SAID: [(&str, Cause); 14] = [
    (
        "Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version",
        Cause::ClientTooOld,
    ),
    (
        "Error response from daemon: client version 9.9 is too new. Maximum supported API version is 1.41",
        Cause::ClientTooNew,
    ),
    (
        "API version 1.20 is not supported by this client: the minimum supported API version is 1.40",
        Cause::ClientTooOld,
    ),
    (
        "Failed to initialize: unable to resolve docker endpoint: context \"gone\": context not found: open meta.json: no such file or directory",
        Cause::Context,
    ),
    ("Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?", Cause::Unreachable),
    (
        "error during connect: Get \"http://foo:2375/v1.50/version\": dial tcp: lookup foo on 10.0.0.1:53: no such host",
        Cause::Unreachable,
    ),
    (
        "error during connect: Get \"http://docker.example.com/v1.50/version\": command [ssh -- nohost docker system dial-stdio] has exited with exit status 255",
        Cause::Unreachable,
    ),
    (
        "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
        Cause::Unreachable,
    ),
    (
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied",
        Cause::Denied,
    ),
    (
        "Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
        Cause::Denied,
    ),
    ("dial unix /run/user/1000/docker.sock: connect: no such file or directory", Cause::Unreachable),
    ("unable to parse docker host `nonsense`", Cause::Unknown),
    ("http: server gave HTTP response to HTTPS client", Cause::Unknown),
    ("exec format error", Cause::Unknown),
];

#[test]
fn words_of_clients_have_their_cause() {
    for (words, expected) in SAID {
        assert_eq!(cause(words), expected, "{words}");
    }
}

#[test]
fn the_reason_is_found_between_warnings_and_notices() {
    for (words, expected) in SAID.iter().filter(|(_, cause)| *cause != Cause::Unknown) {
        let said = format!(
            "WARNING: Error parsing config file (c): unexpected EOF\n{{\"Client\":null}}\n{words}\nSee 'docker --help'.\n"
        );
        assert_eq!(cause(reason(&said).unwrap()), *expected, "{words}");
    }
    assert_eq!(reason("a\n\nlast words \n"), Some("last words"));
    assert_eq!(reason("WARNING: only this\n"), Some("WARNING: only this"));
    assert_eq!(reason(" \n"), None);
    assert_eq!(warnings("WARNING: Error parsing config file (c): EOF\nx"), ["Error parsing config file (c): EOF"]);
}

#[test]
fn each_cause_has_its_own_advice() {
    let settings = ClientSettings::default();
    for (words, cause) in SAID {
        let problem = no_engine(words, &settings);
        assert!(problem.causes.iter().any(|cause| cause == words), "{problem:?}");
        let speaks_of_versions = matches!(cause, Cause::ClientTooOld | Cause::ClientTooNew);
        assert_eq!(problem.message.contains("API version"), speaks_of_versions, "{problem:?}");
        let starts_one = problem.hints.iter().any(|hint| hint.contains("bootstrap"));
        assert_eq!(starts_one, matches!(cause, Cause::Unreachable | Cause::Unknown), "{problem:?}");
    }
}

const DOCKER: &str = r#"{"Client":{"Version":"28.2.2","ApiVersion":"1.41","Context":"default"},"Server":{"Version":"20.10.24+dfsg1","ApiVersion":"1.41"}}"#;

/// The answer of podman 4.3.1 in Debian 12.
const PODMAN: &str = r#"{"Client":{"APIVersion":"4.3.1","Version":"4.3.1","GoVersion":"go1.19.8","GitCommit":"","Built":0,"OsArch":"linux/amd64","Os":"linux"}}"#;

const NERDCTL: &str = r#"{"Client":{"Version":"v1.7.6","GitCommit":"x","Components":[{"Name":"buildctl","Version":""}]},"Server":{"Components":[{"Name":"containerd","Version":"v1.7.16"}]}}"#;

#[test]
fn programs_that_only_look_like_docker_are_recognised() {
    let docker = Versions {
        client: "28.2.2".to_owned(),
        context: Some("default".to_owned()),
        server: Some("20.10.24+dfsg1".to_owned()),
    };
    assert_eq!(versions_of(DOCKER, "WARNING: x\n"), Ok(docker.clone()));
    assert_eq!(versions_of(DOCKER, "a notice of a script\n"), Ok(docker));
    assert_eq!(versions_of(PODMAN, ""), Err(NotDocker::Podman));
    let emulates = "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.\n";
    assert_eq!(versions_of("", emulates), Err(NotDocker::Podman));
    assert_eq!(versions_of("podman version 4.3.1\n", ""), Err(NotDocker::Podman));
    assert_eq!(versions_of(NERDCTL, ""), Err(NotDocker::Nerdctl));
    assert_eq!(versions_of(&format!("hello\n{DOCKER}"), ""), Err(NotDocker::Talks("hello".to_owned())));
    assert_eq!(versions_of("hello\n", ""), Err(NotDocker::Other("hello".to_owned())));
    // A missing engine does not indicate another program.
    let silent = Versions { client: "26.1.5".to_owned(), ..Versions::default() };
    assert_eq!(versions_of(r#"{"Client":{"Version":"26.1.5"},"Server":null}"#, "no"), Ok(silent));
    assert_eq!(versions_of("", "exec format error"), Ok(Versions::default()));
    assert_eq!(versions_of("{}\n", "no"), Ok(Versions::default()));
    // A context or a socket with the other program's name does not, either.
    assert_eq!(versions_of("", "unable to resolve docker endpoint: context \"podman\""), Ok(Versions::default()));
    let silent = Versions { client: "28.2.2".to_owned(), ..Versions::default() };
    let said = "Cannot connect to the Docker daemon at unix:///run/podman/podman.sock.";
    assert_eq!(versions_of(r#"{"Client":{"Version":"28.2.2","ApiVersion":"1.50"},"Server":null}"#, said), Ok(silent));
}

proptest! {
    #[test]
    fn words_that_are_not_known_are_shown_and_decide_nothing(words in "[a-z ]{1,40}") {
        prop_assume!(!words.trim().is_empty() && cause(&words) == Cause::Unknown);
        let problem = no_engine(&words, &ClientSettings::default());
        prop_assert_eq!(problem.message.as_str(), "no Docker engine answers");
        prop_assert_eq!(&problem.causes, &[words]);
    }

    #[test]
    fn any_answer_is_read_without_a_panic(stdout in ".{0,80}", stderr in ".{0,80}") {
        let _read = versions_of(&stdout, &stderr);
        let _reason = reason(&stdout);
    }
}
