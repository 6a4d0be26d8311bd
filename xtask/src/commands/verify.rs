//! `verify`: verifies built images and running containers against the contract.

use crate::cli::VerifyArgs;
use crate::context::Project;
use crate::documents::verify::VerifyDocument;
use crate::domain::contract::Judgement;
use crate::domain::contract::verify::verified::summary;
use crate::domain::events::Events;
use crate::domain::text::duration;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::report::{self, JudgementFormat};
use crate::ui::{Ui, verify_page};
use crate::workflows::verify::{self, VerifyOptions};
use shown::shown_path;

pub(super) fn run(ui: Ui, project: &Project, args: &VerifyArgs) -> Result<Outcome<VerifyDocument>, CliError> {
    let options = VerifyOptions {
        components: args.components.clone(),
        tag: args.tag.clone(),
        no_cache: args.no_cache,
        strict: args.strict,
    };
    let report = verify::run(project, &options, &ui)?;
    if !ui.json && args.format == JudgementFormat::Human {
        ui.boxes(&report.images);
    }
    if !ui.json {
        let boxes = report.images.iter().flat_map(|image| &image.boxes);
        let judgements: Vec<&Judgement> = boxes.map(|judged| &judged.judgement).collect();
        report::show_judgements(ui, args.format, "verify", &judgements, &report.findings);
    }
    if let Some(path) = &args.report {
        verify::write_page(project, path, &verify_page::html(&report.images))?;
        ui.status("Wrote", &format!("`{}`", shown_path(path)));
    }
    ui.status("Verified", &format!("{} in {}", summary(&report.images), duration(report.time)));
    let failure = report.failure.clone();
    Ok(Outcome { document: VerifyDocument::from(&report), failure })
}
