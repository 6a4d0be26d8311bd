//! Exceptions: findings that taskflow.toml allows, each with its place, its rule, a reason, and a day on which it ends.

use super::day::Day;
use super::places::{Coverage, fixed_part};
use super::record::Finding;
use super::rule::Rule;
use crate::domain::problem::{Place, Problem};

/// A finding that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Where: a path, `build-arg:NAME`, `image:COMPONENT:PATH`; a folder or a pattern stands for all that it covers.
    pub place: String,
    /// The rule that is allowed.
    pub rule: Rule,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Day,
    /// Where it stands in taskflow.toml.
    pub written: Place,
}

/// What is left of findings, and what is wrong with the exceptions.
#[derive(Debug, Default)]
pub struct Allowed {
    /// Findings that nothing allows.
    pub findings: Vec<Finding>,
    /// Exceptions that have expired, or allow nothing any more.
    pub problems: Vec<Problem>,
    /// Findings that are allowed, with the reason.
    pub allowed: Vec<(Finding, String)>,
}

/// Applies exceptions to the findings of their family. `looked_at` says whether a place was judged, so that an exception
/// can be known to be unused.
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
                    .hint("mend what it allows, or give the exception a new day and a reason that holds"),
            );
        } else if !used && looked_at(fixed_part(place)) {
            let problem = Problem::new(format!("the exception for rule `{id}` at `{place}` allows nothing"));
            result.problems.push(problem.at(written.clone()).hint("remove it: what it allowed is gone"));
        }
    }
    result
}
