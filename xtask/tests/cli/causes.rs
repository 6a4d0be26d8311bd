//! What is said where docker, its builder or its settings do not work: the cause, and a remedy for that cause.

use std::fs;

use snapbox::{IntoData, str};

use crate::harness::docker::{self, build, first, inspect, reference};
use crate::harness::fakes::{Rule, on};
use crate::harness::run::compare;
use crate::harness::sandbox::Sandbox;

/// A client whose question about versions ends like this.
fn client(stdout: &str, stderr: &str) -> Rule {
    on("version --format {{json .}}").says(stdout).complains(format!("{stderr}\n")).exits(1)
}

const SILENT: &str = "{\"Client\":{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\"},\"Server\":null}\n";

#[track_caller]
fn refused(variables: &[(&str, &str)], rules: impl IntoIterator<Item = Rule>, expected: impl IntoData) {
    let mut sandbox = Sandbox::new();
    for (name, value) in variables {
        sandbox.set(name, *value);
    }
    sandbox.fake("docker", rules);
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(expected);
    assert!(!sandbox.transcript().contains("--tag"), "{}", sandbox.transcript());
}

#[track_caller]
fn fails(rules: impl IntoIterator<Item = Rule>, expected: impl IntoData) {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first(rules));
    sandbox.xtask(&["build", "-q", "frontend"]).code(1).stdout("").stderr(expected);
}

