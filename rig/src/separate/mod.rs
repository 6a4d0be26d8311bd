//! Engines beside the machine's own. Each has its data, sockets, bridge and containerd in one folder of the rig, so
//! that none sees the images of another or affects its network.
//!
//! Such an engine does not change packet filters or other settings of the machine by itself. If its containers need the
//! network, the rig adds a few rules, which `down` removes.

mod bridge;
pub mod containerd;
mod engine;
mod probe;

pub use engine::{Engine, Setup, system_program};
