//! What a part of the rig is, and what the parts are called.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::cache::Cache;
use crate::report::State;

/// The names of the parts: on the command line, of their folders in the cache, and in front of their messages.
pub mod names {
    /// The machine's own engine.
    pub const ENGINE: &str = "engine";
    /// Stand-ins for base images.
    pub const BASES: &str = "bases";
    /// A PostgreSQL server.
    pub const DATABASE: &str = "database";
    /// A Chromium.
    pub const BROWSER: &str = "browser";
    /// A Minikube node with its client.
    pub const NODE: &str = "node";
    /// An engine of the current release.
    pub const ENGINE_CURRENT: &str = "engine-current";
    /// One more engine.
    pub const ENGINE_SPARE: &str = "engine-spare";
    /// A containerd as a node has it.
    pub const CONTAINERD_NODE: &str = "containerd-node";
}

/// One thing that can be brought up and taken down on its own.
pub trait Part: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Parts that must be up before this one.
    fn needs(&self) -> &'static [&'static str] {
        &[]
    }

    /// Brings it up; does nothing, quickly, if it is up.
    fn up(&self, cache: &Cache) -> Result<()>;

    /// Ends what `up` started; leaves alone what it did not.
    fn down(&self, cache: &Cache) -> Result<()>;

    /// Looks, and changes nothing.
    fn status(&self, cache: &Cache) -> Status;
}

/// What a look at a part shows.
#[derive(Debug)]
pub struct Status {
    /// How far up it is.
    pub state: State,
    /// The same in a few words.
    pub detail: String,
    /// What a consumer needs to know to use it.
    pub facts: BTreeMap<&'static str, String>,
}

impl Status {
    /// A state and what to say about it.
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
