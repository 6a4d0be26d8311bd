//! The state of the parts as values: what `cargo rig status` shows.

use std::collections::BTreeMap;

use serde::Serialize;

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

/// The document that `status --json` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of this document's form.
    pub schema: u32,
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
