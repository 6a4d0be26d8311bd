//! The trait of all parts, and their names.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::cache::Cache;
use crate::report::State;

/// The names of the parts: on the command line, of their folders in the cache, and before their messages.
pub mod names {
    /// The machine's own Docker engine.
    pub const ENGINE: &str = "engine";
    /// Stand-ins for base images.
    pub const BASES: &str = "bases";
    /// A PostgreSQL server.
    pub const DATABASE: &str = "database";
    /// A Chromium.
    pub const BROWSER: &str = "browser";
    /// A registry for images.
    pub const REGISTRY: &str = "registry";
    /// A Minikube node with its client.
    pub const NODE: &str = "node";
    /// A Docker engine of the current release.
    pub const ENGINE_CURRENT: &str = "engine-current";
    /// An additional Docker engine.
    pub const ENGINE_SPARE: &str = "engine-spare";
    /// A containerd as a Kubernetes node has it.
    pub const CONTAINERD_NODE: &str = "containerd-node";
}

/// Something that is brought up and taken down on its own.
pub trait Part: Sync {
    /// Returns its name on the command line.
    fn name(&self) -> &'static str;

    /// Returns the names of the parts that must be up before this one.
    fn needs(&self) -> &'static [&'static str] {
        &[]
    }

    /// Brings the part up; returns quickly if it is up.
    ///
    /// # Errors
    ///
    /// A refusal if the part cannot run on this machine; an error if a step fails.
    fn up(&self, cache: &Cache) -> Result<()>;

    /// Stops what `up` started, and nothing else.
    ///
    /// # Errors
    ///
    /// A process does not end, or a file cannot be removed.
    fn down(&self, cache: &Cache) -> Result<()>;

    /// Returns the state of the part, without changing anything.
    fn status(&self, cache: &Cache) -> Status;
}

/// The state of a part, with details.
#[derive(Debug)]
pub struct Status {
    /// The state.
    pub state: State,
    /// The state in a few words.
    pub detail: String,
    /// Values that a consumer of the part needs, by name.
    pub facts: BTreeMap<&'static str, String>,
}

impl Status {
    /// Makes a status without facts.
    pub fn new(state: State, detail: impl Into<String>) -> Self {
        Self { state, detail: detail.into(), facts: BTreeMap::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.insert(name, value.into());
        self
    }
}
