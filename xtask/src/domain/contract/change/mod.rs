//! Changes of the contract between two releases, and the version step that they need.
//!
//! `rows` is the table of all changes. `compare` finds the changes between two taskflow.toml, and `images` those
//! between two image configurations. docs/contract/changes.md is made from the table (`page`).

mod bases;
mod compare;
mod contract_change;
mod environment;
mod health;
pub mod images;
mod limits;
pub mod page;
mod row;
pub mod rows;

pub use compare::compare;
pub use contract_change::{ContractChange, required};
pub use row::{ChangeRow, ChangeSource, FoundIn, Needs};

#[cfg(test)]
mod tests;
