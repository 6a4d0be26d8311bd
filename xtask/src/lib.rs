//! The build orchestrator of the taskflow images.
//!
//! Four places, one direction: `commands` use `effects` and `ui`, and all three use `domain`; `domain` uses nothing of
//! ours. `context` is what a command starts with, `outcome` how it ends. ARCHITECTURE.md has the map.

pub mod cli;
pub mod commands;
pub mod context;
pub mod domain;
pub mod effects;
pub mod error;
pub mod outcome;
pub mod ui;
