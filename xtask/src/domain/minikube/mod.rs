//! The logic of `minikube-load`: the client's output, what a node has, what is sent, and whether a load took effect.
//!
//! IDs here are config digests, the only ones that are the same on every host and every node. Exit code 0 of the client
//! proves nothing; the proof is what the node's own runtime lists afterwards.

pub mod argv;
pub mod client;
pub mod events;
pub mod images;
pub mod layers;
pub mod limits;
pub mod listing;
pub mod manifests;
pub mod memory;
pub mod node;
pub mod nodes;
pub mod packing;
pub mod plan;
pub mod pods;
pub mod preflight;
pub mod profile;
pub mod proof;
pub mod saved_image;
pub mod script;
pub mod transfer_stats;
pub mod verdict;
pub mod words;

/// The folder on a node into which the client copies archives.
pub const NODE_FOLDER: &str = "/var/lib/minikube/images";

/// The registry and folder that a short name implies; runtimes list names with it.
pub const CANONICAL: &str = "docker.io/library/";
