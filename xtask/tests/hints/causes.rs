//! Hints about docker clients, plugins, contexts and builders that do not work. All tools are fakes that become good
//! when the right command is called.

use std::fs;

use crate::engine::{MENDS, mend, until};
use crate::harness::docker::{self, build, first, inspect, no_buildx, plugins, reference};
use crate::harness::fakes::{Rule, on};
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

const SILENT: &str = "{\"Client\":{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\"},\"Server\":null}\n";

/// A client whose question about versions ends like this until it is good.
fn client(stdout: &str, stderr: &str, calls: impl IntoIterator<Item = Rule>) -> World {
    let version = on("version --format {{json .}}").says(stdout).complains(format!("{stderr}\n")).exits(1);
    let world = until([], &["build", "-q"]);
    world.sandbox.fake("docker", first([version.until("good")].into_iter().chain(calls)));
    world
}

fn too_old(client_version: &str, limit: &str) -> String {
    format!(
        "Error response from daemon: client version {client_version} is too old. Minimum supported API version is {limit}"
    )
}

/// A client that has its answers, and says that no engine fits, unless a variable is as it must be.
fn with_variable(variable: &str, is: &str, words: &str) -> World {
    let world = until([], &["build", "-q"]);
    let test = format!("[ -e \"$marks/good\" ] || [ \"${variable}\" = '{is}' ] || {{ echo '{words}' >&2; exit 1; }}");
    world.sandbox.fake("docker", first([docker::version().does(&test)]));
    world
}

fn context_gone() -> &'static str {
    "unable to resolve docker endpoint: context \"gone\": context not found: open meta.json: no such file or directory"
}

/// A build with buildx that says this and fails, unless the engine's own builder is chosen.
fn builder(says: &str, more: impl IntoIterator<Item = Rule>) -> World {
    let world = until([], &["build", "-q", "frontend"]);
    let bad = format!("[ \"$BUILDX_BUILDER\" = default ] || {{ printf %s '{says}' >&2; exit 1; }}");
    let rules = [build("frontend").does(&bad)];
    world.sandbox.fake("docker", first(rules.into_iter().chain(more)));
    world
}

