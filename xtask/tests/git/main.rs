//! `xtask tags` on real repositories, one for each state that a repository can be in.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod environment;
mod formats;
mod heads;
mod history;
mod ignored;
mod readers;
mod releases;
mod repository;
mod states;
mod tags;
mod trees;
