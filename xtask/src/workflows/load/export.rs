//! Exports images from this machine's engine.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64};

use process::RunError;

use super::progress::with_progress;
use super::session::Session;
use crate::domain::minikube::events::TransferKind;
use crate::domain::minikube::saved_image::SavedError;
use crate::domain::problem::Problem;
use crate::effects::minikube::export::{Export, ExportError, export};
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// Returns the transfer of an export of so many bytes.
pub(super) fn exporting(total: u64) -> TransferKind {
    TransferKind { what: "exporting".to_owned(), then: "", total }
}

/// Returns an export of these images; reuses the one that was begun before, if it contains them.
pub(super) fn exported(
    session: &Session<'_>,
    begun: Option<Result<Export, ExportError>>,
    ids: &[String],
    total: u64,
) -> Result<Export, CliError> {
    if let Some(export) = begun.transpose()?.filter(|export| ids.iter().all(|id| export.ids.contains(id))) {
        return Ok(export);
    }
    let (written, unneeded) = (AtomicU64::new(0), AtomicBool::new(false));
    // A dry run reads only the documents of an export, and keeps nothing.
    let path = session.workplace.is_held().then(|| session.target.export.clone());
    let exported = with_progress(session.events, exporting(total), &written, || {
        export(session.runner, ids, path.as_deref(), &written, &unneeded)
    });
    Ok(exported?)
}

/// The error of an export that failed.
impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match &error {
            ExportError::Client(ToolError::Run(RunError::Interrupted(signal))) => {
                Self::interrupted(*signal, "nothing was loaded")
            }
            ExportError::Io { source, .. } => unkept(&error.to_string(), source),
            ExportError::Client(_) => {
                let save = "see what the engine says to `docker save IMAGE >/dev/null`, or build the images again with `cargo xtask build`";
                export_problem(&error.to_string(), save)
            }
        }
    }
}

/// The error of an export in which an image cannot be read.
impl From<SavedError> for CliError {
    fn from(error: SavedError) -> Self {
        unfit_export(&error.to_string())
    }
}

/// Returns the error of an export that lacks an image.
pub(super) fn unfit_export(reason: &str) -> CliError {
    export_problem(reason, "run the command again; if it fails again, build the images again with `cargo xtask build`")
}

fn export_problem(reason: &str, hint: &str) -> CliError {
    let problem = Problem::new("cannot export the images from the engine").cause(reason);
    CliError::new(ErrorKind::Environment, problem.note("nothing was loaded").hint(hint))
}

/// Returns the error of a file that could not be written on this machine.
pub(super) fn unkept(reason: &str, source: &io::Error) -> CliError {
    let problem = Problem::new("cannot put the archive together on this machine").cause(reason);
    let problem = problem.note("nothing was loaded");
    let problem = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            problem.hint("make room there: it takes the images' size twice for a while; `docker image prune` may help")
        }
        _ => problem,
    };
    CliError::new(ErrorKind::Environment, problem)
}
