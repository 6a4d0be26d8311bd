//! A Minikube node on this machine: a real minikube client, and an engine that it reaches by ssh.
//!
//! The profile uses the client's driver `ssh`, for machines that minikube does not manage. The client logs in to this
//! machine as root, and the docker client of that session speaks to the node's engine. No Kubernetes runs on it.

use anyhow::Result;
use process::shell_quoted;
use serde_json::json;

use crate::apt::{self, Need, need};
use crate::cache::{Cache, text};
use crate::command::find;
use crate::go::{self, Set};
use crate::part::names::NODE as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::separate::{Engine, Setup, system_program};
use crate::ui;

mod home;
mod ssh;

use home::Home;
use ssh::Ssh;

/// The name of the profile.
const PROFILE: &str = "minikube";
const NEEDS: [Need; 3] = [
    need("sshd", "openssh-server"),
    need("ssh-keygen", "openssh-client"),
    // The client runs its commands on a node with sudo.
    need("sudo", "sudo"),
];

/// The minikube client.
pub const MINIKUBE: Set = Set {
    name: "minikube",
    what: "minikube v1.38.1",
    time: "about 3 minutes on two cores",
    module: include_str!("../../../go/minikube/go.mod"),
    sums: include_str!("../../../go/minikube/go.sum"),
    packages: &["k8s.io/minikube/cmd/minikube"],
    // Without this tag, the build needs libvirt's headers.
    tags: "libvirt_dlopen",
    variables: &["k8s.io/minikube/pkg/version.version=v1.38.1"],
    c_code: Some(&[]),
};

/// The part `node`.
#[derive(Debug)]
pub struct Node;

impl Part for Node {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let engine = Engine::look(cache, NAME);
        engine.require()?;
        // Requirements are checked first: without Go, nothing is installed.
        go::ensure(cache, NAME, &[&MINIKUBE])?;
        Engine::ensure_packages(cache, NAME)?;
        apt::ensure(cache, NAME, &NEEDS)?;
        if find("docker").is_none() {
            // Newer releases have a separate package for the client.
            apt::ensure(cache, NAME, &[need("docker", "docker-cli")])?;
        }
        // The storage driver of the client's own nodes, which they set explicitly.
        let settings = json!({ "storage-driver": "overlay2" });
        let program = system_program()?;
        let setup = Setup { program: &program, prefer: &[], settings: &settings, made_of: "", outside: false };
        engine.up(&setup)?;
        let ssh = Ssh::up(cache, engine.folder(), &engine.host())?;
        let home = Home::of(engine.folder());
        home.write(PROFILE, &ssh)?;
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        let program = MINIKUBE.bin(cache);
        ui::lines(
            NAME,
            "to use it from a shell:",
            &[
                format!("export MINIKUBE_HOME={}", shell_quoted(home.path())),
                format!("export PATH={}:$PATH", shell_quoted(&program)),
            ],
        );
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        let engine = Engine::look(cache, NAME);
        let ssh = Ssh::down(cache, engine.folder())?;
        if !engine.down()? && !ssh {
            ui::note(NAME, "was not up");
        }
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let engine = Engine::look(cache, NAME);
        let (state, detail) = engine.state(false);
        if state != State::Up {
            return Status::new(state, detail);
        }
        if !MINIKUBE.is_built(cache) {
            return Status::new(State::Partial, format!("{detail}, but no minikube client"));
        }
        let home = Home::of(engine.folder());
        let works = |ssh: &Ssh| ssh.answers() && ssh.has_files() && home.is_written(PROFILE, ssh);
        let Some(ssh) = Ssh::look(cache, engine.folder()).filter(works) else {
            return Status::new(State::Partial, format!("{detail}, but the client cannot use it"));
        };
        let port = ssh.port.to_string();
        Status::new(State::Up, format!("{}, {detail}, ssh on port {port}", MINIKUBE.what))
            .fact("minikube", text(&MINIKUBE.program(cache, "minikube")))
            .fact("minikube_home", text(home.path()))
            .fact("profile", PROFILE)
            .fact("docker_host", engine.host())
            .fact("ssh_port", port)
            .fact("files", text(&ssh.files()))
            .fact("mount_namespace", ssh.mount_namespace())
    }
}
