//! Tests on a real engine: `xtask build` itself, and that both images keep the contract when they run.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod backend;
mod browser;
mod build;
mod disk;
mod dockerfile;
mod frontend;
mod ignore_file;
mod image;
mod readme;
mod release;
mod replaced;
mod sbom;
mod secrets;
mod verify;

#[path = "../support/containers.rs"]
mod containers;
#[path = "../support/parts.rs"]
mod parts;
#[path = "../support/replaced.rs"]
mod release_tags;
#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/releases.rs"]
mod releases;
#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/rig.rs"]
mod rig;
#[path = "../../../crates/secretscan/tests/support/samples.rs"]
mod samples;
