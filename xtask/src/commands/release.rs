//! `release`: makes, checks, plans, resumes, or undoes a release.

use crate::cli::ReleaseArgs;
use crate::context::Project;
use crate::documents::release::ReleaseDocument;
use crate::domain::events::Events;
use crate::domain::image::short_id;
use crate::domain::text::duration;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::release::{Mode, ReleaseEnd, ReleaseOptions, ReleaseReport, release};
use shown::shown_path;

pub(super) fn run(ui: Ui, project: &Project, args: &ReleaseArgs) -> Result<Outcome<ReleaseDocument>, CliError> {
    let options = options(args);
    let mut report = release(project, &ui, &options)?;
    if options.mode == Mode::DryRun && !ui.json {
        report.plan.iter().for_each(|command| ui.result(command));
    }
    show(ui, &options, &report);
    let document = ReleaseDocument::from(&report);
    Ok(Outcome { document, failure: report.failure.take() })
}

fn options(args: &ReleaseArgs) -> ReleaseOptions {
    let modes = [
        (args.check, Mode::Check),
        (args.dry_run, Mode::DryRun),
        (args.resume, Mode::Resume),
        (args.abort, Mode::Abort),
    ];
    let chosen = |yes: bool, no: bool| if yes { Some(true) } else { no.then_some(false) };
    ReleaseOptions {
        version: args.version,
        mode: modes.into_iter().find_map(|(is_set, mode)| is_set.then_some(mode)).unwrap_or_default(),
        push: chosen(args.push, args.no_push),
        minikube: chosen(args.minikube, args.no_minikube),
        allow_stand_in: args.allow_stand_in,
        yes: args.yes,
    }
}

fn show(ui: Ui, options: &ReleaseOptions, report: &ReleaseReport) {
    let version = report.version;
    let journal = report.journal.as_ref();
    match report.end {
        ReleaseEnd::Released => {
            let commit = journal.and_then(|journal| journal.commit.as_deref()).map_or("", short_id);
            ui.status("Released", &format!("{version} at {commit} in {}", duration(report.time)));
            for image in journal.iter().flat_map(|journal| &journal.images).filter(|_| !ui.json) {
                ui.result(&image.reference(&version.to_string()));
            }
        }
        ReleaseEnd::AlreadyReleased => {
            ui.status("Finished", &format!("{version} was released before and is as recorded; nothing to do"));
        }
        ReleaseEnd::Undone if options.mode == Mode::Abort => {
            ui.status("Undone", &format!("release {version}; everything is as it was before"));
        }
        ReleaseEnd::NothingDone if report.failure.is_none() && options.mode == Mode::Check => {
            ui.status("Checked", &format!("{version} can be released; nothing was changed"));
        }
        ReleaseEnd::NothingDone if report.failure.is_none() && options.mode == Mode::Make => {
            ui.status("Stopped", "nothing was changed");
        }
        _ => {}
    }
    if let Some(folder) = &report.folder {
        ui.status("Record", &format!("`{}`", shown_path(folder)));
    }
}
