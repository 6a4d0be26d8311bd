//! `test`: the suites of the repository one after the other, then a line for each.

use std::time::Duration;

use process::RunError;
use serde::Serialize;

use super::bootstrap::Steps;
use super::{Context, Ending, bootstrap, run_error};
use crate::cli::TestArgs;
use crate::domain::bootstrap::{Step, rig_up};
use crate::domain::problem::Problem;
use crate::domain::suites::{MINIKUBE, Suite, SuiteFacts, is_wanted, rig_parts_up, suites};
use crate::domain::text::{count, duration};
use crate::effects::clock::Stopwatch;
use crate::effects::{fs, rig};
use crate::error::{CliError, ErrorKind};

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

pub(super) fn run(context: &Context, args: &TestArgs) -> Ending<TestResult> {
    let suites = match prepare(context, args) {
        Ok(suites) => suites,
        Err(error) => return error.into(),
    };
    if args.dry_run && !context.ui.json {
        suites.iter().flat_map(|suite| &suite.steps).for_each(|step| context.ui.result(&step.to_string()));
    }
    let mut results = Vec::new();
    for suite in &suites {
        let result = if args.dry_run {
            Ok(described(suite, "not-run", None, Duration::ZERO))
        } else {
            run_suite(context, suite)
        };
        match result {
            Ok(result) => results.push(result),
            Err(error) => {
                return Ending {
                    result: Some(TestResult { dry_run: args.dry_run, suites: results }),
                    error: Some(error),
                };
            }
        }
    }
    let error = if args.dry_run { None } else { summary(context, &results) };
    Ending { result: Some(TestResult { dry_run: args.dry_run, suites: results }), error }
}

fn prepare(context: &Context, args: &TestArgs) -> Result<Vec<Suite>, CliError> {
    if args.bootstrap {
        let wanted = |suites: &[&str]| suites.iter().any(|suite| is_wanted(suite, &args.suites, args.rig));
        if wanted(&["images", "browser", MINIKUBE]) {
            bootstrap::ensure(context, &context.components(&[])?, args.dry_run, &mut Steps::default())?;
        }
        let parts = [
            ("database", "starting a PostgreSQL for the tests", wanted(&["backend", "images", "browser"])),
            ("browser", "getting a browser for the tests", wanted(&["browser"])),
        ];
        for (part, what, _) in parts.into_iter().filter(|(_, _, wanted)| *wanted) {
            let step = Step { what: what.to_owned(), invocation: rig_up(part) };
            bootstrap::perform(context, &step, args.dry_run, &mut Steps::default())?;
        }
        if wanted(&[MINIKUBE]) {
            let what = "starting a Minikube node and engines for the tests; the first time builds them, for minutes";
            let step = Step { what: what.to_owned(), invocation: rig_parts_up() };
            bootstrap::perform(context, &step, args.dry_run, &mut Steps::default())?;
        }
    }
    let mut parts = rig::facts(&context.runner).map_err(|error| run_error(&error))?;
    let facts = SuiteFacts {
        database: parts.remove("database.url"),
        database_in_container: parts.remove("database.container_url"),
        chromium: parts.remove("browser.chromium"),
        frontend_installed: fs::is_as_new_as(
            &context.root.join("frontend/node_modules/.package-lock.json"),
            &context.root.join("frontend/package-lock.json"),
        ),
        backend_environment: fs::is_file(&context.root.join("backend/.venv/bin/pip")),
    };
    Ok(suites(&args.suites, args.rig, &facts))
}

fn run_suite(context: &Context, suite: &Suite) -> Result<SuiteResult, CliError> {
    let watch = Stopwatch::start();
    for step in &suite.steps {
        context.ui.status("Running", &format!("{}: `{step}`", suite.name));
        let reason = match context.runner.follow(step, None, |_, line| context.ui.tool_line(line)) {
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
fn summary(context: &Context, results: &[SuiteResult]) -> Option<CliError> {
    let passed = results.iter().filter(|result| result.outcome == "passed").count();
    let failed = results.len() - passed;
    if !context.ui.json {
        for result in results {
            let reason = result.reason.as_ref().map_or(String::new(), |reason| format!("  {reason}"));
            let time = duration(Duration::from_millis(result.duration_ms));
            context.ui.result(&format!("{:10}{:15}{time:>12}{reason}", result.name, result.outcome.replace('-', " ")));
        }
        context.ui.result(&format!("{passed} passed, {failed} failed"));
    }
    (failed > 0).then(|| {
        let problem = Problem::new(format!("{} did not pass", count(failed, "suite")));
        CliError::new(ErrorKind::Failed, problem.hint("run one alone with `cargo xtask test SUITE`"))
    })
}
