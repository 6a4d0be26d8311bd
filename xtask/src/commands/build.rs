//! `build`: builds the images of the components.

use crate::cli::BuildArgs;
use crate::context::Project;
use crate::documents::build::BuildDocument;
use crate::domain::events::Events;
use crate::domain::finding::Finding;
use crate::domain::image::short_id;
use crate::domain::plan::{BuildPlan, ComponentBuild};
use crate::domain::problem::Problem;
use crate::domain::replaced_image::ReplacedImage;
use crate::domain::secrets::merged;
use crate::domain::text::{count, duration, megabytes};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::ui::progress::Board;
use crate::workflows::image_build::{BuildOptions, BuildOutcome, BuildReport, build};

pub(super) fn run(ui: Ui, project: &Project, args: &BuildArgs) -> Result<Outcome<BuildDocument>, CliError> {
    let mut report = build(project, &ui, &mut Board::new(ui), &options(ui, args))?;
    match &report.plan {
        Some(plan) if report.dry_run && !ui.json => {
            let keep = |build: &ComponentBuild| build.replaces.as_ref().map(ReplacedImage::keep);
            let calls = plan.builds.iter().flat_map(|build| keep(build).into_iter().chain([build.invocation.clone()]));
            let calls = calls.map(|call| call.to_string());
            report.bootstrap.iter().cloned().chain(calls).for_each(|call| ui.result(&call));
        }
        Some(plan) if !report.dry_run => show(ui, plan, &report),
        _ => {}
    }
    let failure = report.failure.take();
    Ok(Outcome { document: report.into(), failure })
}

fn options(ui: Ui, args: &BuildArgs) -> BuildOptions {
    let BuildArgs {
        components,
        build_args,
        version,
        tag,
        latest,
        no_cache,
        jobs,
        keep_going,
        bootstrap,
        no_check,
        dry_run,
    } = args.clone();
    let verbose = ui.verbose;
    BuildOptions {
        components,
        build_args,
        version,
        tag,
        latest,
        no_cache,
        jobs,
        keep_going,
        bootstrap,
        no_check,
        dry_run,
        verbose,
        ..BuildOptions::default()
    }
}

/// Prints a line for each image and the total time; references go to standard output.
fn show(ui: Ui, plan: &BuildPlan, report: &BuildReport) {
    let unchecked = if report.checked { "" } else { "  contract not checked" };
    let width = plan.builds.iter().map(|build| build.first_reference().len()).max().unwrap_or_default();
    let mut built = 0;
    for (build, outcome) in plan.builds.iter().zip(&report.outcomes) {
        let reference = build.first_reference();
        if let BuildOutcome::Built { image, replaced, steps: (steps, cached), time, warnings, .. } = outcome {
            built += 1;
            let warnings: Vec<Problem> = merged(warnings).iter().map(Finding::problem).collect();
            ui.warnings(&warnings);
            let (id, size, time) = (short_id(&image.id), megabytes(image.size_bytes), duration(*time));
            ui.status(
                "Built",
                &format!(
                    "{reference:width$}  {id}  {size:>9}  {time:>8}  {cached} of {} cached{unchecked}",
                    count(*steps, "step")
                ),
            );
            if !ui.json {
                build.references.iter().for_each(|reference| ui.result(&reference.to_string()));
            }
            ui.warnings(&replaced.iter().map(|before| before.problem(&image.id)).collect::<Vec<_>>());
        }
    }
    if built == plan.builds.len() {
        ui.status("Finished", &format!("{} in {}", count(built, "image"), duration(report.time)));
    }
}
