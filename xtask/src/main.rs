//! `cargo xtask`: parses the command line, runs the command, and exits with its exit code.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use xtask::cli::Cli;
use xtask::ui::{self, panics};
use xtask::{commands, context, outcome};

fn main() -> ExitCode {
    panics::keep_quiet();
    context::keep_secrets();
    match Cli::try_parse() {
        Ok(cli) => ExitCode::from(commands::run(&cli)),
        Err(error) if error.kind() == ErrorKind::InvalidUtf8 => ExitCode::from(outcome::foreign_argument()),
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            ui::told_by_clap(&error);
            ExitCode::from(if asked { 0 } else { outcome::usage_error(&error.to_string()) })
        }
    }
}
