//! `secrets scan`: searches targets for secrets.

use crate::cli::ScanArgs;
use crate::context::Project;
use crate::documents::scan::ScanDocument;
use crate::domain::events::Events;
use crate::domain::secrets::merged;
use crate::domain::text::{duration, size, total};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::ui::{Ui, report};
use crate::workflows::scan::{self, rows};

pub(crate) fn run(ui: Ui, project: &Project, args: &ScanArgs) -> Result<Outcome<ScanDocument>, CliError> {
    if args.stdin_args { judge_rows(ui, project) } else { search(ui, project, args) }
}

fn judge_rows(ui: Ui, project: &Project) -> Result<Outcome<ScanDocument>, CliError> {
    let mut report = rows::judge(project)?;
    if !ui.json {
        for finding in &report.findings {
            ui.result(&format!("{}  {}  {}", finding.id, finding.rule, finding.reason));
        }
    }
    let failure = report.failure.take();
    Ok(Outcome { document: report.into(), failure })
}

fn search(ui: Ui, project: &Project, args: &ScanArgs) -> Result<Outcome<ScanDocument>, CliError> {
    let mut report = scan::search(project, &ui, &args.targets)?;
    report::show(ui, args.format, &report.findings, merged);
    let bytes = total(report.targets.iter().map(|target| target.bytes));
    ui.status("Searched", &format!("{} in {}", size(bytes), duration(report.time)));
    let failure = report.failure.take();
    Ok(Outcome { document: report.into(), failure })
}
