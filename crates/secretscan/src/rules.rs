//! All rules by ID, for `secrets rules`, the documentation, and exceptions.

use super::patterns;

/// A value that is known to be secret on this machine.
pub const KNOWN_VALUE: &str = "known-value";
/// A name that is declared as a secret.
pub const DECLARED_NAME: &str = "declared-name";
/// A name that says that its value is a secret.
pub const SECRET_NAME: &str = "secret-name";
/// A random value under a name that suggests a secret.
pub const RANDOM_VALUE: &str = "random-value";
/// A random value that a text assigns to the name of a secret.
pub const ASSIGNED_SECRET: &str = "assigned-secret";
/// A variable made from a secret.
pub const FROM_SECRET: &str = "made-from-secret";
/// A file whose name says that it holds secrets.
pub const SECRET_FILE: &str = "secret-file";
/// Something that could not be searched.
pub const NOT_SEARCHED: &str = "not-searched";

/// A rule, for display.
#[derive(Clone, Copy, Debug)]
pub struct RuleFacts {
    /// Its ID.
    pub id: &'static str,
    /// What it finds, as a noun phrase.
    pub what: &'static str,
    /// Whether an exception in taskflow.toml may allow its findings.
    pub can_be_allowed: bool,
}

/// The rules that are not patterns.
const OTHERS: [RuleFacts; 8] = [
    RuleFacts { id: KNOWN_VALUE, what: "value of a declared secret on this machine", can_be_allowed: false },
    RuleFacts { id: DECLARED_NAME, what: "name of a declared secret", can_be_allowed: false },
    RuleFacts { id: SECRET_NAME, what: "name that says it is a secret", can_be_allowed: true },
    RuleFacts { id: RANDOM_VALUE, what: "random value under a name that suggests a secret", can_be_allowed: true },
    RuleFacts { id: ASSIGNED_SECRET, what: "random value assigned to the name of a secret", can_be_allowed: true },
    RuleFacts { id: FROM_SECRET, what: "variable made from a secret one", can_be_allowed: true },
    RuleFacts { id: SECRET_FILE, what: "file that holds secrets by its name", can_be_allowed: true },
    RuleFacts { id: NOT_SEARCHED, what: "something that could not be searched", can_be_allowed: true },
];

/// Returns all rules; those that are not patterns come first.
pub fn all() -> impl Iterator<Item = RuleFacts> {
    let patterns =
        patterns::all().map(|pattern| RuleFacts { id: pattern.id, what: pattern.what, can_be_allowed: true });
    OTHERS.into_iter().chain(patterns)
}

/// Returns the rule with this ID.
pub fn find(id: &str) -> Option<RuleFacts> {
    all().find(|rule| rule.id == id)
}
