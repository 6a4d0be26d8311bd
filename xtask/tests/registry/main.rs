//! Registries: what they have, pushes, and promotion, with real engines and a real registry behind a front that
//! misbehaves.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod attestations;
mod digests;
mod promotion;
mod pushes;
mod releases_to_registries;
mod world;

#[path = "../support/registry_front.rs"]
mod front;
#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/parts.rs"]
mod parts;
#[path = "../support/registry.rs"]
mod registry;
#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/releases.rs"]
mod releases;
#[path = "../support/rig.rs"]
mod rig;