fn plugin(reason: &str) -> World {
    let broken = plugins(&format!(r#"{{"Name":"buildx","Path":"/p/cli-plugins/docker-buildx","Err":{reason}}}"#));
    let world = until([no_buildx(), broken], &["build", "-q", "frontend"]);
    world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY --link . /\n");
    world.sandbox.commit();
    world.sandbox.fake("chmod", [on("+x /p/cli-plugins/docker-buildx").does(MENDS)]);
    world
}

const STARTS: &str = "#0 building with \"far\" instance using docker-container driver\n\n#1 [internal] booting buildkit\n#1 ERROR: Error response from daemon: connection refused\n------\n > [internal] booting buildkit:\n------\nERROR: Error response from daemon: connection refused\n";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = versions();
    rows.extend(clients());
    rows.extend(builders());
    rows
}

fn versions() -> Vec<Row> {
    vec![
        row("install a newer docker client, one with API version {limit} or later", || {
            client(SILENT, &too_old("1.41", "1.44"), [])
        })
        .by_hand(mend),
        row("set `DOCKER_API_VERSION={limit}` for this engine, or install a newer version of the engine", || {
            let new =
                "Error response from daemon: client version 1.50 is too new. Maximum supported API version is 1.41";
            with_variable("DOCKER_API_VERSION", "1.41", new)
        })
        .way(&[0])
        .by_hand(mend),
        row("unset `DOCKER_API_VERSION`", || {
            let mut world = with_variable("DOCKER_API_VERSION", "", &too_old("1.20", "1.24"));
            world.sandbox.set("DOCKER_API_VERSION", "1.20");
            world
        }),
        row("install a newer docker client", || client(SILENT, "API version is below the minimum", [])).by_hand(mend),
        row("install a newer version of the engine", || client(SILENT, "API version is above the maximum", []))
            .by_hand(mend),
        row("choose another context with `docker context use default`; `docker context ls` shows all", || {
            client("", context_gone(), [on("context use default").does(MENDS), on("context ls").says("default *\n")])
        })
        .way(&[1, 0]),
        row("unset `DOCKER_CONTEXT`, or set it to one of the names that `docker context ls` shows", || {
            let mut world = until([], &["build", "-q"]);
            let gone = context_gone();
            let test = format!("case \"$DOCKER_CONTEXT\" in ''|default) ;; *) echo '{gone}' >&2; exit 1 ;; esac");
            world.sandbox.fake("docker", first([docker::version().does(&test), on("context ls").says("default *\n")]));
            world.sandbox.set("DOCKER_CONTEXT", "gone");
            world
        })
        .way(&[0])
        .steps(&[Step::Act(1), Step::ByHand(|world| world.sandbox.set("DOCKER_CONTEXT", "default"))]),
    ]
}

fn clients() -> Vec<Row> {
    vec![
        row("run it alone to see its output: `{question}`", || {
            let odd = inspect("node:20-alpine python:3.13-slim", &[], false).says("[]").complains("something odd\n");
            until([odd.exits(1)], &["build", "-q"])
        })
        .then(Then::Shows("something odd")),
        row("let `{path}` print it on standard error: add `>&2` to the command that prints it", || {
            let shim =
                "using the shared engine\n{\"Client\":{\"Version\":\"26.1.5\"},\"Server\":{\"Version\":\"26.1.5\"}}";
            until([on("version --format {{json .}}").says(shim)], &["build", "-q"])
        })
        .by_hand(|world| {
            let rules = docker::builds_everything().into_iter().map(|rule| rule.complains("using the shared engine\n"));
            world.sandbox.fake("docker", rules);
        }),
        row("install Docker's own client, and put its folder before that of `{path}` on PATH", || {
            until([on("version --format {{json .}}").says("Hello! This is a tool.\n")], &["build", "-q"])
        })
        .by_hand(mend),
        row("make it a program with `chmod +x {path}`", || {
            plugin("\"failed to fetch metadata: fork/exec /p/cli-plugins/docker-buildx: permission denied\"")
        }),
        row("replace `{path}` by the buildx plugin for this machine, or remove it", || plugin("{}")).by_hand(mend),
        row("make the folder writable, or choose another one with the variable `TASKFLOW_LOG_DIR`", || {
            let mut world = until([], &["build", "-q", "frontend"]);
            let folder = world.sandbox.outside("home/logs");
            fs::write(&folder, "no folder").unwrap();
            world.sandbox.set("TASKFLOW_LOG_DIR", folder.display().to_string());
            let other = world.sandbox.outside("home/other");
            world.value("TASKFLOW_LOG_DIR", other.display().to_string())
        })
        .way(&[0])
        .by_hand(|world| fs::remove_file(world.sandbox.outside("home/logs")).unwrap()),
    ]
}

fn builders() -> Vec<Row> {
    vec![
        row("see why the builder does not start with `docker buildx inspect --bootstrap{name}`", || {
            builder(STARTS, [on("buildx inspect --bootstrap far").complains("connection refused\n").exits(1)])
        })
        .then(Then::Shows("connection refused")),
        row("see the builders that there are with `docker buildx ls`", || {
            builder("ERROR: no builder \"gone\" found\n", [on("buildx ls").says("default docker\n")])
        })
        .then(Then::Shows("default")),
        row("build with the engine's own builder: `{command}`", || builder(STARTS, [])).then(Then::Done),
        row("build with the engine's own builder: `{command}`", || {
            let asked = on("buildx inspect").says("Name:          far\nDriver:        docker-container\n");
            let world = until([], &["build", "-q", "frontend"]);
            let puts = "[ \"$BUILDX_BUILDER\" != default ] || : >\"$marks/good\"";
            let missing = inspect(&reference("frontend"), &[], true).until("good");
            world.sandbox.fake("docker", first([build("frontend").does(puts), missing, asked]));
            world
        })
        .then(Then::Done),
        row("install `{program}`, or remove it from `credsStore` and `credHelpers` in `~/.docker/config.json`", || {
            let says = "#3 [internal] load metadata for docker.io/library/node:20-alpine\n#3 ERROR: error getting credentials - err: exec: \"docker-credential-desktop\": executable file not found in $PATH, out: ``\n------\nERROR: failed to solve: error getting credentials - err: exec: \"docker-credential-desktop\": executable file not found in $PATH, out: ``\n";
            until([build("frontend").says(says).exits(1)], &["build", "-q", "frontend"])
        })
        .by_hand(mend),
        row("see what its registry says with `docker pull {image}`, or correct the image's name in {dockerfile}", || {
            let says = "#3 [internal] load metadata for docker.io/library/node:20-alpine\n#3 ERROR: pull access denied, repository does not exist or may require authorization\n------\n > [internal] load metadata for docker.io/library/node:20-alpine:\n------\nDockerfile:1\n--------------------\n   1 | >>> FROM node:20-alpine\n--------------------\nERROR: failed to solve: node:20-alpine: pull access denied, repository does not exist or may require authorization\n";
            let world = until([build("frontend").says(says).exits(1)], &["build", "-q", "frontend"]);
            let pull = on("pull node:20-alpine").complains("pull access denied\n").exits(1);
            world.sandbox.fake("docker", first([build("frontend").says(says).exits(1).until("good"), pull]));
            world
        })
        .way(&[0])
        .then(Then::Shows("pull access denied")),
    ]
}

#[test]
fn hints_about_causes_help() {
    follow(&rows());
}
