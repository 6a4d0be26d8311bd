//! The rules of `cargo xtask check` on texts: every clause of the contract broken in many ways, rewrites that change
//! nothing, the examples of the rule table, and properties of all texts.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::needless_raw_string_hashes,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read the repository and may fail by panic, their helpers too; snapbox writes the raw strings"
)]

mod fixtures;
mod harmless;
mod mutations;
mod properties;
mod world;
