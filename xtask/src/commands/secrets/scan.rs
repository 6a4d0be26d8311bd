//! `secrets scan`: looks for secrets wherever one is told to.

use crate::cli::ScanArgs;
use crate::context::Project;
use crate::documents::scan::{RowDocument, ScanDocument};
use crate::domain::events::Events;
use crate::domain::finding::{Finding, Severity};
use crate::domain::problem::Problem;
use crate::domain::secrets::{is_unseen, merged};
use crate::domain::text::{count, duration, size, total};
use crate::effects::clock::Stopwatch;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::{Ui, report};
use crate::workflows::scan::{self, rows};

pub(crate) fn run(ui: Ui, project: &Project, args: &ScanArgs) -> Result<Outcome<ScanDocument>, CliError> {
    if args.stdin_args { judge_rows(ui, project) } else { search(ui, project, args) }
}

fn judge_rows(ui: Ui, project: &Project) -> Result<Outcome<ScanDocument>, CliError> {
    let (rows, findings) = rows::judge(project)?;
    if !ui.json {
        for finding in &findings {
            ui.result(&format!("{}  {}  {}", finding.id, finding.rule, finding.reason));
        }
    }
    let failure = (!findings.is_empty()).then(|| {
        let unseen = findings.iter().filter(|finding| finding.rule == secretscan::rules::UNSEEN).count();
        let rows = count(rows, "row");
        let message = match (findings.len() - unseen, unseen) {
            (secrets, 0) => format!("{secrets} of {rows} hold a secret"),
            (0, unseen) => format!("{unseen} of {rows} could not be searched"),
            (secrets, unseen) => format!("{secrets} of {rows} hold a secret, and {unseen} could not be searched"),
        };
        CliError::new(ErrorKind::Failed, Problem::new(message))
    });
    let findings = findings.into_iter().map(RowDocument::from).collect();
    Ok(Outcome { document: ScanDocument::Rows { rows, findings }, failure })
}

fn search(ui: Ui, project: &Project, args: &ScanArgs) -> Result<Outcome<ScanDocument>, CliError> {
    let watch = Stopwatch::start();
    let mut report = scan::search(project, &ui, &args.targets)?;
    report::show(ui, args.format, &report.findings, merged);
    let bytes = total(report.targets.iter().map(|target| target.bytes));
    ui.status("Searched", &format!("{} in {}", size(bytes), duration(watch.elapsed())));
    let problems: Vec<Problem> =
        std::mem::take(&mut report.problems).into_iter().chain(sum(&report.findings)).collect();
    let failure = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    Ok(Outcome { document: report.into(), failure })
}

/// How many secrets there are; none without any.
fn sum(findings: &[Finding]) -> Option<Problem> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let (unseen, secrets): (Vec<_>, Vec<_>) = errors.partition(|finding| is_unseen(finding));
    let told = match (secrets.len(), unseen.len()) {
        (0, 0) => return None,
        (secrets, 0) => format!("{} found", count(secrets, "secret")),
        (0, unseen) => format!("{} could not be searched", count(unseen, "place")),
        (secrets, unseen) => {
            let unseen = count(unseen, "place");
            format!("{} found, and {unseen} could not be searched", count(secrets, "secret"))
        }
    };
    Some(Problem::new(told).note("no value is shown; each rule is explained in docs/secrets.md"))
}
