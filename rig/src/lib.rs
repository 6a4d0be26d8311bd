//! The test rig: provides the real services that tests and bare machines need. Each is a *part* that is brought up and
//! taken down on its own.
//!
//! A part is a file under [`parts`] and an entry in [`parts::ALL`]. Everything that it downloads, builds or writes is
//! in one cache folder ([`cache::Cache`]). Every process that it starts is recorded by process ID, start time and
//! command line ([`record::Record`]), so that taking a part down never ends another process.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use process::signals;

pub mod apt;
pub mod cache;
pub mod cli;
pub mod command;
pub mod daemon;
pub mod digest;
pub mod docker;
pub mod failure;
pub mod firewall;
pub mod go;
pub mod host;
pub mod mounts;
pub mod part;
pub mod parts;
pub mod ports;
pub mod record;
pub mod report;
pub mod separate;
pub mod service;
pub mod ui;

/// Grace period of children after a signal. It is shorter than the one that `cargo xtask` gives to the rig, so that the
/// rig can end its children before it is killed.
const GRACE: Duration = Duration::from_millis(600);

/// Runs the command line; returns the exit code: 0 for success, 1 for a failure, 2 if nothing was done, 128 plus the
/// signal's number after an interruption.
pub fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let listening = signals::listen(GRACE).context("cannot listen to signals");
    match listening.and_then(|()| cli::run(&cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::error(&error);
            failure::exit_code(&error)
        }
    }
}
