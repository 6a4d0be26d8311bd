//! Findings that taskflow.toml allows: each with its place, its rule, a reason, and a day on which it ends.

use std::fmt;
use std::str::FromStr;

use super::finding::{SecretFinding, Severity, Site};
use super::places::{Coverage, fixed_part};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::rfc3339;

/// A day, `2027-01-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// The day of a time in seconds since 1970, in UTC.
    pub fn of_seconds(seconds: i64) -> Self {
        let text = rfc3339(seconds);
        Self(text.get(..10).unwrap_or(&text).to_owned())
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
        let digits = text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if [4, 7].contains(&at) { byte == b'-' } else { byte.is_ascii_digit() });
        let days = |month, year: u32| match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
            2 => 28,
            _ => 31,
        };
        match (number(0..4), number(5..7), number(8..10)) {
            (Some(year), Some(month @ 1..=12), Some(day))
                if digits && text.len() == 10 && day >= 1 && day <= days(month, year) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("`{text}` is not a day of the form 2027-01-31")),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A finding that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Where: a path, `build-arg:NAME`, `image:COMPONENT:PATH`; a folder or a pattern stands for all that it covers.
    pub place: String,
    /// Which rule.
    pub rule: String,
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
    pub findings: Vec<SecretFinding>,
    /// Exceptions that have expired, or allow nothing any more.
    pub problems: Vec<Problem>,
    /// Findings that are allowed, with the reason.
    pub allowed: Vec<(SecretFinding, String)>,
}

/// Applies exceptions. `place` names the place of a finding as taskflow.toml does; `looked_at` says whether a place was
/// searched, so that an exception can be known to be unused.
pub fn apply(
    exceptions: &[Exception],
    findings: Vec<SecretFinding>,
    today: &Day,
    place: &dyn Fn(&Site) -> String,
    looked_at: &dyn Fn(&str) -> bool,
) -> Allowed {
    let mut used = vec![false; exceptions.len()];
    let covered: Vec<Coverage> = exceptions.iter().map(|exception| Coverage::of(&exception.place)).collect();
    let mut result = Allowed::default();
    for finding in findings {
        let place = place(&finding.site);
        let at = exceptions.iter().zip(&covered).position(|(exception, covered)| {
            exception.rule == finding.verdict.rule && *today <= exception.expires && covered.holds(&place)
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
        let Exception { place, rule, expires, written, .. } = exception;
        if *today > *expires {
            let problem =
                Problem::new(format!("the exception for rule `{rule}` at `{place}` has expired on {expires}"));
            result.problems.push(
                problem
                    .at(written.clone())
                    .hint("take the secret out, or give the exception a new day and a reason that holds"),
            );
        } else if !used && looked_at(fixed_part(place)) {
            let problem = Problem::new(format!("the exception for rule `{rule}` at `{place}` allows nothing"));
            result.problems.push(problem.at(written.clone()).hint("remove it: what it allowed is gone"));
        }
    }
    result
}

/// Errors first, then warnings, each in order.
pub fn sorted(mut findings: Vec<SecretFinding>) -> Vec<SecretFinding> {
    findings.sort_by_key(|finding| finding.severity == Severity::Warning);
    findings
}
