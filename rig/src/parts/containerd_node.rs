//! A containerd as a Kubernetes node has it, with the plugin for the kubelet, and `ctr`.

use anyhow::Result;

use crate::apt::{self, need};
use crate::cache::{Cache, text};
use crate::command::find;
use crate::part::names::CONTAINERD_NODE as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::separate::containerd::Containerd;
use crate::{host, ui};

/// The namespace in which Kubernetes keeps its images.
const NAMESPACE: &str = "k8s.io";

/// The part `containerd-node`.
#[derive(Debug)]
pub struct ContainerdNode;

impl Part for ContainerdNode {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        host::require_root("start containerd")?;
        apt::ensure(cache, NAME, &[need("containerd", "containerd"), need("ctr", "containerd")])?;
        let containerd = look(cache);
        if !containerd.adopt()? {
            containerd.stop()?;
            containerd.start(None)?;
        }
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        if !look(cache).stop()? {
            ui::note(NAME, "was not up");
        }
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let containerd = look(cache);
        let Some(process) = containerd.process() else {
            return Status::new(State::Down, "no containerd");
        };
        if !containerd.answers() {
            return Status::new(State::Partial, format!("containerd (process {process}) does not answer"));
        }
        let status = Status::new(State::Up, format!("containerd (process {process})"))
            .fact("address", text(&containerd.socket()))
            .fact("namespace", NAMESPACE);
        match find("ctr") {
            Some(ctr) => status.fact("ctr", text(&ctr)),
            None => status,
        }
    }
}

fn look(cache: &Cache) -> Containerd {
    Containerd::look(cache, NAME, cache.root().join(NAME), true)
}
