//! `bootstrap`: provides an engine that answers, a builder, and the base images.

use process::Runner;

use crate::cli::BootstrapArgs;
use crate::context::Context;
use crate::documents::bootstrap::BootstrapDocument;
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::workflows::bootstrap::{Machine, Steps, base_images, ensure, warn_of_stand_ins};

/// An engine needs no taskflow.toml. Without a valid one, base images are left out.
pub(super) fn run(context: &Context, args: &BootstrapArgs) -> Result<Outcome<BootstrapDocument>, CliError> {
    let (runner, wanted) = runner_and_bases(context)?;
    let left_out = if wanted.is_some() { Vec::new() } else { vec!["base images"] };
    let mut steps = Steps::new(&context.ui, &runner, args.dry_run);
    match ensure(&wanted.unwrap_or_default(), &mut steps) {
        Ok(machine) => {
            let stand_ins = machine.base_images.iter().filter(|base| base.stand_in);
            warn_of_stand_ins(&context.ui, &stand_ins.map(|base| base.name.as_str()).collect::<Vec<_>>());
            let document = BootstrapDocument::new(machine, steps.begun, args.dry_run, left_out);
            Ok(Outcome::success(document))
        }
        Err(error) if steps.begun.is_empty() => Err(error),
        Err(error) => {
            let document = BootstrapDocument::new(Machine::default(), steps.begun, args.dry_run, left_out);
            Ok(Outcome { document, failure: Some(error) })
        }
    }
}

/// Returns the runner for the steps, and the base images in the Dockerfiles; no images if taskflow.toml is missing or
/// not valid.
fn runner_and_bases(context: &Context) -> Result<(Runner, Option<Vec<String>>), CliError> {
    match context.project() {
        Ok(project) => {
            let wanted = base_images(&project, &project.components(&[])?)?;
            Ok((project.runner, Some(wanted)))
        }
        Err(CliError { kind: ErrorKind::Config, mut problems }) => {
            problems.push(Problem::new("base images are left out: finding them needs a valid taskflow.toml"));
            context.ui.warnings(&problems);
            Ok((context.runner()?, None))
        }
        Err(error) => Err(error),
    }
}
