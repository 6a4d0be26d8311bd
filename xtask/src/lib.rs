//! The build orchestrator of the taskflow images.
//!
//! A command turns arguments into options, runs a workflow, and shows what that returns. ARCHITECTURE.md has the map.

pub mod cli;
pub mod commands;
pub mod context;
mod documents;
pub mod domain;
pub mod effects;
pub mod error;
pub mod outcome;
mod tool_errors;
pub mod ui;
pub mod workflows;

#[cfg(test)]
mod family_tests;
