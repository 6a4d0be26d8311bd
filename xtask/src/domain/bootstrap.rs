//! The state of a machine, and the steps that make it able to build.

use process::Invocation;

use super::docker_problems::{denied, other_engine};
use super::docker_words::{Cause, cause};
use super::problem::Problem;

/// The state of a machine, as far as a build depends on it.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, gathered one by one")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineFacts {
    /// The engine's version if one answers, otherwise the docker client's own words.
    pub engine: Result<String, String>,
    /// Whether an engine is installed.
    pub dockerd: bool,
    /// Whether the builder is BuildKit.
    pub buildkit: bool,
    /// The endpoint that the user chose in place of the default one (`DOCKER_HOST` or a context), with how it was
    /// chosen.
    pub chosen_endpoint: Option<String>,
    /// Whether this process runs as root.
    pub root: bool,
    /// Whether systemd is the init system.
    pub systemd: bool,
    /// `ID` and `ID_LIKE` of os-release; `macos` or `windows` elsewhere.
    pub systems: Vec<String>,
}

impl MachineFacts {
    fn is(&self, system: &str) -> bool {
        self.systems.iter().any(|name| name == system)
    }

    /// Whether the system is Debian, Ubuntu, or derived from one of them.
    fn is_debian(&self) -> bool {
        self.is("debian") || self.is("ubuntu")
    }
}

/// A step, which is announced before it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootstrapStep {
    /// What the step does, as a sentence fragment.
    pub what: String,
    /// The call of the step.
    pub invocation: Invocation,
}

/// Returns the call of `cargo rig up PART`.
pub fn rig_up(parts: &[&str]) -> Invocation {
    Invocation::new("cargo", ["rig", "up"].into_iter().chain(parts.iter().copied()))
}

/// Returns the step after which an engine answers; none if one answers already.
///
/// # Errors
///
/// The problem of a machine on which xtask cannot provide an engine, with commands for the user.
pub fn engine_step(facts: &MachineFacts) -> Result<Option<BootstrapStep>, Problem> {
    let step = |what: &str, invocation| Ok(Some(BootstrapStep { what: what.to_owned(), invocation }));
    let reason = match &facts.engine {
        Ok(_) if facts.buildkit => return Ok(None),
        Ok(_) if facts.root && facts.is_debian() => {
            return step("getting the buildx plugin for the docker client", rig_up(&["engine"]));
        }
        // The classic builder is enough; a Dockerfile that needs BuildKit is refused later, with a remedy.
        Ok(_) => return Ok(None),
        Err(reason) => reason,
    };
    let problem = match &facts.chosen_endpoint {
        Some(endpoint) => {
            return Err(other_engine(unreachable(reason), endpoint));
        }
        None => unreachable(reason),
    };
    if facts.dockerd && facts.root {
        return if facts.systemd {
            step("starting the installed engine", Invocation::new("systemctl", ["start", "docker"]))
        } else {
            step("starting the installed engine by hand, as no init system does it here", rig_up(&["engine"]))
        };
    }
    if facts.root && facts.is_debian() {
        return step("installing the engine from the distribution's packages and starting it", rig_up(&["engine"]));
    }
    Err(by_hand(facts, problem))
}

fn unreachable(reason: &str) -> Problem {
    let problem = Problem::new("no Docker engine answers");
    if reason.is_empty() { problem } else { problem.cause(reason) }
}

/// Adds the exact commands for systems on which xtask does not run them itself.
fn by_hand(facts: &MachineFacts, problem: Problem) -> Problem {
    if facts.engine.as_ref().is_err_and(|reason| cause(reason) == Cause::Denied) {
        return denied(problem);
    }
    let steps: &[&str] = if facts.dockerd && facts.systemd {
        &["run `sudo systemctl start docker`"]
    } else if facts.dockerd {
        &["run `sudo dockerd` in another terminal"]
    } else if facts.is_debian() {
        &["run `sudo apt-get install docker.io && sudo systemctl start docker`", "or run the command again as root"]
    } else if facts.is("fedora") || facts.is("rhel") || facts.is("centos") {
        &["run `sudo dnf install moby-engine docker-cli docker-buildx && sudo systemctl start docker`"]
    } else if facts.is("arch") {
        &["run `sudo pacman -S docker docker-buildx && sudo systemctl start docker`"]
    } else if facts.is("alpine") {
        &["run `apk add docker docker-cli-buildx && rc-service docker start` as root"]
    } else if facts.is("opensuse") || facts.is("suse") {
        &["run `sudo zypper install docker docker-buildx && sudo systemctl start docker`"]
    } else if facts.is("macos") {
        &["install and start Docker Desktop, or run `brew install colima docker docker-buildx && colima start`"]
    } else {
        &["install the Docker engine for this system and start it; `docker version` must show a server"]
    };
    steps.iter().fold(problem, |problem, step| problem.hint(*step))
}

