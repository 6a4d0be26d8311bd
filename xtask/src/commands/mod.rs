//! One file for each command: arguments → workflow → show. This file dispatches to them.

mod bootstrap;
mod build;
mod check;
mod contract;
mod minikube;
mod minikube_archive;
mod release;
mod schema;
mod secrets;
mod tags;
mod test;
mod verify;

use process::signals;
use serde::Serialize;

use crate::cli::{Cli, Command, ContractCommand, SecretsCommand};
use crate::context::{Context, Project};
use crate::error::CliError;
use crate::outcome::{Outcome, finish};
use crate::ui::{Ui, style};

/// Runs a command and prints its result; returns the exit code.
pub fn run(cli: &Cli) -> u8 {
    style::decide(cli.global.color);
    let ui = Ui { json: cli.global.json, quiet: cli.global.quiet, verbose: cli.global.verbose };
    let context = Context::new(ui, cli.global.config.clone());
    let started = signals::listen(signals::GRACE);
    let started = started.map_err(|error| CliError::internal(&format!("cannot listen to signals: {error}")));
    let code = match started {
        Ok(()) => dispatch(&context, &cli.command),
        Err(error) => finish(ui, cli.command.name(), Err::<Outcome<()>, _>(error)),
    };
    // A call that was started early may still run.
    signals::end_children();
    code
}

fn dispatch(context: &Context, command: &Command) -> u8 {
    let (ui, name) = (context.ui, command.name());
    match command {
        Command::Build(args) => finish(ui, name, in_project(context, |project| build::run(ui, project, args))),
        Command::Verify(args) => finish(ui, name, in_project(context, |project| verify::run(ui, project, args))),
        Command::Release(args) => finish(ui, name, in_project(context, |project| release::run(ui, project, args))),
        Command::Check(args) => finish(ui, name, check::run(context, args)),
        Command::Contract(ContractCommand::Rules(args)) => finish(ui, name, Ok(contract::rules(ui, args))),
        Command::Contract(ContractCommand::Export(args)) => {
            finish(ui, name, in_project(context, |project| contract::export(ui, project, args)))
        }
        Command::Contract(ContractCommand::Diff(args)) => {
            finish(ui, name, in_project(context, |project| contract::diff(ui, project, args)))
        }
        Command::Contract(ContractCommand::Changes(args)) => finish(ui, name, Ok(contract::changes(ui, args))),
        Command::Tags(args) => finish(ui, name, in_project(context, |project| tags::run(ui, project, args))),
        Command::Bootstrap(args) => finish(ui, name, bootstrap::run(context, args)),
        Command::Secrets(SecretsCommand::Scan(args)) => {
            finish(ui, name, in_project(context, |project| secrets::scan::run(ui, project, args)))
        }
        Command::Secrets(SecretsCommand::Rules) => finish(ui, name, Ok(secrets::rules::run(ui))),
        Command::Schema(args) => finish(ui, name, Ok(schema::run(ui, args))),
        Command::MinikubeLoad(args) => {
            finish(ui, name, in_project(context, |project| minikube::run(ui, project, args)))
        }
        Command::MinikubeArchive(args) => finish(ui, name, minikube_archive::run(args)),
        Command::Test(args) => finish(ui, name, in_project(context, |project| test::run(ui, project, args))),
    }
}

/// Runs a command that needs a valid taskflow.toml.
fn in_project<T: Serialize>(
    context: &Context,
    run: impl FnOnce(&Project) -> Result<Outcome<T>, CliError>,
) -> Result<Outcome<T>, CliError> {
    run(&context.project()?)
}
