//! Hints about engines, builders, base images and what a builder says. All tools are fakes that become good when the
//! right command is called.

use xtask::domain::bootstrap::{MachineFacts, base_problem, engine_step};

use crate::harness::docker::{self, build, failure, first, image, inspect, silent};
use crate::harness::fakes::{Rule, on};
use crate::harness::run::rendered;
use crate::harness::sandbox::Sandbox;
use crate::row::{Row, Step, follow, row};
use crate::world::World;

/// Makes the world good.
pub(crate) const MENDS: &str = ": >\"$marks/good\"";

/// A rule that holds until the world is good.
fn until_good(rule: Rule) -> Rule {
    rule.until("good")
}

pub(crate) fn mend(world: &mut World) {
    std::fs::write(world.sandbox.mark("good"), "").unwrap();
}

/// A sandbox whose docker answers like this until it is good, and then builds everything.
pub(crate) fn until(rules: impl IntoIterator<Item = Rule>, args: &[&str]) -> World {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", first(rules.into_iter().map(until_good)));
    World::new(sandbox, args)
}

/// What a machine of another kind prints when its engine does not answer; the tools of all kinds are there.
fn machine(facts: &MachineFacts) -> World {
    let problem = engine_step(facts).unwrap_err();
    let mut world = until([silent()], &["build", "-q"]).prints(rendered(&problem));
    let sandbox = &mut world.sandbox;
    sandbox.set("USER", "tester");
    sandbox.fake("sudo", [on("*").does("exec \"$@\"")]);
    // An engine is installed first and started then.
    let installs = ": >\"$marks/installed\"";
    let starts = "[ -e \"$marks/installed\" ] || exit 1; : >\"$marks/good\"";
    sandbox.fake("apt-get", [on("install docker.io").does(installs)]);
    sandbox.fake("dnf", [on("install moby-engine docker-cli docker-buildx").does(installs)]);
    sandbox.fake("pacman", [on("-S docker docker-buildx").does(installs)]);
    sandbox.fake("zypper", [on("install docker docker-buildx").does(installs)]);
    sandbox.fake("apk", [on("add docker docker-cli-buildx").does(installs)]);
    sandbox.fake("brew", [on("install colima docker docker-buildx").does(installs)]);
    sandbox.fake("colima", [on("start").does(starts)]);
    sandbox.fake("rc-service", [on("docker start").does(starts)]);
    sandbox.fake("usermod", [on("-aG docker tester").does(MENDS)]);
    if facts.dockerd {
        std::fs::write(sandbox.mark("installed"), "").unwrap();
    }
    sandbox.fake("systemctl", [on("start docker").does(starts)]);
    sandbox.fake("dockerd", [on("").does(starts)]);
    world
}

fn system(name: &str) -> MachineFacts {
    let engine = Err("dial unix /var/run/docker.sock: connect: no such file or directory".to_owned());
    let (dockerd, buildkit, chosen_endpoint, root, systemd) = (false, false, None, false, false);
    MachineFacts { engine, dockerd, buildkit, chosen_endpoint, root, systemd, systems: vec![name.to_owned()] }
}

/// `cargo xtask bootstrap` gets an engine where it can, and says how where it cannot.
fn bootstrap(rules: impl IntoIterator<Item = Rule>) -> World {
    let world = until(rules.into_iter().chain([docker::context("default")]), &["build", "-q"]);
    world.cargo(["engine", "bases"].map(|part| on(&format!("rig up {part}")).does(MENDS)));
    world.sandbox.fake("dockerd", []);
    world.sandbox.fake("systemctl", [on("start docker").does(MENDS)]);
    world
}

/// A client that a package brings.
fn no_client() -> World {
    let world = World::new(Sandbox::new(), &["build", "-q"]);
    let bin = world.sandbox.outside("bin");
    world.sandbox.real("cp");
    world.sandbox.fake("docker", docker::builds_everything());
    std::fs::rename(bin.join("docker"), world.sandbox.mark("docker")).unwrap();
    let installs = format!("cp -p \"$marks/docker\" '{}'", bin.display());
    world.cargo([on("rig up engine").does(&installs)]);
    world.sandbox.fake("dockerd", []);
    world.sandbox.fake("systemctl", [on("start docker").does(&installs)]);
    world
}

fn broken(line: &str) -> Rule {
    build("frontend").says(failure("npm ci", line)).exits(1)
}

fn missing(name: &str) -> Rule {
    inspect(name, &[], true)
}

