//! Exceptions: findings that taskflow.toml allows, each with a place, a rule, a reason, and a last day.

use super::day::Day;
use super::places::{Coverage, fixed_part};
use super::record::Finding;
use super::rule::Rule;
use crate::domain::problem::{Place, Problem};

/// An exception in taskflow.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The place: a path, `build-arg:NAME`, `image:COMPONENT:PATH`. A folder or a pattern covers several places.
    pub place: String,
    /// The rule whose findings are allowed.
    pub rule: Rule,
    /// The reason, for people.
    pub reason: String,
    /// The last day on which the exception holds.
    pub expires: Day,
    /// Its place in taskflow.toml.
    pub written: Place,
}

/// The result of applying exceptions to findings.
#[derive(Debug, Default)]
pub struct Allowed {
    /// Findings that no exception allows.
    pub findings: Vec<Finding>,
    /// Problems of exceptions that have expired, or that allow nothing any more.
    pub problems: Vec<Problem>,
    /// Findings that an exception allows, with its reason.
    pub allowed: Vec<(Finding, String)>,
}

/// Applies exceptions to the findings of their family. `looked_at` returns whether a place was searched, so that an
/// unused exception can be reported.
pub fn apply(
    exceptions: &[&Exception],
    findings: Vec<Finding>,
    today: &Day,
    looked_at: &dyn Fn(&str) -> bool,
) -> Allowed {
    let mut used = vec![false; exceptions.len()];
    let covered: Vec<Coverage> = exceptions.iter().map(|exception| Coverage::of(&exception.place)).collect();
    let mut result = Allowed::default();
    for finding in findings {
        let place = finding.site.place();
        let at = exceptions.iter().zip(&covered).position(|(exception, covered)| {
            exception.rule.id == finding.rule.id && *today <= exception.expires && covered.holds(&place)
        });
        match at.and_then(|at| Some((exceptions.get(at)?, used.get_mut(at)?))) {
            Some((exception, used)) if finding.can_be_allowed() => {
                *used = true;
                result.allowed.push((finding, exception.reason.clone()));
            }
            _ => result.findings.push(finding),
        }
    }
    for (exception, used) in exceptions.iter().zip(used) {
        let Exception { place, rule: Rule { id, .. }, expires, written, .. } = exception;
        if *today > *expires {
            let problem = Problem::new(format!("the exception for rule `{id}` at `{place}` has expired on {expires}"));
            result.problems.push(
                problem
                    .at(written.clone())
                    .hint("fix what it allows, or give the exception a later day and a reason that still holds"),
            );
        } else if !used && looked_at(fixed_part(place)) {
            let problem = Problem::new(format!("the exception for rule `{id}` at `{place}` allows nothing"));
            result.problems.push(problem.at(written.clone()).hint("remove it: what it allowed is gone"));
        }
    }
    result
}
