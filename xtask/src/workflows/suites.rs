//! `test`: runs the suites of the repository one after the other.

use std::time::Duration;

use process::{Invocation, RunError};

use super::bootstrap::{self, Steps};
use crate::context::Project;
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::suites::{Declared, Suite, SuiteFacts, parts_up, wanted};
use crate::domain::text::count;
use crate::effects::clock::Stopwatch;
use crate::effects::{fs, rig};
use crate::error::{CliError, ErrorKind};

/// The options of a test run.
pub(crate) struct SuiteOptions {
    /// The suites to run; if empty, all that need no node.
    pub(crate) suites: Vec<String>,
    /// Whether the suites that need the rig's node and engines run, too.
    pub(crate) rig: bool,
    /// Whether missing parts of the machine are provided first.
    pub(crate) bootstrap: bool,
    /// Whether the run is only planned.
    pub(crate) dry_run: bool,
}

/// The result of a test run.
pub(crate) struct SuitesReport {
    /// Whether it was a dry run.
    pub(crate) dry_run: bool,
    /// The calls that provided parts of the machine, or would.
    pub(crate) bootstrap: Vec<String>,
    /// The suites that have ended, or would run.
    pub(crate) suites: Vec<SuiteResult>,
    /// Why the run failed; none if every suite passed.
    pub(crate) failure: Option<CliError>,
}

/// The result of a suite.
pub(crate) struct SuiteResult {
    /// The name.
    pub(crate) name: &'static str,
    /// The calls, in order.
    pub(crate) calls: Vec<Invocation>,
    /// How the suite ended.
    pub(crate) end: SuiteEnd,
    /// Its duration.
    pub(crate) time: Duration,
}

/// How a suite ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SuiteEnd {
    /// All calls succeeded.
    Passed,
    /// A call failed, for this reason.
    Failed(String),
    /// A call could not be run, for this reason.
    CouldNotRun(String),
    /// It was a dry run.
    NotRun,
}

impl SuiteEnd {
    /// Returns the name for documents.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::CouldNotRun(_) => "could-not-run",
            Self::NotRun => "not-run",
        }
    }

    /// Returns why the suite did not pass.
    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Self::Failed(reason) | Self::CouldNotRun(reason) => Some(reason),
            Self::Passed | Self::NotRun => None,
        }
    }
}

/// Runs suites. A suite that fails does not stop the ones after it.
///
/// # Errors
///
/// `ErrorKind::Environment`, `Config`, or `Interrupted` if neither a suite nor a step of `--bootstrap` has begun. The
/// report contains a later failure.
pub(crate) fn run(project: &Project, events: &dyn Events, options: &SuiteOptions) -> Result<SuitesReport, CliError> {
    let mut steps = Steps::new(events, &project.runner, options.dry_run);
    let prepared = prepare(project, options, &mut steps);
    let mut report =
        SuitesReport { dry_run: options.dry_run, bootstrap: steps.begun.clone(), suites: Vec::new(), failure: None };
    let suites = match prepared {
        Ok(suites) => suites,
        Err(error) if steps.changed_nothing() => return Err(error),
        Err(error) => {
            report.failure = Some(steps.failure(error));
            return Ok(report);
        }
    };
    for Suite { name, steps: calls } in suites {
        let watch = Stopwatch::start();
        let end = if options.dry_run { Ok(SuiteEnd::NotRun) } else { run_suite(project, events, name, &calls) };
        match end {
            Ok(end) => report.suites.push(SuiteResult { name, calls, end, time: watch.elapsed() }),
            Err(error) => {
                report.failure = Some(error);
                return Ok(report);
            }
        }
    }
    report.failure = failure(&report.suites);
    Ok(report)
}

/// Provides missing parts of the machine if that is wanted, and decides which calls run.
fn prepare(project: &Project, options: &SuiteOptions, steps: &mut Steps<'_>) -> Result<Vec<Suite>, CliError> {
    let declared: Vec<&Declared> = wanted(&options.suites, options.rig).collect();
    if options.bootstrap {
        if declared.iter().any(|suite| suite.base_images) {
            let bases = bootstrap::base_images(project, &project.components(&[])?)?;
            bootstrap::ensure(&bases, steps)?;
        }
        for step in parts_up(&declared) {
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
    Ok(declared.into_iter().map(|suite| suite.suite(&facts)).collect())
}

/// Runs the calls of a suite until one of them fails.
fn run_suite(project: &Project, events: &dyn Events, name: &str, calls: &[Invocation]) -> Result<SuiteEnd, CliError> {
    for call in calls {
        events.status("Running", &format!("{name}: `{call}`"));
        match project.runner.follow(call, None, |_, line| events.tool_line(line)) {
            Ok(Some(0)) => {}
            Ok(Some(code)) => return Ok(SuiteEnd::Failed(format!("`{call}` ended with exit code {code}"))),
            Ok(None) => return Ok(SuiteEnd::Failed(format!("`{call}` was ended by a signal"))),
            Err(RunError::Interrupted(signal)) => {
                return Err(CliError::interrupted(signal, &format!("suite `{name}` was not finished")));
            }
            Err(error) => return Ok(SuiteEnd::CouldNotRun(error.to_string())),
        }
    }
    Ok(SuiteEnd::Passed)
}

/// Returns the number of suites that did not pass.
pub(crate) fn failed(suites: &[SuiteResult]) -> usize {
    suites.iter().filter(|suite| suite.end.reason().is_some()).count()
}

/// Returns the failure of suites that did not pass.
fn failure(suites: &[SuiteResult]) -> Option<CliError> {
    let failed = failed(suites);
    (failed > 0).then(|| {
        let problem = Problem::new(format!("{} did not pass", count(failed, "suite")));
        CliError::new(ErrorKind::Failed, problem.hint("run one alone with `cargo xtask test SUITE`"))
    })
}
