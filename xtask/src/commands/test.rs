//! `test`: the suites of the repository one after the other, then a line for each.

use std::time::Duration;

use process::RunError;
use serde::Serialize;

use crate::cli::TestArgs;
use crate::context::Project;
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::suites::{Declared, Suite, SuiteFacts, parts_up, wanted};
use crate::domain::text::{count, duration};
use crate::effects::clock::Stopwatch;
use crate::effects::{fs, rig};
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::Ui;
use crate::workflows::bootstrap::{self, Steps};

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct TestResult {
    dry_run: bool,
    suites: Vec<SuiteResult>,
}

#[derive(Serialize)]
struct SuiteResult {
    name: &'static str,
    commands: Vec<String>,
    outcome: &'static str,
    reason: Option<String>,
    duration_ms: u64,
}

pub(super) fn run(ui: Ui, project: &Project, args: &TestArgs) -> Result<Outcome<TestResult>, CliError> {
    let suites = prepare(ui, project, args)?;
    if args.dry_run && !ui.json {
        suites.iter().flat_map(|suite| &suite.steps).for_each(|step| ui.result(&step.to_string()));
    }
    let mut results = Vec::new();
    for suite in &suites {
        let result = if args.dry_run {
            Ok(described(suite, "not-run", None, Duration::ZERO))
        } else {
            run_suite(ui, project, suite)
        };
        match result {
            Ok(result) => results.push(result),
            Err(error) => {
                let document = TestResult { dry_run: args.dry_run, suites: results };
                return Ok(Outcome { document, failure: Some(error) });
            }
        }
    }
    let failure = if args.dry_run { None } else { summary(ui, &results) };
    Ok(Outcome { document: TestResult { dry_run: args.dry_run, suites: results }, failure })
}

fn prepare(ui: Ui, project: &Project, args: &TestArgs) -> Result<Vec<Suite>, CliError> {
    if args.bootstrap {
        let mut steps = Steps::new(&ui, &project.runner, args.dry_run);
        let wanted: Vec<&Declared> = wanted(&args.suites, args.rig).collect();
        if wanted.iter().any(|suite| suite.base_images) {
            let bases = bootstrap::base_images(project, &project.components(&[])?)?;
            bootstrap::ensure(&bases, &mut steps)?;
        }
        for step in parts_up(&wanted) {
            steps.perform(&step)?;
        }
    }
    let mut parts = rig::facts(&project.runner)?;
    let facts = SuiteFacts {
        database: parts.remove("database.url"),
        database_in_container: parts.remove("database.container_url"),
        chromium: parts.remove("browser.chromium"),
        frontend_installed: fs::is_as_new_as(
            &project.root.join("frontend/node_modules/.package-lock.json"),
            &project.root.join("frontend/package-lock.json"),
        ),
        backend_environment: fs::is_file(&project.root.join("backend/.venv/bin/pip")),
    };
    Ok(wanted(&args.suites, args.rig).map(|suite| suite.suite(&facts)).collect())
}

fn run_suite(ui: Ui, project: &Project, suite: &Suite) -> Result<SuiteResult, CliError> {
    let watch = Stopwatch::start();
    for step in &suite.steps {
        ui.status("Running", &format!("{}: `{step}`", suite.name));
        let reason = match project.runner.follow(step, None, |_, line| ui.tool_line(line)) {
            Ok(Some(0)) => continue,
            Ok(Some(code)) => ("failed", format!("`{step}` ended with exit code {code}")),
            Ok(None) => ("failed", format!("`{step}` was ended by a signal")),
            Err(RunError::Interrupted(signal)) => {
                return Err(CliError::interrupted(signal, &format!("suite `{}` was not finished", suite.name)));
            }
            Err(error) => ("could-not-run", error.to_string()),
        };
        return Ok(described(suite, reason.0, Some(reason.1), watch.elapsed()));
    }
    Ok(described(suite, "passed", None, watch.elapsed()))
}

fn described(suite: &Suite, outcome: &'static str, reason: Option<String>, time: Duration) -> SuiteResult {
    SuiteResult {
        name: suite.name,
        commands: suite.steps.iter().map(ToString::to_string).collect(),
        outcome,
        reason,
        duration_ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
    }
}

/// A line for each suite, then the count.
fn summary(ui: Ui, results: &[SuiteResult]) -> Option<CliError> {
    let passed = results.iter().filter(|result| result.outcome == "passed").count();
    let failed = results.len() - passed;
    if !ui.json {
        for result in results {
            let reason = result.reason.as_ref().map_or(String::new(), |reason| format!("  {reason}"));
            let time = duration(Duration::from_millis(result.duration_ms));
            ui.result(&format!("{:10}{:15}{time:>12}{reason}", result.name, result.outcome.replace('-', " ")));
        }
        ui.result(&format!("{passed} passed, {failed} failed"));
    }
    (failed > 0).then(|| {
        let problem = Problem::new(format!("{} did not pass", count(failed, "suite")));
        CliError::new(ErrorKind::Failed, problem.hint("run one alone with `cargo xtask test SUITE`"))
    })
}
