//! The lines of `contract diff` and `contract changes`: one for each change or row.

use super::{Ui, style};
use crate::domain::contract::change::rows::ROWS;
use crate::domain::contract::change::{ContractChange, Needs};
use crate::domain::release::settings::AcceptedChange;
use crate::domain::text::as_fragment;

/// A change with what it needs, and the entries that accept it.
pub(super) type ShownChange<'a> = (&'a ContractChange, Needs, &'a [AcceptedChange]);

impl Ui {
    /// Prints changes as the result of the command.
    pub fn changes(&self, changes: &[ShownChange<'_>]) {
        let width = |text: fn(&ContractChange) -> &str| {
            changes.iter().map(|(change, ..)| text(change).len()).max().unwrap_or_default()
        };
        let (ids, components) = (width(|change| change.row.id), width(|change| &change.component));
        for (change, needs, accepted) in changes {
            let ContractChange { row, component, before, after } = change;
            let style = match *needs {
                Needs::Refused | Needs::MAJOR => style::ERROR,
                Needs::MINOR => style::WARNING,
                Needs::PATCH => style::STATUS,
            };
            let accepted = accepted.iter().fold(String::new(), |text, entry| {
                text + &format!(", accepted for {}: {}", entry.version, entry.reason)
            });
            self.result(&format!(
                "{style}{:7}{style:#}  {:ids$}  {component:components$}  {before} -> {after}  ({}: {}{accepted})  [{}]",
                needs.name(),
                row.id,
                row.source.name(),
                as_fragment(row.why),
                change.fingerprint(),
            ));
        }
    }

    /// Prints the table of changes: the step, the ID, and what has changed.
    pub fn change_rows(&self) {
        let width = ROWS.iter().map(|row| row.id.len()).max().unwrap_or_default();
        for row in ROWS {
            self.result(&format!("{:7}  {:width$}  {}", row.needs.name(), row.id, row.what));
        }
    }
}
