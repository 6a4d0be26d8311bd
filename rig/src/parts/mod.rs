//! The parts. A new one is a file here and a line in [`ALL`].

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use crate::cache::Cache;

pub mod bases;
pub mod browser;
pub mod containerd_node;
pub mod database;
pub mod engine;
pub mod engine_current;
pub mod engine_spare;
pub mod node;

/// Every part, those that others need first.
pub const ALL: &[&dyn Part] = &[
    &engine::Engine,
    &bases::Bases,
    &database::Database,
    &browser::Browser,
    &node::Node,
    &engine_current::EngineCurrent,
    &engine_spare::EngineSpare,
    &containerd_node::ContainerdNode,
];

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

/// How far up a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Ready for use.
    Up,
    /// Not there.
    Down,
    /// Begun, or damaged; `up` repairs it.
    Partial,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Partial => "partial",
        }
    }
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

/// The document that `status --json` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: u32,
    /// One entry a part.
    pub parts: Vec<Entry>,
}

/// One part of a [`Report`].
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The part.
    pub name: &'static str,
    /// How far up it is.
    pub state: State,
    /// The same in a few words.
    pub detail: String,
    /// What a consumer needs to know to use it.
    pub facts: BTreeMap<&'static str, String>,
}

/// Looks at every part.
pub fn report(cache: &Cache) -> Report {
    let entry = |part: &&dyn Part| {
        let Status { state, detail, facts } = part.status(cache);
        Entry { name: part.name(), state, detail, facts }
    };
    Report { schema: 1, parts: ALL.iter().map(entry).collect() }
}

/// The named parts and those they need, in the order to bring them up.
pub fn with_needs(names: &[String]) -> Vec<&'static dyn Part> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    for part in ALL.iter().rev().filter(|part| names.iter().any(|name| name == part.name())) {
        wanted.extend(part.needs());
    }
    ALL.iter().copied().filter(|part| wanted.contains(&part.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::{ALL, with_needs};

    fn order(names: &[&str]) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        with_needs(&names).iter().map(|part| part.name()).collect()
    }

    #[test]
    fn what_a_part_needs_comes_first_and_once() {
        assert_eq!(order(&["bases"]), ["engine", "bases"]);
        assert_eq!(order(&["browser", "bases", "engine"]), ["engine", "bases", "browser"]);
        assert_eq!(order(&["database"]), ["database"]);
    }

    #[test]
    fn every_need_is_a_part_that_stands_before() {
        for (index, part) in ALL.iter().enumerate() {
            for need in part.needs() {
                assert!(ALL[..index].iter().any(|earlier| earlier.name() == *need));
            }
        }
    }
}
