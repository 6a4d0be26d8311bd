//! Releases: their settings in taskflow.toml, the steps and the journal, the preflight, the calls, and what a release
//! writes.

pub mod attestation;
pub mod changelog;
pub mod commits;
pub mod digests;
pub mod events;
pub mod git_argv;
pub mod git_words;
pub mod journal;
pub mod leftovers;
pub mod plan;
pub mod preflight;
pub mod record;
pub mod sbom;
pub mod settings;
pub mod step;
pub mod version_files;
pub mod version_step;
