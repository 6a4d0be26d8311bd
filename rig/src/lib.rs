//! The test rig: the real things that tests and bare machines need, each a *part* that goes up and down on its own.
//!
//! A part is a file under [`parts`] and a line in [`parts::ALL`]. Whatever it downloads, builds or writes lives in one
//! cache folder ([`cache::Cache`]); whatever it starts is remembered by pid, start time and command line
//! ([`record::Record`]), so that taking it down never ends a stranger's process.

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

/// How long programs may take to end after a signal: less than `cargo xtask` gives to the rig, so that the rig has ended
/// them before it is ended itself.
const GRACE: Duration = Duration::from_millis(600);

/// Runs the command line and turns its outcome into an exit code: 0 done, 1 tried and failed, 2 nothing done, 128 and the
/// signal's number when interrupted.
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
