//! The container contract: what taskflow.toml declares, and the rules that hold it.
//!
//! `rules` is the table of all rules; the pages in docs/contract/ are made from it (`page`). `check` judges files, and
//! `verify` judges images and running containers.

pub mod declared;
mod rule;
pub mod rules;
pub mod verify;
pub mod verify_rules;

pub use rule::{FAMILY, JudgedBy, Judgement, RuleText, Scope, Verdict};
