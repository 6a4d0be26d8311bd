//! `secrets`: the engine of the ban on its own.

pub(super) mod image;
pub(super) mod report;
mod rows;
pub(super) mod rules;
pub(super) mod scan;
mod targets;
