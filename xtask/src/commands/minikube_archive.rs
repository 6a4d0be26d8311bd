//! `minikube-archive`: the step of a load that no other program does, for people who paste the commands of a dry run.

use crate::cli::MinikubeArchiveArgs;
use crate::outcome::Ending;
use crate::workflows::load::archive::archive_from_file;

pub(super) fn run(args: &MinikubeArchiveArgs) -> Ending<()> {
    let without = args.without.iter().cloned().collect();
    match archive_from_file(&args.export, &args.archive, &args.images, &without) {
        Ok(()) => Ending { result: None, error: None },
        Err(error) => error.into(),
    }
}
