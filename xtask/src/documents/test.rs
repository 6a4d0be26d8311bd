//! The document of `test`.

use serde::Serialize;

use super::milliseconds;
use crate::workflows::suites::{SuiteResult, SuitesReport};

/// The results of the suites, or the suites that would run.
#[derive(Serialize)]
pub(crate) struct TestDocument {
    dry_run: bool,
    bootstrap: Vec<String>,
    suites: Vec<SuiteDocument>,
}

#[derive(Serialize)]
struct SuiteDocument {
    name: &'static str,
    commands: Vec<String>,
    outcome: &'static str,
    reason: Option<String>,
    duration_ms: u64,
}

impl From<SuitesReport> for TestDocument {
    fn from(report: SuitesReport) -> Self {
        let SuitesReport { dry_run, bootstrap, suites, failure: _ } = report;
        Self { dry_run, bootstrap, suites: suites.iter().map(SuiteDocument::from).collect() }
    }
}

impl From<&SuiteResult> for SuiteDocument {
    fn from(suite: &SuiteResult) -> Self {
        Self {
            name: suite.name,
            commands: suite.calls.iter().map(ToString::to_string).collect(),
            outcome: suite.end.name(),
            reason: suite.end.reason().map(str::to_owned),
            duration_ms: milliseconds(suite.time),
        }
    }
}
