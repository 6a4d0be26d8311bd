//! `release` on the command line, with a real git and an engine that keeps what it is told.

mod made;
mod world;
