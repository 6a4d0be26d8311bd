//! `xtask release` with a real engine: a release, its failures, signals and kills in its steps, and an engine that is
//! gone in the middle.

mod complete;
mod failures;
mod kills;
mod lost_engine;
