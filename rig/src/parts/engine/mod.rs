//! A Docker engine at the user's endpoint, with buildx.

use anyhow::Result;

use crate::apt::{self, need};
use crate::cache::Cache;
use crate::command::find;
use crate::failure::Failure;
use crate::part::names::ENGINE as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::{docker, host, ui};

mod buildx;
mod dockerd;

use dockerd::Dockerd;

const BY_HAND: [&str; 2] = [
    "apt-get update && apt-get install --no-install-recommends docker.io iptables",
    "systemctl start docker    (without systemd: dockerd &)",
];

/// The part `engine`.
#[derive(Debug)]
pub struct Engine;

impl Part for Engine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let dockerd = Dockerd::new(cache)?;
        let mut status = self.status(cache);
        if status.state != State::Up {
            start(cache, &dockerd)?;
            status = self.status(cache);
        }
        dockerd.adopt()?;
        if !status.facts.contains_key("buildx") {
            buildx::provide(cache);
            status = self.status(cache);
        }
        ui::note(NAME, &format!("up ({})", status.detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        let dockerd = Dockerd::new(cache)?;
        buildx::unlink(cache)?;
        if dockerd.stop()? {
            return Ok(());
        }
        let engine = docker::engine();
        ui::note(NAME, if engine.is_some() { "left alone: the rig did not start it" } else { "was not up" });
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let dockerd = Dockerd::look(cache);
        let owner = dockerd.owner();
        let Some(version) = docker::engine() else {
            return match owner {
                Some(owner) => Status::new(State::Partial, format!("{owner}, but it does not answer")),
                None => Status::new(State::Down, "no engine answers"),
            };
        };
        let builder = docker::buildx();
        let ours = owner.is_some();
        let detail = format!(
            "Docker Engine {version}, {}, {}",
            owner.as_deref().unwrap_or("not started by the rig"),
            builder.as_deref().map_or("no buildx".to_owned(), |version| format!("buildx {version}")),
        );
        let mut status = Status::new(State::Up, detail).fact("version", version).fact("ours", ours.to_string());
        if let Some(version) = builder {
            status = status.fact("buildx", version);
        }
        status
    }
}

fn start(cache: &Cache, dockerd: &Dockerd) -> Result<()> {
    if let Some(why) = docker::other_endpoint() {
        let message = format!("cannot start an engine: {why}, and nothing answers there");
        return Err(Failure::refusal(message)
            .hint("start that engine, or unset `DOCKER_HOST` and run `docker context use default`")
            .into());
    }
    host::require_apt("start an engine", &BY_HAND)?;
    apt::ensure(cache, NAME, &[need("dockerd", "docker.io"), need("iptables", "iptables")])?;
    if find("docker").is_none() {
        // Newer releases have a separate package for the client.
        apt::ensure(cache, NAME, &[need("docker", "docker-cli")])?;
    }
    if host::has_systemd() {
        return dockerd.start_service();
    }
    dockerd.start()
}
