//! The test rig: the real things that tests and bare machines need, each a *part* that goes up and down on its own.
//!
//! A part is a file under [`parts`] and a line in [`parts::ALL`]. Whatever it downloads, builds or writes lives in one
//! cache folder ([`cache::Cache`]); whatever it starts is remembered by pid, start time and command line
//! ([`process::Record`]), so that taking it down never ends a stranger's process.

use std::process::ExitCode;

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
pub mod process;
pub mod report;
pub mod separate;
pub mod service;
pub mod ui;

/// Runs the command line and turns its outcome into an exit code: 0 done, 1 tried and failed, 2 nothing done.
pub fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli::run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::error(&error);
            failure::exit_code(&error)
        }
    }
}
