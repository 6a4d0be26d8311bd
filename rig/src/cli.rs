//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};

use crate::cache::Cache;
use crate::part::Part;
use crate::parts::{self, ALL};
use crate::{apt, ui};

/// Provides what tests and bare machines need: Docker engines, base images, a database, a browser, a Minikube node.
#[derive(Debug, Parser)]
#[command(
    bin_name = "cargo rig",
    version,
    after_help = "Everything it makes is kept in one folder: TASKFLOW_RIG_DIR, else taskflow-rig in the user's cache folder."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring parts up, with the parts they need; parts that are up are left as they are
    Up {
        /// The parts to bring up
        #[arg(required = true, value_name = "PART", value_parser = names())]
        parts: Vec<String>,
    },
    /// Stop what `up` started; without PART, all of it
    Down {
        /// The parts to take down
        #[arg(value_name = "PART", value_parser = names())]
        parts: Vec<String>,
    },
    /// Show the state of every part
    Status {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        /// Print only one fact of a part that is up, such as `database.container_url`
        #[arg(long, value_name = "PART.FACT", conflicts_with = "json")]
        fact: Option<String>,
    },
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(ALL.iter().map(|part| part.name()))
}

/// Parses the command line. Prints help and usage errors.
///
/// # Errors
///
/// The exit code, if help was printed or the arguments are not valid.
pub fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let _ = error.print();
        ExitCode::from(if error.use_stderr() { 2 } else { 0 })
    })
}

/// Runs the command that the command line names.
///
/// # Errors
///
/// The error of the first part that fails, or a refusal if the command cannot run on this machine.
pub fn run(cli: &Cli) -> Result<()> {
    let cache = Cache::locate(|name: &str| -> Option<OsString> { std::env::var_os(name) })?;
    match &cli.command {
        Command::Up { parts } => {
            apt::finish(&cache)?;
            parts::with_needs(parts).iter().try_for_each(|part| {
                let _lock = cache.lock(part.name())?;
                part.up(&cache)
            })
        }
        Command::Down { parts } => {
            // Nothing was ever brought up, so there is nothing to lock, and no folder to make.
            if !cache.root().exists() {
                ui::note("rig", "nothing is up");
                return Ok(());
            }
            let named = |part: &&&dyn Part| parts.is_empty() || parts.iter().any(|name| name == part.name());
            let results = ALL.iter().rev().filter(named).map(|part| {
                let _lock = cache.lock(part.name())?;
                part.down(&cache)
            });
            // Every part is taken down, even if another one fails.
            results.collect::<Vec<Result<()>>>().into_iter().collect()
        }
        Command::Status { json, fact } => {
            let report = parts::report(&cache);
            match fact {
                Some(fact) => ui::fact(report.fact(fact)?),
                None if *json => ui::json(&report),
                None => ui::table(&report),
            }
        }
    }
}
