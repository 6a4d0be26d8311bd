//! `minikube-load`: loads the images into a Minikube profile, or shows the plan.

use std::time::Duration;

use crate::cli::MinikubeLoadArgs;
use crate::context::Project;
use crate::documents::minikube_load::LoadDocument;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::load;
use crate::workflows::load::session::LoadOptions;

pub(super) fn run(ui: Ui, project: &Project, args: &MinikubeLoadArgs) -> Result<Outcome<LoadDocument>, CliError> {
    let options = LoadOptions {
        components: args.components.clone(),
        profile: args.profile.clone(),
        all: args.all,
        restart: args.restart,
        timeout: args.timeout.map(Duration::from_secs),
        dry_run: args.dry_run,
    };
    let report = load::run(project, &options, &ui)?;
    if report.is_dry_run {
        ui.load_plan(&report.plan, &report.images);
    }
    // The references go to standard output.
    for image in report.images.iter().filter(|_| report.is_loaded() && !ui.json) {
        ui.result(&image.reference().to_string());
    }
    ui.stale_pods(&report.profile.name, &report.pods);
    Ok(Outcome { document: LoadDocument::new(&report), failure: report.failure })
}
