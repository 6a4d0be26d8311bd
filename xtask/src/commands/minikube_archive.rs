//! `minikube-archive`: the step of a load that no other program can do, for people who paste the commands of a dry run.

use crate::cli::MinikubeArchiveArgs;
use crate::documents::minikube_archive::ArchiveDocument;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::workflows::load::archive::archive_from_file;

pub(super) fn run(args: &MinikubeArchiveArgs) -> Result<Outcome<ArchiveDocument>, CliError> {
    let without = args.without.iter().cloned().collect();
    archive_from_file(&args.export, &args.archive, &args.images, &without)?;
    Ok(Outcome::success(ArchiveDocument {}))
}
