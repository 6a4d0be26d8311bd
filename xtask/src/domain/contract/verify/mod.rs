//! What `verify` decides: which rules apply, the calls of docker, how its answers are read, and the verdicts.

pub mod answer;
pub mod argv;
pub mod container;
pub mod image;
pub mod measured;
pub mod postgres;
pub mod run_label;
pub mod shipped;
mod subject;
pub mod variables;
pub mod verified;

pub use subject::{Subject, applicable};
