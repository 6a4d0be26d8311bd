//! What `verify` does to containers and connections: starts, asks, measures, and removes them.

pub mod containers;
pub mod http;
pub mod layers;
pub mod postgres;
pub mod remembered;
pub mod this_run;