fn base_that_is_missing(name: &'static str) -> World {
    let world = until([], &["build", "-q", "frontend"]);
    world.sandbox.write("frontend/Dockerfile", &format!("FROM {name}\nCOPY . .\n"));
    world.sandbox.commit();
    world.sandbox.fake(
        "docker",
        first([
            until_good(missing(name)),
            until_good(build("frontend").says("#3 ERROR: lookup x: no such host\n").exits(1)),
            inspect(name, &[image(name)], false),
            on(&format!("pull {name}")).does(MENDS),
            on("load --input debian.tar").does(MENDS),
        ]),
    );
    world.cargo([on("rig up bases").does(MENDS)]);
    world
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = by_hand();
    rows.extend([
        row("run `cargo xtask bootstrap`, which installs it or says how", no_client).needs_root(),
        row("run `cargo xtask bootstrap`, which starts or installs one or says how", || bootstrap([silent()])).needs_root(),
        row("run `cargo xtask bootstrap`, which provides the base images", || {
            let unreachable = "#3 ERROR: failed to do request: dial tcp: lookup x: no such host\n";
            bootstrap([
                missing("node:20-alpine"),
                missing("node:20-alpine python:3.13-slim"),
                on("pull *").complains("dial tcp: lookup registry-1.docker.io: no such host\n").exits(1),
                build("frontend").says(unreachable).exits(1),
            ])
        }),
        row("start that engine, or unset `DOCKER_HOST` and run `docker context use default`", || {
            let mut world = until([], &["bootstrap"]);
            let answers = "[ -e \"$marks/good\" ] || { [ -z \"${DOCKER_HOST+set}\" ] && [ -e \"$marks/default\" ]; }";
            let no_server = "{\"Client\":{\"Version\":\"26.1.5\"},\"Server\":null}";
            let chosen = docker::version().does(&format!("{answers} || {{ echo '{no_server}'; echo 'Cannot connect to the Docker daemon' >&2; exit 1; }}"));
            let uses = on("context use default").does(": >\"$marks/default\"");
            world.sandbox.fake("docker", first([chosen, uses, docker::context("colima")]));
            world.sandbox.set("DOCKER_HOST", "tcp://192.0.2.1:2376");
            world
        })
        .way(&[0, 1])
        .by_hand(mend),
        row("install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)", no_buildx)
            .by_hand(mend),
        row("on Debian or Ubuntu as root, `cargo rig up engine` provides it", no_buildx),
        row("correct {file} and run `cargo xtask build {name}` again", || {
            until([broken("npm error")], &["build", "-q", "frontend"])
        })
        .steps(&[Step::ByHand(mend), Step::Act(0)]),
        row(
            "see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`",
            || {
                let world = until([], &["build", "-q", "frontend"]);
                let prune = |what: &str| on(&format!("{what} prune")).does(": >\"$marks/${2}${1}\"; [ ! -e \"$marks/prunebuilder\" ] || : >\"$marks/good\"");
                let full = until_good(broken("ENOSPC: no space left on device, write"));
                let more = [on("system df").says("Build Cache  12GB\n"), prune("builder"), prune("image"), full];
                world.sandbox.fake("docker", first(more));
                world
            },
        ),
        row("make a stand-in from packages with `cargo rig up bases`", || {
            base_that_is_missing("node:20-alpine").prints(rendered(&base_problem("node:20-alpine", "no such host")))
        }),
        row("fetch it with `docker pull {image}`, or load it from an archive with `docker load --input FILE`", || {
            base_that_is_missing("debian:12").fill("FILE", "debian.tar")
        })
        .way(&[0])
        .way(&[1]),
    ]);
    rows
}

fn no_buildx() -> World {
    let world = until([docker::no_buildx()], &["build", "-q"]);
    world
        .sandbox
        .write("frontend/Dockerfile", "FROM node:20-alpine\nRUN --mount=type=cache,target=/root/.npm npm ci\n");
    world.sandbox.commit();
    world.cargo([on("rig up engine").does(MENDS)]);
    world
}

/// Engines that `bootstrap` does not install or start by itself.
fn by_hand() -> Vec<Row> {
    vec![
        row("run `sudo usermod -aG docker \"$USER\"`, log in again, then run the command again", || {
            let reason = "permission denied while trying to connect to the Docker daemon socket";
            machine(&MachineFacts { engine: Err(reason.to_owned()), dockerd: true, ..system("debian") })
        }),
        row("run `sudo systemctl start docker`", || {
            machine(&MachineFacts { dockerd: true, systemd: true, ..system("debian") })
        }),
        row("run `sudo dockerd` in another terminal", || machine(&MachineFacts { dockerd: true, ..system("debian") })),
        row("run `sudo apt-get install docker.io && sudo systemctl start docker`", || machine(&system("debian"))),
        row("run `sudo dnf install moby-engine docker-cli docker-buildx && sudo systemctl start docker`", || {
            machine(&system("fedora"))
        }),
        row("run `sudo pacman -S docker docker-buildx && sudo systemctl start docker`", || machine(&system("arch"))),
        row("run `apk add docker docker-cli-buildx && rc-service docker start` as root", || machine(&system("alpine"))),
        row("run `sudo zypper install docker docker-buildx && sudo systemctl start docker`", || {
            machine(&system("suse"))
        }),
        row(
            "install and start Docker Desktop, or run `brew install colima docker docker-buildx && colima start`",
            || machine(&system("macos")),
        ),
        row("install the Docker engine for this system and start it; `docker version` must show a server", || {
            let world = machine(&system("haiku"));
            let shows = on("version").says("Client: 26.1.5\nServer: 26.1.5\n");
            let rules = [shows.clone().says("Client: 26.1.5\n").exits(1).until("good"), shows, silent().until("good")];
            world.sandbox.fake("docker", first(rules));
            world
        })
        .steps(&[Step::ByHand(mend), Step::Act(0)]),
    ]
}

#[test]
fn hints_about_engines_help() {
    follow(&rows());
}
