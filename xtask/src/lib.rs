//! The build orchestrator of the taskflow images.
//!
//! A command converts arguments into options, runs a workflow, and shows the result. ARCHITECTURE.md has an overview.

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
