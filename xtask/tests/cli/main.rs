//! Tests of the real binary against fake tools: what it says, what it runs, how it ends.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_raw_string_hashes,
    clippy::too_many_lines,
    reason = "tests talk to the outside and may fail by panic, their helpers too; snapbox writes the raw strings, which can be long"
)]

mod arguments;
mod bootstrap;
mod build_args;
mod building;
mod causes;
mod check;
mod config;
mod contract_diff;
mod documents;
mod engine;
mod failing;
mod files;
mod foreign_bytes;
mod git_state;
mod given_tags;
mod harness;
mod help;
mod interrupts;
mod launching;
mod logs;
mod machines;
mod messages;
mod minikube;
mod missing_releases;
mod on_demand;
mod paths;
mod preview;
mod readme;
mod registries;
mod release;
mod replaced;
mod schema;
mod secrets;
mod suite_failures;
mod suites;
mod tags;
mod verify;
