//! The only layer that uses files, git, the environment and the clock. It runs programs with the crate `process`. It
//! converts their output to values, and leaves decisions to the domain.
#![expect(clippy::disallowed_methods, reason = "the fence of clippy.toml ends here: this is the layer it protects")]

pub mod attested;
pub mod clock;
pub mod context;
pub mod docker;
pub mod docker_settings;
pub mod environment;
pub mod fs;
pub mod git;
pub mod known;
pub mod kubectl;
pub mod manifests;
pub mod minikube;
pub mod registry;
pub mod release;
pub mod rig;
pub mod runner;
pub mod search_paths;
pub mod terminal;
pub mod threads;
pub mod tool;
pub mod verdicts;
pub mod verify;
