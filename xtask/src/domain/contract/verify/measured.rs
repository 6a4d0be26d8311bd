//! Verdicts on what was measured on running containers.

use std::time::Duration;

use super::answer::{Answer, is_body};
use super::container::is_orderly_exit;
use super::subject::Subject;
use crate::domain::contract::declared::{Health, Resources, StopSignal};
use crate::domain::contract::verify_rules::{
    CONTAINER_DRAINS, CONTAINER_GRACE, CONTAINER_LOAD_CPU, CONTAINER_LOAD_MEMORY, CONTAINER_STARTUP_TIME,
    CONTAINER_STOPS, IMAGE_HEALTH, IMAGE_HEALTH_WITHOUT_DATABASE, IMAGE_STARTS,
};
use crate::domain::contract::{RuleText, Verdict};
use crate::domain::text::{count, duration};

/// The start of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// It has given an answer.
    Answered {
        /// The time from the start of `docker run` to the answer.
        after: Duration,
        /// What it answered: a status, or that it accepts connections.
        how: String,
    },
    /// It runs and gives no answer.
    Silent {
        /// How long was waited.
        waited: Duration,
        /// The last line of its output.
        words: String,
    },
    /// It has ended.
    Ended {
        /// The exit code.
        code: i64,
        /// The last line of its output.
        words: String,
    },
    /// The engine could not start it.
    Refused {
        /// The words of docker.
        words: String,
    },
}

impl Start {
    /// Whether it answers.
    pub fn answers(&self) -> bool {
        matches!(self, Self::Answered { .. })
    }

    /// Returns what went wrong, as the end of a sentence, with more about it.
    fn failure(&self, port: u16) -> Option<(String, String)> {
        let ends_with = |words: &str| {
            if words.is_empty() { String::new() } else { format!("its output ends with: {words}") }
        };
        Some(match self {
            Self::Answered { .. } => return None,
            Self::Silent { waited, words } => {
                (format!("gives no answer on port {port} within {}", duration(*waited)), ends_with(words))
            }
            Self::Ended { code, words } => (format!("ends with exit code {code}"), ends_with(words)),
            Self::Refused { words } => ("cannot be started".to_owned(), format!("docker says: {words}")),
        })
    }
}

/// Judges whether a container runs and answers.
pub fn starts(subject: &Subject<'_>, start: &Start) -> Verdict {
    of_start(subject, IMAGE_STARTS, start, "")
}

/// Judges the start of a container with further options, which `with` names.
pub fn of_start(subject: &Subject<'_>, rule: RuleText, start: &Start, with: &str) -> Verdict {
    let port = subject.contract.port.as_ref().map(|port| port.value).unwrap_or_default();
    let (failure, note) = match (start, start.failure(port)) {
        (_, Some(failure)) => failure,
        (Start::Answered { how, .. }, None) => return Verdict::Held(Some(format!("{how} on port {port}"))),
        (_, None) => return Verdict::Held(None),
    };
    let what = format!("a container of `{}`{with} {failure}", subject.reference);
    let mut finding = subject.in_image(rule, "run", what);
    finding.notes.extend(Some(note).filter(|note| !note.is_empty()));
    Verdict::Broken(vec![finding])
}

/// Judges the start of a container with fewer rights; `status` is the usual one, and the one of this container.
pub fn variant(
    subject: &Subject<'_>,
    rule: RuleText,
    start: &Start,
    with: &str,
    status: Option<(u16, Result<u16, String>)>,
) -> Verdict {
    let what = match status {
        Some((usual, Ok(status))) if usual == status => return of_start(subject, rule, start, with),
        Some((usual, Ok(status))) => format!("answers with status {status}, and without this with status {usual}"),
        Some((_, Err(reason))) => format!("gives no answer: {reason}"),
        None => return of_start(subject, rule, start, with),
    };
    let what = format!("a container of `{}`{with} {what}", subject.reference);
    Verdict::Broken(vec![subject.in_image(rule, "run", what)])
}

/// Judges the time to the first answer.
pub fn startup_time(subject: &Subject<'_>, start: &Start) -> Verdict {
    let Some(limit) = &subject.contract.startup_seconds else { return Verdict::Held(None) };
    let Start::Answered { after, .. } = start else {
        return Verdict::NotDecided("the container gives no answer".to_owned());
    };
    if *after < Duration::from_secs(limit.value) {
        return Verdict::Held(Some(format!("{} of {} s", duration(*after), limit.value)));
    }
    let what = format!(
        "a container of `{}` gives its first answer after {}, and must give it within {} s",
        subject.reference,
        duration(*after),
        limit.value
    );
    Verdict::Broken(vec![subject.at_key(CONTAINER_STARTUP_TIME, "startup-seconds", limit.line, what)])
}

