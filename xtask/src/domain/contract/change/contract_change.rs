//! A change of a contract.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::row::{ChangeRow, Needs};
use super::rows::{ENV_ADDED_REQUIRED, PROMISE_ADDED, PROMISE_REMOVED};
use crate::domain::release::settings::RequiredVariableStep;

/// A change between two releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractChange {
    /// Its row in the table.
    pub row: &'static ChangeRow,
    /// The name of the component.
    pub component: String,
    /// What held before, in words.
    pub before: String,
    /// What holds now, in words.
    pub after: String,
}

impl ContractChange {
    /// Returns what the change needs. The step of a new required variable is a setting.
    pub fn needs(&self, required_variable: RequiredVariableStep) -> Needs {
        match required_variable {
            RequiredVariableStep::Major if self.row.id == ENV_ADDED_REQUIRED.id => Needs::MAJOR,
            _ => self.row.needs,
        }
    }

    /// Returns 12 hex digits that identify the change: `[[release.accept]]` names it by them.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.row.id, &self.component, &self.before, &self.after] {
            // The length keeps two texts apart whose parts are divided differently.
            hash.update(format!("{}:{part}", part.len()));
        }
        hash.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
            let _written = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Returns what all changes need together: the most that one of them needs, and a patch step without any.
pub fn required(changes: &[ContractChange], required_variable: RequiredVariableStep) -> Needs {
    changes.iter().map(|change| change.needs(required_variable)).max().unwrap_or(Needs::PATCH)
}

/// Collects the changes of one component.
#[derive(Debug)]
pub(super) struct Changes<'a> {
    component: &'a str,
    found: Vec<ContractChange>,
}

impl<'a> Changes<'a> {
    pub(super) fn of(component: &'a str) -> Self {
        Self { component, found: Vec::new() }
    }

    /// Adds a change.
    pub(super) fn add(&mut self, row: &'static ChangeRow, before: impl Into<String>, after: impl Into<String>) {
        let component = self.component.to_owned();
        self.found.push(ContractChange { row, component, before: before.into(), after: after.into() });
    }

    /// Compares a key of the contract. If one side does not declare it, nothing was promised there.
    pub(super) fn key(&mut self, row: &'static ChangeRow, name: &str, before: Option<String>, after: Option<String>) {
        match (before, after) {
            (Some(before), Some(after)) if before != after => self.add(row, before, after),
            (Some(before), None) => self.add(&PROMISE_REMOVED, format!("`{name}` is {before}"), "not declared"),
            (None, Some(after)) => self.add(&PROMISE_ADDED, "not declared", format!("`{name}` is {after}")),
            _ => {}
        }
    }

    pub(super) fn found(self) -> Vec<ContractChange> {
        self.found
    }
}

/// Formats a command as a Dockerfile has it.
pub(super) fn words(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| serde_json::Value::from(word.as_str()).to_string()).collect();
    format!("`[{}]`", quoted.join(", "))
}
