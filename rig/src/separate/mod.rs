//! Engines beside the machine's own: each with its data, sockets, bridge and containerd in one folder of ours, so that
//! none sees another's images or disturbs its network.
//!
//! Such an engine never touches packet filters or the machine's settings by itself; the way out for its containers, if
//! it needs one, is a handful of rules that `down` takes away.

mod bridge;
pub mod containerd;
mod engine;
mod probe;

pub use engine::{Engine, Setup, system_program};
