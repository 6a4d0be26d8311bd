//! The container contract: what taskflow.toml declares, and the rules that hold it.
//!
//! `rules` is the table of all rules; the pages in docs/contract/ are made from it (`page`). `check` judges files, and
//! `verify` judges images and running containers. `change` compares the contracts of two releases.

pub mod change;
pub mod check;
pub mod checkers;
pub mod declared;
pub mod export;
pub mod page;
mod rule;
pub mod rules;
pub mod verify;
pub mod verify_rules;

pub use rule::{JudgedBy, Judgement, RuleText, Scope, Verdict};
pub use rules::FAMILY;
