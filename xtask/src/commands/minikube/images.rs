//! The images of this machine's engine, and which config digest each of them has.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use process::RunError;

use super::Session;
use super::gather::Facts;
use crate::cli::MinikubeLoadArgs;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::image::ImageReference;
use crate::domain::minikube::documents::saved_image;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::plan::WantedImage;
use crate::domain::minikube::preflight;
use crate::domain::problem::Problem;
use crate::domain::text::total;
use crate::effects::clock::{Stopwatch, pause};
use crate::effects::docker::EngineError;
use crate::effects::minikube::export::{Export, ExportError, export};
use crate::effects::minikube::host;
use crate::effects::minikube::workplace::{Workplace, WorkplaceError};
use crate::effects::threads::joined;
use crate::error::{CliError, ErrorKind};
use crate::ui::Ui;
use crate::ui::transfer::Transfer;
use shown::shown_path;

/// What is done while images come out of the engine.
pub(super) const EXPORTING: &str = "exporting";

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

/// How often is looked whether there is an end.
const LOOK: Duration = Duration::from_millis(5);

/// An image and the config digest that nodes must list for it.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) wanted: WantedImage,
    pub(super) digest: String,
}

/// The place of a profile.
pub(super) fn workplace(project: &Project, profile: &str, dry_run: bool) -> Result<Workplace, CliError> {
    // The name becomes that of a file, and an argument.
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if !profile.chars().all(plain) || profile.is_empty() || profile.starts_with(['.', '-']) {
        let problem = Problem::new(format!("`{profile}` is not the name of a minikube profile"));
        return Err(CliError::new(
            ErrorKind::Usage,
            problem.hint("see the names with `minikube profile list`, and choose one with `--profile NAME`"),
        ));
    }
    if dry_run {
        return Ok(Workplace::look(&project.root, &project.config.project, profile));
    }
    Workplace::open(&project.root, &project.config.project, profile).map_err(|error| match &error {
        WorkplaceError::Busy(_) => {
            let problem = Problem::new(error.to_string());
            CliError::new(ErrorKind::Environment, problem.hint("wait until it has ended, and run the command again"))
        }
        WorkplaceError::Io { folder, source } => {
            let problem = Problem::new(format!("cannot write to `{}`", shown_path(folder))).cause(source.to_string());
            CliError::new(ErrorKind::Environment, problem)
        }
    })
}

/// What the engine has of what is wanted, and what it lacks.
pub(super) fn on_host(
    project: &Project,
    args: &MinikubeLoadArgs,
    named: &[(&Component, ImageReference)],
) -> Result<(Vec<WantedImage>, Vec<Problem>), EngineError> {
    let mut wanted_names: Vec<(&Component, ImageReference)> = Vec::new();
    let mut missing = Vec::new();
    for (component, reference) in named {
        if !args.all {
            wanted_names.push((component, reference.clone()));
            continue;
        }
        let all = host::references(&project.runner, &component.repository)?;
        if all.is_empty() {
            missing.push(preflight::missing_image(&component.repository.to_string(), component.name.as_str()));
        }
        wanted_names.extend(all.into_iter().map(|reference| (*component, reference)));
    }
    let references: Vec<ImageReference> = wanted_names.iter().map(|(_, reference)| reference.clone()).collect();
    let images = host::images(&project.runner, &references)?;
    let mut wanted = Vec::new();
    for ((component, reference), image) in wanted_names.into_iter().zip(images) {
        match image {
            Some(image) => wanted.push(WantedImage { component: component.name.to_string(), reference, image }),
            None => missing.push(preflight::missing_image(&reference.to_string(), component.name.as_str())),
        }
    }
    Ok((wanted, missing))
}

/// Each once, in order.
pub(super) fn unique(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}

/// The engine's IDs of images, each once.
pub(super) fn ids(images: &[&Expected]) -> Vec<String> {
    unique(images.iter().map(|image| image.wanted.image.id.clone()))
}

/// The images by name and config digest, as scripts and pods are compared with them.
pub(super) fn pairs<'a>(images: impl IntoIterator<Item = &'a Expected>) -> Vec<(ImageReference, String)> {
    images.into_iter().map(|image| (image.wanted.reference.clone(), image.digest.clone())).collect()
}

