//! `test`: runs the suites of the repository one after the other, then prints a line for each.

use crate::cli::TestArgs;
use crate::context::Project;
use crate::documents::test::TestDocument;
use crate::domain::text::duration;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::suites::{self, SuiteOptions, SuiteResult, SuitesReport};

pub(super) fn run(ui: Ui, project: &Project, args: &TestArgs) -> Result<Outcome<TestDocument>, CliError> {
    let options =
        SuiteOptions { suites: args.suites.clone(), rig: args.rig, bootstrap: args.bootstrap, dry_run: args.dry_run };
    let mut report = suites::run(project, &ui, &options)?;
    let failure = report.failure.take();
    match &failure {
        _ if ui.json || report.suites.is_empty() => {}
        _ if report.dry_run => show_calls(ui, &report),
        Some(CliError { kind: ErrorKind::Interrupted(_), .. }) => {}
        _ => show_results(ui, &report.suites),
    }
    Ok(Outcome { document: report.into(), failure })
}

/// Prints the calls, one on each line.
fn show_calls(ui: Ui, report: &SuitesReport) {
    let calls = report.suites.iter().flat_map(|suite| &suite.calls).map(ToString::to_string);
    report.bootstrap.iter().cloned().chain(calls).for_each(|call| ui.result(&call));
}

/// Prints a line for each suite, then the counts.
fn show_results(ui: Ui, results: &[SuiteResult]) {
    for SuiteResult { name, end, time, .. } in results {
        let reason = end.reason().map_or(String::new(), |reason| format!("  {reason}"));
        ui.result(&format!("{name:10}{:15}{:>12}{reason}", end.name().replace('-', " "), duration(*time)));
    }
    let failed = suites::failed(results);
    ui.result(&format!("{} passed, {failed} failed", results.len() - failed));
}
