//! `cargo xtask`: parses the command line, runs the command, maps its end to an exit code.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use xtask::cli::Cli;
use xtask::commands;
use xtask::ui::{self, panics};

fn main() -> ExitCode {
    panics::keep_quiet();
    commands::keep_secrets();
    match Cli::try_parse() {
        Ok(cli) => ExitCode::from(commands::run(&cli)),
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            ui::told_by_clap(&error);
            ExitCode::from(if asked { 0 } else { commands::usage_error(&error.to_string()) })
        }
    }
}