#[test]
fn client_and_engine_without_a_version_in_common() {
    let old = "Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version";
    refused(
        &[],
        [client(SILENT, old)],
        str![[r#"
error: the docker client and the engine have no API version in common: the client uses 1.41, and 1.44 is the oldest that is accepted
caused by: Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version
hint: install a newer docker client, one with API version 1.44 or later

"#]],
    );
    let new = "Error response from daemon: client version 1.50 is too new. Maximum supported API version is 1.41";
    refused(
        &[],
        [client(SILENT, new)],
        str![[r#"
error: the docker client and the engine have no API version in common: the client uses 1.50, and 1.41 is the newest that is accepted
caused by: Error response from daemon: client version 1.50 is too new. Maximum supported API version is 1.41
hint: set `DOCKER_API_VERSION=1.41` for this engine, or install a newer version of the engine

"#]],
    );
    let forced = "Error response from daemon: client version 1.20 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version";
    refused(
        &[("DOCKER_API_VERSION", "1.20")],
        [client(SILENT, forced)],
        str![[r#"
error: the docker client and the engine have no API version in common: the client uses 1.20, and 1.24 is the oldest that is accepted
caused by: Error response from daemon: client version 1.20 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version
note: `DOCKER_API_VERSION` is `1.20`, so the client does not choose by itself
hint: unset `DOCKER_API_VERSION`

"#]],
    );
    refused(
        &[],
        [client(SILENT, "API version is below the minimum")],
        str![[r#"
error: the docker client and the engine have no API version in common
caused by: API version is below the minimum
hint: install a newer docker client

"#]],
    );
    refused(
        &[],
        [client(SILENT, "API version is above the maximum")],
        str![[r#"
error: the docker client and the engine have no API version in common
caused by: API version is above the maximum
hint: install a newer version of the engine

"#]],
    );
}

#[test]
fn contexts_and_addresses_that_do_not_work() {
    let gone = "Failed to initialize: unable to resolve docker endpoint: context \"gone\": context not found: open meta.json: no such file or directory";
    refused(
        &[],
        [client("", gone)],
        str![[r#"
error: the docker context `gone` cannot be used
caused by: Failed to initialize: unable to resolve docker endpoint: context "gone": context not found: open meta.json: no such file or directory
hint: choose another context with `docker context use default`; `docker context ls` shows all

"#]],
    );
    refused(
        &[("DOCKER_CONTEXT", "gone")],
        [client("", gone)],
        str![[r#"
error: the docker context `gone` cannot be used
caused by: Failed to initialize: unable to resolve docker endpoint: context "gone": context not found: open meta.json: no such file or directory
hint: unset `DOCKER_CONTEXT`, or set it to one of the names that `docker context ls` shows

"#]],
    );
    refused(
        &[],
        [client("", "unable to resolve docker endpoint: no such thing")],
        str![[r#"
error: the docker context cannot be used
caused by: unable to resolve docker endpoint: no such thing
hint: choose another context with `docker context use default`; `docker context ls` shows all

"#]],
    );
    let dead = "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?";
    refused(
        &[("DOCKER_HOST", "tcp://127.0.0.1:1")],
        [client(SILENT, dead)],
        str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?
note: the docker client is set to another engine than this machine's: DOCKER_HOST is `tcp://127.0.0.1:1`
hint: start that engine, or unset `DOCKER_HOST` and run `docker context use default`

"#]],
    );
    let denied = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied";
    refused(
        &[],
        [client(SILENT, denied)],
        str![[r#"
error: this user may not use the Docker engine
caused by: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied
note: an engine is running, but this user may not use it
hint: run `sudo usermod -aG docker "$USER"`, log in again, then run the command again

"#]],
    );
}

#[test]
fn words_that_are_not_known_are_shown() {
    refused(
        &[],
        [client(SILENT, "http: server gave HTTP response to HTTPS client")],
        str![[r#"
error: no Docker engine answers
caused by: http: server gave HTTP response to HTTPS client
hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]],
    );
    let odd = inspect("node:20-alpine python:3.13-slim", &[], false).says("[]").complains("something odd\n").exits(1);
    refused(
        &[],
        first([odd]),
        str![[r#"
error: `docker image inspect node:20-alpine python:3.13-slim` failed
caused by: something odd
hint: run it alone to see its output: `docker image inspect node:20-alpine python:3.13-slim`

"#]],
    );
    let gone = inspect("node:20-alpine python:3.13-slim", &[], false).says("[]");
    let gone = gone.complains("Cannot connect to the Docker daemon at unix:///x.sock.\n").exits(1);
    refused(
        &[],
        first([gone]),
        str![[r#"
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at unix:///x.sock.
hint: run `cargo xtask bootstrap`, which starts or installs one or says how

"#]],
    );
}

#[test]
fn programs_that_only_look_like_docker() {
    let answers = |text: &str| on("version --format {{json .}}").says(text);
    let podman = r#"{"Client":{"APIVersion":"4.3.1","Version":"4.3.1","GoVersion":"go1.19.8","OsArch":"linux/amd64"}}"#;
    let emulates = "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.\n";
    refused(
        &[],
        [answers(podman).complains(emulates)],
        str![[r#"
error: `[BASE]/bin/docker` is podman, not the docker client
note: podman has no BuildKit, and puts `localhost/` before the names of its images
hint: install Docker's own client, and put its folder before that of `[BASE]/bin/docker` on PATH

"#]],
    );
    let nerdctl = r#"{"Client":{"Version":"v1.7.6","Components":[{"Name":"buildctl"}]},"Server":{"Components":[{"Name":"containerd"}]}}"#;
    refused(
        &[],
        [answers(nerdctl)],
        str![[r#"
error: `[BASE]/bin/docker` is nerdctl, not the docker client
note: nerdctl answers some questions in its own way, so that nothing could be proved of an image
hint: install Docker's own client, and put its folder before that of `[BASE]/bin/docker` on PATH

"#]],
    );
    refused(
        &[],
        [answers("Hello! This is a tool.\n")],
        str![[r#"
error: `[BASE]/bin/docker` does not answer as the docker client does
caused by: Hello! This is a tool.
hint: install Docker's own client, and put its folder before that of `[BASE]/bin/docker` on PATH

"#]],
    );
    let shim = r#"using the shared engine
{"Client":{"Version":"26.1.5"},"Server":{"Version":"26.1.5"}}"#;
    refused(
        &[],
        [answers(shim)],
        str![[r#"
error: `[BASE]/bin/docker` prints text of its own before the answer of the docker client
caused by: using the shared engine
note: on standard output this damages the archives of `docker save`, which are searched for secrets
hint: let `[BASE]/bin/docker` print it on standard error: add `>&2` to the command that prints it

"#]],
    );
}

#[test]
fn a_notice_on_standard_error_changes_nothing() {
    let sandbox = Sandbox::new();
    let rules = docker::builds_everything().into_iter().map(|rule| rule.complains("using the shared engine\n"));
    let missing = inspect("node:20-alpine", &[], true)
        .complains("using the shared engine\nError: No such image: node:20-alpine\n");
    let build = build("frontend").complains("using the shared engine\n");
    sandbox.fake("docker", [missing, build].into_iter().chain(rules));
    sandbox.xtask(&["build", "-q", "frontend"]).code(0).stdout("taskflow-frontend:1.0.0-main\n").stderr("");
}

#[test]
fn settings_that_the_client_cannot_read() {
    let sandbox = Sandbox::new();
    let warns = docker::version().complains("WARNING: Error parsing config file (/c/config.json): unexpected EOF\n");
    sandbox.fake("docker", first([warns]));
    sandbox.xtask(&["build", "-q", "frontend"]).code(0).stderr(str![[r#"
warning: the docker client says: Error parsing config file (/c/config.json): unexpected EOF

"#]]);
}

#[test]
fn a_buildx_plugin_that_cannot_be_run() {
    let plugin = |reason: &str| {
        docker::plugins(&format!(r#"{{"Name":"buildx","Path":"/p/cli-plugins/docker-buildx","Err":{reason}}}"#))
    };
    let denied = plugin("\"failed to fetch metadata: fork/exec /p/cli-plugins/docker-buildx: permission denied\"");
    let sandbox = Sandbox::new();
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY --link . /\n");
    sandbox.fake("docker", first([docker::no_buildx(), denied.clone()]));
    sandbox.xtask(&["build", "frontend"]).code(2).stdout("").stderr(str![[r#"
error: cannot build `frontend` with the classic builder: `COPY --link` needs BuildKit
  --> frontend/Dockerfile:2
note: the buildx plugin `/p/cli-plugins/docker-buildx` cannot be run: failed to fetch metadata: fork/exec /p/cli-plugins/docker-buildx: permission denied
hint: make it a program with `chmod +x /p/cli-plugins/docker-buildx`

"#]]);
    let sandbox = Sandbox::new();
    let classic = on("build * ./frontend");
    for (number, plugin) in [denied, plugin("{}")].into_iter().enumerate() {
        sandbox.fake("docker", first([docker::no_buildx(), plugin, classic.clone()]));
        let run = sandbox.xtask(&["build", "-q", "frontend"]).code(0).stdout("taskflow-frontend:1.0.0-main\n");
        match number {
            0 => drop(run.stderr(str![[r#"
warning: the buildx plugin `/p/cli-plugins/docker-buildx` cannot be run: failed to fetch metadata: fork/exec /p/cli-plugins/docker-buildx: permission denied
note: the classic builder builds instead
hint: make it a program with `chmod +x /p/cli-plugins/docker-buildx`

"#]])),
            _ => drop(run.stderr(str![[r#"
warning: the buildx plugin `/p/cli-plugins/docker-buildx` cannot be run
note: the classic builder builds instead
hint: replace `/p/cli-plugins/docker-buildx` by the buildx plugin for this machine, or remove it

"#]])),
        }
    }
}

/// A build with buildx that says this and fails.
fn buildx(said: &str) -> Rule {
    build("frontend").complains(said).exits(1)
}

#[test]
fn a_builder_that_cannot_start_is_no_mistake_in_the_dockerfile() {
    fails(
        [
            buildx(
                "#0 building with \"far\" instance using docker-container driver\n\n#1 [internal] booting buildkit\n\
             #1 pulling image example.org/no/buildkit:1\n#1 ERROR: Error response from daemon: Get \"http://example.org/v2/\": dial tcp 127.0.0.1:1: connect: connection refused\n\
             ------\n > [internal] booting buildkit:\n------\nERROR: Error response from daemon: connection refused\n",
            ),
            inspect("node:20-alpine", &[], true),
        ],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed: the builder `far` (driver `docker-container`) does not work
caused by: Error response from daemon: Get "http://example.org/v2/": dial tcp 127.0.0.1:1: connect: connection refused
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: see why the builder does not start with `docker buildx inspect --bootstrap far`
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
    fails(
        [buildx("ERROR: no builder \"gone\" found\n")],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed: the builder `gone` does not work
caused by: ERROR: no builder "gone" found
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: see the builders that there are with `docker buildx ls`
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
    fails(
        [buildx("ERROR: failed to list workers: Unavailable: connection error\n")],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed: the builder of buildx does not work
caused by: ERROR: failed to list workers: Unavailable: connection error
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: see why the builder does not start with `docker buildx inspect --bootstrap`
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
}

#[test]
fn an_image_that_stays_in_the_builder() {
    let missing = || inspect(&reference("frontend"), &[], true);
    let asked =
        on("buildx inspect").says("Name:          far\nDriver:        docker-container\n\nNodes:\nName: far0\n");
    fails(
        [build("frontend").says("#1 DONE 0.0s\n"), missing(), asked],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: the builder reported success, but the engine has no such image
note: builder `far` (driver `docker-container`) keeps its images to itself until it has put them into the engine
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
    let said = "#0 building with \"near\" instance using kubernetes driver\n";
    fails(
        [build("frontend").says(said), missing()],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: the builder reported success, but the engine has no such image
note: builder `near` (driver `kubernetes`) keeps its images to itself until it has put them into the engine
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
    let said = format!("{said}#9 sending tarball\n#9 ERROR: write: broken pipe\nERROR: failed to solve: broken pipe\n");
    fails(
        [buildx(&said)],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: write: broken pipe
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: builder `near` (driver `kubernetes`) keeps its images to itself until it has put them into the engine
hint: build with the engine's own builder: `BUILDX_BUILDER=default cargo xtask build frontend`

"#]],
    );
}

#[test]
fn a_base_image_that_its_registry_refuses() {
    fails(
        [buildx(
            "#3 [internal] load metadata for docker.io/library/nosuch:1\n#3 ERROR: pull access denied, repository does not exist or may require authorization\n\
             ------\nDockerfile:1\n--------------------\nERROR: failed to solve: nosuch:1: pull access denied\n",
        )],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[internal] load metadata for docker.io/library/nosuch:1`
  --> frontend/Dockerfile:1
caused by: pull access denied, repository does not exist or may require authorization
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: see what its registry says with `docker pull nosuch:1`, or correct the image's name in frontend/Dockerfile

"#]],
    );
    fails(
        [buildx(
            "#3 [internal] load metadata for docker.io/library/node:20-alpine\n#3 ERROR: error getting credentials - err: exec: \"docker-credential-desktop\": executable file not found in $PATH, out: ``\n\
             ------\nERROR: failed to solve: error getting credentials\n",
        )],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[internal] load metadata for docker.io/library/node:20-alpine`
caused by: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: the docker client asks `docker-credential-desktop` for the registry's password, as its config.json says
hint: install `docker-credential-desktop`, or remove it from `credsStore` and `credHelpers` in `~/.docker/config.json`

"#]],
    );
}

#[test]
fn bookkeeping_that_fails_is_blamed_on_nothing() {
    fails(
        [buildx("#3 [internal] load build context\n#3 ERROR: rpc error: lost\nERROR: failed to solve: lost\n")],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[internal] load build context`
caused by: rpc error: lost
note: full log: [ROOT]/target/xtask/logs/frontend.log

"#]],
    );
    fails(
        [buildx("unknown flag: --provenance\nSee 'docker buildx build --help'.\n")],
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: unknown flag: --provenance
  See 'docker buildx build --help'.
note: full log: [ROOT]/target/xtask/logs/frontend.log

"#]],
    );
}

#[test]
fn a_question_on_the_terminal_is_named_with_who_asks() {
    let asks = "read answer </dev/tty";
    // `script` gives the run a terminal of its own, whose foreground is xtask's group.
    let on_a_terminal = |sandbox: &Sandbox, args: &str| {
        let call = format!("{} {args}", env!("CARGO_BIN_EXE_xtask"));
        let mut command = sandbox.program("/usr/bin/script", &["--quiet", "--return", "--command", &call, "/dev/null"]);
        let run = sandbox.finished(&command.env("TERM", "dumb").output().unwrap());
        (run.code, run.stdout.replace('\r', ""))
    };
    let sandbox = Sandbox::new();
    sandbox.fake("ssh", [on("*").does(asks)]);
    sandbox.fake("docker", [on("version --format {{json .}}").does("ssh host docker system dial-stdio")]);
    let (code, said) = on_a_terminal(&sandbox, "build");
    assert_eq!(code, 2, "{said}");
    compare(
        &said,
        str![[r#"
error: `ssh` wants to ask something on the terminal, started by `docker`
hint: load the key with `ssh-add`, and connect to the host once with `ssh` to accept its key

"#]],
    );
    sandbox.fake("docker", first([build("frontend").does(asks)]));
    let (code, said) = on_a_terminal(&sandbox, "build -q frontend");
    assert_eq!(code, 1, "{said}");
    compare(
        &said,
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: `docker` wants to ask something on the terminal
hint: run it by itself once and answer it there: `docker buildx build --progress=plain --load --provenance=false --sbom=false --label org.opencontainers.image.title=taskflow-frontend --label org.opencontainers.image.version=1.0.0-main --label org.opencontainers.image.revision=[COMMIT] --label org.opencontainers.image.created=2026-01-02T03:04:05Z --label org.opencontainers.image.base.name=node:20-alpine --label dev.taskflow.component=frontend --label dev.taskflow.branch=main --tag taskflow-frontend:1.0.0-main ./frontend`; then run this command again

"#]],
    );
}

#[test]
fn an_answer_without_an_end() {
    refused(
        &[],
        [on("version --format {{json .}}").does("while :; do printf %0100000d 0; done")],
        str![[r#"
error: `docker` printed more than 256 MB

"#]],
    );
}

#[test]
fn hints_about_files_name_them_as_a_shell_needs_them() {
    let said = r#"{"Name":"buildx","Path":"/my plugins/docker-buildx","Err":"permission denied"}"#;
    let sandbox = Sandbox::new();
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY --link . /\n");
    sandbox.fake("docker", first([docker::no_buildx(), docker::plugins(said)]));
    let run = sandbox.xtask(&["build", "frontend"]).code(2);
    assert!(run.stderr.contains("`chmod +x '/my plugins/docker-buildx'`"), "{}", run.stderr);
    assert!(!fs::exists(sandbox.root.join("target")).unwrap());
}
