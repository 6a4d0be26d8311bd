//! The failures of a release: each one ends in a stated condition, and the whole world is compared before and after.
//!
//! Git is real. The docker client is a program whose engine and registry are folders (`support/engine.sh`).
#![expect(clippy::needless_raw_string_hashes, reason = "snapbox writes raw strings")]
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod engine_rows;
mod here;
mod messages;
mod moments;
mod nodes;
mod parallel;
mod picture;
mod remote;
mod signing;
mod steps;
mod surroundings;
mod undisturbed;
mod world;

#[expect(dead_code, reason = "shared with the tests of the command line, which use all of it")]
#[path = "../support/stateful_engine.rs"]
mod stateful_engine;
#[expect(dead_code, reason = "shared with the tests of the command line, which use all of it")]
#[path = "../support/stateful_node.rs"]
mod stateful_node;