/// Everything that speaks against a load.
pub(super) fn speaks_against(problems: Vec<Problem>) -> CliError {
    CliError::all(ErrorKind::Environment, problems)
}

/// The config digest of each image. What no engine and no earlier run has told is found in an export.
pub(super) fn expected(
    session: &Session<'_>,
    facts: &mut Facts,
    memory: &mut Memory,
) -> Result<Vec<Expected>, CliError> {
    let unknown: Vec<&WantedImage> =
        facts.wanted.iter().filter(|wanted| memory.config_of(&wanted.image).is_none()).collect();
    let ids = unique(unknown.iter().map(|wanted| wanted.image.id.clone()));
    // What speaks against a load already is told with the rest; an export that fails must not hide it.
    if !ids.is_empty() && facts.problems.is_empty() {
        let bytes = total(unknown.iter().map(|wanted| wanted.image.least_bytes));
        let export = exported(session, facts.export.take(), &ids, bytes)?;
        for id in &ids {
            let image = saved_image(&export.documents, id).map_err(|error| unfit_export(&error.to_string()))?;
            memory.configs.insert(id.clone(), image.digest);
        }
        facts.export = Some(Ok(export));
    }
    let digest = |wanted: &WantedImage| memory.config_of(&wanted.image).unwrap_or_default();
    Ok(facts.wanted.iter().map(|wanted| Expected { digest: digest(wanted), wanted: wanted.clone() }).collect())
}

/// An export of these images: one that was made before, if they are in it.
pub(super) fn exported(
    session: &Session<'_>,
    made: Option<Result<Export, ExportError>>,
    ids: &[String],
    total: u64,
) -> Result<Export, CliError> {
    match made {
        Some(Ok(made)) if ids.iter().all(|id| made.ids.contains(id)) => return Ok(made),
        Some(Err(error)) => return Err(export_error(&error)),
        Some(Ok(_)) | None => {}
    }
    let (written, unneeded) = (AtomicU64::new(0), AtomicBool::new(false));
    let path = session.workplace.export();
    let runner = &session.project.runner;
    let exported = with_progress(session.project.ui, EXPORTING, "", total, &written, || {
        export(runner, ids, path.as_deref(), &written, &unneeded)
    });
    exported.map_err(|error| export_error(&error))
}

/// Why there is no export.
fn export_error(error: &ExportError) -> CliError {
    match error {
        ExportError::Run(RunError::Interrupted(signal)) => CliError::interrupted(*signal, "nothing was loaded"),
        ExportError::Io { source, .. } => unkept(&error.to_string(), source),
        ExportError::Run(_) | ExportError::Refused(_) => {
            let save = "see what the engine says to `docker save IMAGE >/dev/null`, or build the images again with `cargo xtask build`";
            export_problem(&error.to_string(), save)
        }
    }
}

/// An export that does not hold what it should.
pub(super) fn unfit_export(reason: &str) -> CliError {
    export_problem(reason, "run the command again; if it stays so, build the images again with `cargo xtask build`")
}

fn export_problem(reason: &str, hint: &str) -> CliError {
    let problem = Problem::new("cannot export the images from the engine").cause(reason);
    CliError::new(ErrorKind::Environment, problem.note("nothing was loaded").hint(hint))
}

/// A file of ours that could not be written here.
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

/// Does something in another thread while progress is shown; `then` is what it does after the last byte.
pub(super) fn with_progress<R: Send>(
    ui: Ui,
    what: &str,
    then: &str,
    total: u64,
    bytes: &AtomicU64,
    work: impl FnOnce() -> R + Send,
) -> R {
    std::thread::scope(|scope| watched(ui, what, then, total, bytes, scope.spawn(work)))
}

/// Waits for a thread while its progress is shown.
pub(super) fn watched<R>(
    ui: Ui,
    what: &str,
    then: &str,
    total: u64,
    bytes: &AtomicU64,
    worker: ScopedJoinHandle<'_, R>,
) -> R {
    let mut transfer = Transfer::new(ui, what, then, total);
    let watch = Stopwatch::start();
    let mut shown = Stopwatch::start();
    while !worker.is_finished() {
        pause(LOOK);
        if shown.elapsed() >= TICK {
            transfer.advance(bytes.load(Ordering::SeqCst), watch.elapsed());
            shown = Stopwatch::start();
        }
    }
    transfer.finish();
    joined(worker)
}