/// Official images that `cargo rig up bases` makes stand-ins for.
const STAND_INS: [&str; 2] = ["node:20-alpine", "python:3.13-slim"];

/// Whether `cargo rig up bases` can make a stand-in for a base image.
pub fn has_stand_in(image: &str) -> bool {
    STAND_INS.contains(&image)
}

/// Returns the step that makes the stand-ins.
pub fn stand_in_step() -> BootstrapStep {
    BootstrapStep {
        what: "making stand-ins for the base images from packages, as no registry is reachable".to_owned(),
        invocation: rig_up(&["bases"]),
    }
}

/// Returns the problem of a base image that the engine does not have and that cannot be pulled.
pub fn base_problem(image: &str, reason: &str) -> Problem {
    Problem::new(format!("cannot get the base image `{image}`")).cause(reason).hint(how_to_get(image))
}

/// Returns the remedy for a missing base image.
pub fn how_to_get(image: &str) -> String {
    if has_stand_in(image) {
        return "make a stand-in from packages with `cargo rig up bases`".to_owned();
    }
    format!("fetch it with `docker pull {image}`, or load it from an archive with `docker load --input FILE`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare() -> MachineFacts {
        MachineFacts {
            engine: Err("dial unix /var/run/docker.sock: connect: no such file or directory".to_owned()),
            dockerd: false,
            buildkit: false,
            chosen_endpoint: None,
            root: true,
            systemd: false,
            systems: vec!["debian".to_owned()],
        }
    }

    fn call(facts: &MachineFacts) -> String {
        engine_step(facts).unwrap().map_or("nothing".to_owned(), |step| step.invocation.to_string())
    }

    #[test]
    fn the_nearest_way_to_an_engine_is_taken() {
        let answering = MachineFacts { engine: Ok("20.10.24".to_owned()), buildkit: true, ..bare() };
        assert_eq!(call(&answering), "nothing");
        assert_eq!(call(&MachineFacts { buildkit: false, ..answering.clone() }), "cargo rig up engine");
        assert_eq!(call(&MachineFacts { buildkit: false, root: false, ..answering }), "nothing");
        assert_eq!(call(&MachineFacts { dockerd: true, systemd: true, ..bare() }), "systemctl start docker");
        assert_eq!(call(&MachineFacts { dockerd: true, ..bare() }), "cargo rig up engine");
        assert_eq!(call(&bare()), "cargo rig up engine");
    }

    #[test]
    fn where_we_cannot_help_the_exact_steps_are_named() {
        let hints = |facts: &MachineFacts| engine_step(facts).unwrap_err().hints.join(" | ");
        let user = MachineFacts { root: false, ..bare() };
        assert!(hints(&user).contains("sudo apt-get install docker.io"));
        assert_eq!(
            hints(&MachineFacts { dockerd: true, systemd: true, ..user.clone() }),
            "run `sudo systemctl start docker`"
        );
        let mac = MachineFacts { systems: vec!["macos".to_owned()], ..user.clone() };
        assert!(hints(&mac).contains("Docker Desktop"));
        let fedora = MachineFacts { systems: vec!["fedora".to_owned()], ..bare() };
        assert!(hints(&fedora).contains("sudo dnf install"));
        let denied = MachineFacts { engine: Err("permission denied while trying to connect".to_owned()), ..user };
        assert!(hints(&denied).contains("usermod -aG docker"));
    }

    #[test]
    fn an_engine_that_the_user_chose_is_never_replaced() {
        let remote =
            MachineFacts { chosen_endpoint: Some("DOCKER_HOST is `tcp://10.1.1.1:2376`".to_owned()), ..bare() };
        let problem = engine_step(&remote).unwrap_err();
        assert!(problem.notes[0].contains("DOCKER_HOST is"), "{problem:?}");
    }
}
