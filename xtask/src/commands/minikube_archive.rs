//! `minikube-archive`: the step of a load that no other program does, for people who paste the commands of a dry run.

use serde::Serialize;

use crate::cli::MinikubeArchiveArgs;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::workflows::load::archive::archive_from_file;

/// The result in JSON: nothing beside what every document has.
#[derive(Serialize)]
pub(super) struct ArchiveResult {}

pub(super) fn run(args: &MinikubeArchiveArgs) -> Result<Outcome<ArchiveResult>, CliError> {
    let without = args.without.iter().cloned().collect();
    archive_from_file(&args.export, &args.archive, &args.images, &without)?;
    Ok(Outcome::success(ArchiveResult {}))
}
