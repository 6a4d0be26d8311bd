//! Ends containers with a request in flight: one that ends, and one that does not.

use std::time::Duration;

use process::RunError;

use super::boxes::{HTTP_ONLY, NO_ANSWER, Verdicts};
use super::found::FoundImage;
use super::start::{Running, wait_for_end};
use super::workbench::Workbench;
use crate::domain::contract::Verdict;
use crate::domain::contract::declared::{Protocol, StopSignal};
use crate::domain::contract::verify::measured::{self, Drained};
use crate::domain::contract::verify_rules::{CONTAINER_DRAINS, CONTAINER_STOPS};
use crate::effects::clock::Stopwatch;
use crate::effects::verify::containers;
use crate::effects::verify::http::OpenRequest;

/// How long an application has to answer a request before its body is complete; then it waits for the rest.
const EARLY: Duration = Duration::from_millis(500);

/// How long a request stays open after the signal.
const OPEN: Duration = Duration::from_secs(1);

/// The reason of a rule without a request.
const NO_REQUEST: &str = "the contract declares no `drain-request`";

/// Ends the main container with a request in flight; judges the request, and the end.
pub(super) fn stop(
    bench: &Workbench,
    image: &FoundImage<'_>,
    main: &Running,
    no_database: Option<&str>,
) -> Result<Verdicts, RunError> {
    let (contract, subject) = (&image.contract, image.subject());
    let Some(grace) = &contract.stop_grace_seconds else { return Ok(Vec::new()) };
    let (signal, limit) = (signal(image), Duration::from_secs(grace.value));
    let request = contract.drain_request.as_ref().filter(|_| contract.protocol == Protocol::Http);
    let mut open = None;
    let mut drained = None;
    if let Some(request) = request {
        match OpenRequest::begin(main.port, request) {
            Ok(mut request) => match request.early_answer(EARLY) {
                Some(answer) => drained = Some(Drained::Early(answer.status)),
                None => open = Some(request),
            },
            Err(reason) => drained = Some(Drained::Cut(reason)),
        }
    }
    let watch = Stopwatch::start();
    containers::signal(&bench.runner, &main.name, signal.name())?;
    if let Some(open) = open {
        bench.pause(OPEN)?;
        drained = Some(match open.finish(limit) {
            Ok(answer) => Drained::Answered(answer.status),
            Err(reason) => Drained::Cut(reason),
        });
    }
    let end = wait_for_end(bench, &main.name, watch, limit)?;
    let drains = match (no_database, drained, request) {
        (Some(reason), ..) => Verdict::NotDecided(reason.to_owned()),
        (None, Some(drained), Some(request)) => measured::drains(&subject, request.line, &drained),
        _ if contract.protocol != Protocol::Http => Verdict::NotDecided(HTTP_ONLY.to_owned()),
        _ => Verdict::NotDecided(NO_REQUEST.to_owned()),
    };
    Ok(vec![(CONTAINER_DRAINS, drains), (CONTAINER_STOPS, measured::stops(&subject, &signal, end))])
}

/// Ends a container with a request that does not end.
pub(super) fn grace(bench: &Workbench, image: &FoundImage<'_>, running: &Running) -> Result<Verdict, RunError> {
    let contract = &image.contract;
    if contract.protocol != Protocol::Http {
        return Ok(Verdict::NotDecided(HTTP_ONLY.to_owned()));
    }
    let (Some(grace), Some(request)) = (&contract.stop_grace_seconds, &contract.drain_request) else {
        return Ok(Verdict::NotDecided(NO_REQUEST.to_owned()));
    };
    if !running.start.answers() {
        return Ok(Verdict::NotDecided(NO_ANSWER.to_owned()));
    }
    let mut open = match OpenRequest::begin(running.port, request) {
        Ok(open) => open,
        Err(reason) => return Ok(Verdict::NotDecided(reason)),
    };
    if let Some(answer) = open.early_answer(EARLY) {
        return Ok(measured::drains(&image.subject(), request.line, &Drained::Early(answer.status)));
    }
    let (signal, watch) = (signal(image), Stopwatch::start());
    containers::signal(&bench.runner, &running.name, signal.name())?;
    let end = wait_for_end(bench, &running.name, watch, Duration::from_secs(grace.value))?;
    drop(open);
    Ok(measured::grace(&image.subject(), &signal, end))
}

fn signal(image: &FoundImage<'_>) -> StopSignal {
    let declared = image.contract.stop_signal.as_ref().map(|signal| signal.value.clone());
    declared.unwrap_or_else(|| StopSignal::parse(StopSignal::DEFAULT))
}
