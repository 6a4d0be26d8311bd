//! The states of all parts as values, for `cargo rig status`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::failure::Failure;

/// The state of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Ready for use.
    Up,
    /// Not running.
    Down,
    /// Incomplete or damaged; `up` repairs it.
    Partial,
}

impl State {
    /// Returns the name of the state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Partial => "partial",
        }
    }
}

/// The document of `status --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of the document's format.
    pub schema: u32,
    /// The parts, one entry each.
    pub parts: Vec<Entry>,
}

impl Report {
    /// Returns the value of `PART.FACT`.
    ///
    /// # Errors
    ///
    /// A refusal if there is no such part, if it is not up, or if it has no such fact.
    pub fn fact(&self, name: &str) -> Result<&str, Failure> {
        let (part, fact) = name.split_once('.').unwrap_or((name, ""));
        let Some(entry) = self.parts.iter().find(|entry| entry.name == part) else {
            let parts: Vec<&str> = self.parts.iter().map(|entry| entry.name).collect();
            return Err(
                Failure::refusal(format!("no part is called {part}")).hint(format!("parts: {}", parts.join(", ")))
            );
        };
        if entry.state != State::Up {
            let state = entry.state.as_str();
            return Err(Failure::refusal(format!("{part} is {state}")).hint(format!("run `cargo rig up {part}` first")));
        }
        entry.facts.get(fact).map(String::as_str).ok_or_else(|| {
            let facts: Vec<String> = entry.facts.keys().map(|fact| format!("{part}.{fact}")).collect();
            Failure::refusal(format!("{part} has no fact {fact:?}")).hint(format!("facts: {}", facts.join(", ")))
        })
    }
}

/// A part in a [`Report`].
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The name of the part.
    pub name: &'static str,
    /// Its state.
    pub state: State,
    /// Its state in a few words.
    pub detail: String,
    /// Values that a consumer of the part needs, by name.
    pub facts: BTreeMap<&'static str, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let entry = |name, state| {
            let facts = BTreeMap::from([("port", "5".to_owned()), ("url", "a.b".to_owned())]);
            Entry { name, state, detail: String::new(), facts }
        };
        Report { schema: 1, parts: vec![entry("database", State::Up), entry("node", State::Down)] }
    }

    #[test]
    fn a_fact_is_found_by_its_name() {
        assert_eq!(report().fact("database.url").unwrap(), "a.b");
    }

    #[test]
    fn a_fact_that_cannot_be_had_has_a_way_out() {
        let said = |name| {
            let failure = report().fact(name).unwrap_err();
            format!("{failure}; {}", failure.hints().join("; "))
        };
        assert_eq!(said("node.url"), "node is down; run `cargo rig up node` first");
        assert_eq!(said("databse.url"), "no part is called databse; parts: database, node");
        assert_eq!(said("database.uri"), "database has no fact \"uri\"; facts: database.port, database.url");
        assert_eq!(said("database"), "database has no fact \"\"; facts: database.port, database.url");
    }
}
