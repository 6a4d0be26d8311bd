//! `minikube-load` on real engines and nodes: with the real client, and with one that lies.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod containerd;
mod fake;
mod heredocs;
mod lies;
mod real;
mod release;
mod replaced;
mod secrets;
mod verify;
mod world;

#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/parts.rs"]
mod parts;
#[path = "../support/replaced.rs"]
mod release_tags;
#[expect(dead_code, reason = "each test binary needs some of it")]
#[path = "../support/releases.rs"]
mod releases;
#[path = "../support/rig.rs"]
mod rig;
#[path = "../../../crates/secretscan/tests/support/samples.rs"]
mod samples;
