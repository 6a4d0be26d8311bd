//! `tags`: shows the tags that the state of git gives now, or would give on another branch, with the reasons.

use std::os::unix::ffi::OsStrExt;

use crate::cli::TagsArgs;
use crate::context::Project;
use crate::documents::tags::TagsDocument;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::tag::{TagOptions, TagReport, tags};

pub(super) fn run(ui: Ui, project: &Project, args: &TagsArgs) -> Result<Outcome<TagsDocument>, CliError> {
    let branch = args.branch.as_ref().map(|name| name.as_bytes().to_vec());
    let report = tags(project, &ui, TagOptions { components: args.components.clone(), branch })?;
    if !ui.json {
        show(ui, &report);
    }
    Ok(Outcome::success(report.into()))
}

/// Prints a line for each tag: the reference, then the reason.
fn show(ui: Ui, report: &TagReport) {
    let references: Vec<String> = report.components.iter().map(|(_, reference)| reference.to_string()).collect();
    let width = references.iter().map(String::len).max().unwrap_or_default();
    for reference in references {
        ui.result(&format!("{reference:width$}  {}", report.decision.reason));
    }
}