/// Judges the health check with everything that the container needs.
pub fn healthy(subject: &Subject<'_>, health: &Health, answer: Result<&Answer, &str>) -> Verdict {
    let body = health.healthy_body.as_deref();
    of_health(subject, IMAGE_HEALTH, health, (health.healthy_status, body), ("healthy", answer))
}

/// Judges the health check without the database.
pub fn unhealthy(subject: &Subject<'_>, health: &Health, answer: Result<&Answer, &str>) -> Verdict {
    let Some(status) = health.unhealthy_status else { return Verdict::Held(None) };
    let wanted = (status, health.unhealthy_body.as_deref());
    of_health(subject, IMAGE_HEALTH_WITHOUT_DATABASE, health, wanted, ("unhealthy", answer))
}

fn of_health(
    subject: &Subject<'_>,
    rule: RuleText,
    health: &Health,
    (status, body): (u16, Option<&str>),
    (key, answer): (&str, Result<&Answer, &str>),
) -> Verdict {
    let (reference, path) = (subject.reference, &health.path);
    let without = if key == "unhealthy" { " without its database" } else { "" };
    let (key, what) = match answer {
        Ok(answer) if answer.status == status && body.is_none_or(|body| is_body(body, &answer.body)) => {
            return Verdict::Held(Some(format!("{status} {}", shown_body(&answer.body)).trim().to_owned()));
        }
        Ok(answer) if answer.status == status => (
            format!("health.{key}-body"),
            format!(
                "`{path}` of `{reference}`{without} answers `{}`, and must answer `{}`",
                shown_body(&answer.body),
                body.unwrap_or_default()
            ),
        ),
        Ok(answer) => (
            format!("health.{key}-status"),
            format!(
                "`{path}` of `{reference}`{without} answers with status {}, and must answer with {status}",
                answer.status
            ),
        ),
        Err(reason) => {
            (format!("health.{key}-status"), format!("`{path}` of `{reference}`{without} gives no answer: {reason}"))
        }
    };
    Verdict::Broken(vec![subject.at_key(rule, &key, health.line, what)])
}

/// Returns the beginning of a body, as text on one line.
fn shown_body(body: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = shown::printable(body.get(..SHOWN).unwrap_or(body));
    if body.len() > SHOWN { format!("{text}…") } else { text }
}

/// A resource of a container, with its limit.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// The rule.
    pub rule: RuleText,
    /// The key of the limit.
    pub key: &'static str,
    /// The limit.
    pub limit: u64,
    /// The unit.
    pub unit: &'static str,
    /// What it is, for messages.
    pub name: &'static str,
    /// When it is measured, for messages.
    pub when: &'static str,
}

/// Whether a measured value is below a limit, if there is one.
pub fn is_below(measured: f64, limit: Option<u64>) -> bool {
    // Limits are small, so they are exact as numbers with a fraction.
    limit.is_none_or(|limit| measured < u32::try_from(limit).map_or(f64::MAX, f64::from))
}

/// Judges a measured resource; none if the engine did not measure it.
pub fn resource(subject: &Subject<'_>, limits: &Resources, resource: Resource, measured: Option<f64>) -> Verdict {
    let Resource { rule, key, limit, unit, name, when } = resource;
    let Some(measured) = measured else {
        return Verdict::NotDecided(format!("the engine does not measure {name}"));
    };
    let shown = format!("{measured:.1} of {limit} {unit}");
    if is_below(measured, Some(limit)) {
        return Verdict::Held(Some(shown));
    }
    let what = format!(
        "a container of `{}` uses {measured:.1} {unit} of {name} {when}, and must use less than {limit}",
        subject.reference
    );
    Verdict::Broken(vec![subject.at_key(rule, key, limits.line, what)])
}

/// What came of a short load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How long it took.
    pub time: Duration,
    /// The number of answers with a status below 500.
    pub answers: usize,
    /// The number of requests without such an answer.
    pub failures: usize,
    /// The reason of the first failure.
    pub reason: String,
    /// The longest time to an answer.
    pub slowest: Duration,
}

/// Judges a load on a container with a limited CPU.
pub fn load(subject: &Subject<'_>, limits: &Resources, limit: u64, load: &Load, used: Option<f64>) -> Verdict {
    let used = used.map_or(String::new(), |used| format!("{used:.1} of {limit} millicores, "));
    let answers = format!("{used}{} in {}", count(load.answers, "answer"), duration(load.time));
    if load.failures == 0 && load.answers > 0 {
        return Verdict::Held(Some(format!("{answers}, the slowest after {} ms", load.slowest.as_millis())));
    }
    let what = format!(
        "with {limit} millicores, a container of `{}` leaves {} without an answer: {}",
        subject.reference,
        count(load.failures, "request"),
        load.reason
    );
    Verdict::Broken(vec![subject.at_key(CONTAINER_LOAD_CPU, "resources.load-cpu-millicores", limits.line, what)])
}

/// Returns the verdict on a container that was killed because it needed more memory than its limit.
pub fn out_of_memory(subject: &Subject<'_>, limits: &Resources, limit: u64) -> Verdict {
    let what =
        format!("a container of `{}` is killed, because it needs more memory than {limit} MiB", subject.reference);
    Verdict::Broken(vec![subject.at_key(CONTAINER_LOAD_MEMORY, "resources.load-memory-mib", limits.line, what)])
}

/// What happened to a request that was in flight when the signal came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drained {
    /// It got this status.
    Answered(u16),
    /// The answer came before the request was complete, so it was not in flight.
    Early(u16),
    /// It got no answer, for this reason.
    Cut(String),
}

/// Judges the request that was in flight.
pub fn drains(subject: &Subject<'_>, line: usize, drained: &Drained) -> Verdict {
    let reference = subject.reference;
    let what = match drained {
        Drained::Answered(status) if *status < 500 => {
            return Verdict::Held(Some(format!("{status} after the signal")));
        }
        Drained::Early(status) => {
            return Verdict::NotDecided(format!(
                "the application answers `drain-request` with status {status} before it has read the body"
            ));
        }
        Drained::Answered(status) => {
            format!("a request to `{reference}` that runs when the stop signal comes gets status {status}")
        }
        Drained::Cut(reason) => {
            format!("a request to `{reference}` that runs when the stop signal comes gets no answer: {reason}")
        }
    };
    Verdict::Broken(vec![subject.at_key(CONTAINER_DRAINS, "drain-request", line, what)])
}

/// The end of a container after the stop signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It has ended.
    Exited {
        /// The time since the signal.
        after: Duration,
        /// The exit code.
        code: i64,
    },
    /// It still runs.
    Runs {
        /// The time since the signal.
        after: Duration,
    },
}

/// Judges the end of a container whose requests have ended.
pub fn stops(subject: &Subject<'_>, signal: &StopSignal, end: End) -> Verdict {
    of_end(subject, CONTAINER_STOPS, signal, end, "")
}

/// Judges the end of a container with a request that never ends.
pub fn grace(subject: &Subject<'_>, signal: &StopSignal, end: End) -> Verdict {
    of_end(subject, CONTAINER_GRACE, signal, end, ", with a request that does not end,")
}

fn of_end(subject: &Subject<'_>, rule: RuleText, signal: &StopSignal, end: End, with: &str) -> Verdict {
    let Some(grace) = &subject.contract.stop_grace_seconds else { return Verdict::Held(None) };
    let (reference, name, limit) = (subject.reference, signal.name(), grace.value);
    let what = match end {
        End::Exited { after, code } if after <= Duration::from_secs(limit) && is_orderly_exit(code, name) => {
            return Verdict::Held(Some(format!("{} of {limit} s, exit code {code}", duration(after))));
        }
        End::Exited { after, code } if after <= Duration::from_secs(limit) => {
            format!("a container of `{reference}`{with} ends with exit code {code} after {name}")
        }
        End::Exited { after, .. } => {
            format!(
                "a container of `{reference}`{with} ends {} after {name}, and must end within {limit} s",
                duration(after)
            )
        }
        End::Runs { after } => {
            format!(
                "a container of `{reference}`{with} still runs {} after {name}, and must end within {limit} s",
                duration(after)
            )
        }
    };
    Verdict::Broken(vec![subject.at_key(rule, "stop-grace-seconds", grace.line, what)])
}

#[cfg(test)]
#[path = "measured_tests.rs"]
mod tests;
