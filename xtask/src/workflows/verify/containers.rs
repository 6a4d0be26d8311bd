//! The boxes that need running containers.

use std::thread::Scope;
use std::time::Duration;

use process::RunError;

use super::boxes::{Boxes, HTTP_ONLY, Later, NO_ANSWER, Verdicts};
use super::found::FoundImage;
use super::image::user_of_files;
use super::start::{Running, Surroundings, ask_until, start};
use super::workbench::Workbench;
use super::{drain, load};
use crate::domain::contract::declared::{Protocol, Resources};
use crate::domain::contract::verify::answer::{Answer, is_body};
use crate::domain::contract::verify::container::Usage;
use crate::domain::contract::verify::image::{FoundUser, user};
use crate::domain::contract::verify::measured::{self, Resource, is_below};
use crate::domain::contract::verify::postgres::address_of_nothing;
use crate::domain::contract::verify::variables::variables;
use crate::domain::contract::verify_rules::{
    CONTAINER_ANY_USER, CONTAINER_DRAINS, CONTAINER_GRACE, CONTAINER_IDLE_CPU, CONTAINER_IDLE_MEMORY,
    CONTAINER_LOAD_CPU, CONTAINER_LOAD_MEMORY, CONTAINER_READ_ONLY, CONTAINER_STARTUP_TIME, CONTAINER_STOPS,
    IMAGE_HEALTH, IMAGE_HEALTH_WITHOUT_DATABASE, IMAGE_STARTS, IMAGE_USER,
};
use crate::domain::contract::{RuleText, Verdict};
use crate::effects::threads::joined;
use crate::effects::verify::containers;
use crate::error::CliError;

/// Rules that need an application that answers.
const ANSWERING: [RuleText; 11] = [
    IMAGE_HEALTH,
    IMAGE_HEALTH_WITHOUT_DATABASE,
    CONTAINER_DRAINS,
    CONTAINER_STOPS,
    CONTAINER_GRACE,
    CONTAINER_IDLE_CPU,
    CONTAINER_IDLE_MEMORY,
    CONTAINER_LOAD_CPU,
    CONTAINER_LOAD_MEMORY,
    CONTAINER_READ_ONLY,
    CONTAINER_ANY_USER,
];

/// Rules about the start.
const STARTING: [RuleText; 3] = [IMAGE_STARTS, CONTAINER_STARTUP_TIME, IMAGE_USER];

/// The reason of rules that need containers of this machine.
const ELSEWHERE: &str = "the engine is on another machine, whose containers cannot be reached on the loopback";

/// Options for a container without privileges.
const READ_ONLY: [&str; 7] =
    ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

/// Options for a container with a user that the image does not know.
const ANY_USER: [&str; 2] = ["--user", "12345:12345"];

/// How long a container settles before it counts as idle.
const SETTLING: Duration = Duration::from_secs(3);

/// The wait before such a container is measured again.
const AGAIN: Duration = Duration::from_secs(1);

/// How often a container that is not idle yet is measured again.
const MORE_SAMPLES: usize = 3;

/// The container of an application that answers, and what it was started with.
pub(super) struct Main {
    running: Running,
    surroundings: Surroundings,
    /// The usual status of its answers.
    usual: Option<u16>,
    /// Why it has no database, if it needs one.
    no_database: Option<String>,
}

/// Starts the application, and judges its start and its health check. Returns the container for the other boxes, and
/// the thread with the box that takes longest; none if there is nothing more to judge.
pub(super) fn begin<'scope, 'a>(
    boxes: &mut Boxes<'a>,
    scope: &'scope Scope<'scope, 'a>,
) -> Result<Option<(Main, Option<Later<'scope>>)>, CliError> {
    if !boxes.needs(&ANSWERING) && !boxes.needs(&STARTING) {
        return Ok(None);
    }
    let image = boxes.image;
    let reason = if image.contract.protocol == Protocol::Udp {
        Some(HTTP_ONLY)
    } else {
        (!containers::is_local(&boxes.session.bench.runner)?).then_some(ELSEWHERE)
    };
    if let Some(reason) = reason {
        boxes.undecided(&[IMAGE_STARTS, CONTAINER_STARTUP_TIME], reason);
        boxes.undecided(&ANSWERING, reason);
        user_of_files(boxes)?;
        return Ok(None);
    }
    let (session, subject) = (boxes.session, image.subject());
    let bench = &session.bench;
    let (whole, without) = surroundings(boxes)?;
    let (whole, no_database) = match whole {
        Ok(whole) => (whole, None),
        Err(reason) => (without.clone(), Some(reason)),
    };
    let main = start(bench, image, "main", &whole, &[])?;
    boxes.put(IMAGE_STARTS, measured::starts(&subject, &main.start));
    boxes.put(CONTAINER_STARTUP_TIME, measured::startup_time(&subject, &main.start));
    if !main.start.answers() {
        boxes.undecided(&ANSWERING, NO_ANSWER);
        user_of_files(boxes)?;
        bench.remove(&main.name);
        return Ok(None);
    }
    let usual = health(boxes, &main, no_database.as_deref())?;
    let later = boxes
        .needs(&[CONTAINER_GRACE, IMAGE_HEALTH_WITHOUT_DATABASE])
        .then(|| scope.spawn(move || Ok(without_database(bench, image, &without)?)));
    Ok(Some((Main { running: main, surroundings: whole, usual, no_database }, later)))
}

/// Judges the other boxes, and ends the container.
pub(super) fn finish(boxes: &mut Boxes<'_>, main: &Main) -> Result<(), CliError> {
    let Main { running, surroundings, usual, no_database } = main;
    let (bench, image) = (&boxes.session.bench, boxes.image);
    variants(boxes, surroundings, *usual)?;
    idle(boxes, running)?;
    user_in(boxes, running)?;
    if boxes.needs(&[CONTAINER_LOAD_CPU, CONTAINER_LOAD_MEMORY]) {
        for (rule, verdict) in load::judge(bench, image, surroundings)? {
            boxes.put(rule, verdict);
        }
    }
    if boxes.needs(&[CONTAINER_DRAINS, CONTAINER_STOPS]) {
        for (rule, verdict) in drain::stop(bench, image, running, no_database.as_deref())? {
            boxes.put(rule, verdict);
        }
    }
    bench.remove(&running.name);
    Ok(())
}

/// Returns the surroundings of a container with everything that it needs, or why there is no database; and those
/// without a database.
fn surroundings(boxes: &Boxes<'_>) -> Result<(Result<Surroundings, String>, Surroundings), CliError> {
    let (session, contract) = (boxes.session, &boxes.image.contract);
    let of = |address, volume: Option<String>| Surroundings {
        variables: variables(contract, address, &mut || session.secret()),
        volumes: volume.into_iter().collect(),
    };
    let nothing = address_of_nothing(session.password());
    let without = of(Some(&nothing), None);
    if contract.database.is_none() {
        return Ok((Ok(of(None, None)), without));
    }
    let whole = match session.database()? {
        Ok(database) => Ok(of(Some(&database.address), Some(database.volume.clone()))),
        Err(reason) => Err(reason.clone()),
    };
    Ok((whole, without))
}

/// Judges the health check; returns the usual status of the application.
fn health(boxes: &mut Boxes<'_>, main: &Running, no_database: Option<&str>) -> Result<Option<u16>, CliError> {
    let image = boxes.image;
    if image.contract.protocol != Protocol::Http {
        return Ok(None);
    }
    let limit = image.contract.startup_seconds.as_ref().map_or(SETTLING, |limit| Duration::from_secs(limit.value));
    let Some(health) = &image.contract.health else {
        let answer = ask_until(&boxes.session.bench, image, main, Duration::ZERO, |_| true)?;
        return Ok(answer.ok().map(|answer| answer.status));
    };
    let is_healthy = |answer: &Answer| {
        let body = health.healthy_body.as_deref();
        answer.status == health.healthy_status && body.is_none_or(|body| is_body(body, &answer.body))
    };
    let limit = if no_database.is_some() { Duration::ZERO } else { limit };
    let answer = ask_until(&boxes.session.bench, image, main, limit, is_healthy)?;
    let verdict = match no_database {
        Some(reason) => Verdict::NotDecided(reason.to_owned()),
        None => measured::healthy(&image.subject(), health, answer.as_ref().map_err(String::as_str)),
    };
    boxes.put(IMAGE_HEALTH, verdict);
    Ok(answer.ok().map(|answer| answer.status))
}

/// Judges a container without its database: its health check, then its end with a request that does not end.
fn without_database(
    bench: &Workbench,
    image: &FoundImage<'_>,
    surroundings: &Surroundings,
) -> Result<Verdicts, RunError> {
    let subject = image.subject();
    let running = start(bench, image, "alone", surroundings, &[])?;
    let mut verdicts = Vec::new();
    if let Some(health) = image.contract.health.as_ref().filter(|_| image.contract.database.is_some()) {
        let limit = if running.start.answers() { SETTLING } else { Duration::ZERO };
        let is_unhealthy = |answer: &Answer| {
            let body = health.unhealthy_body.as_deref();
            Some(answer.status) == health.unhealthy_status && body.is_none_or(|body| is_body(body, &answer.body))
        };
        let answer = ask_until(bench, image, &running, limit, is_unhealthy)?;
        let verdict = measured::unhealthy(&subject, health, answer.as_ref().map_err(String::as_str));
        verdicts.push((IMAGE_HEALTH_WITHOUT_DATABASE, verdict));
    }
    verdicts.push((CONTAINER_GRACE, drain::grace(bench, image, &running)?));
    bench.remove(&running.name);
    Ok(verdicts)
}

/// Judges containers with fewer rights. They start at the same time, since only their answer counts.
fn variants(boxes: &mut Boxes<'_>, whole: &Surroundings, usual: Option<u16>) -> Result<(), CliError> {
    let (bench, image) = (&boxes.session.bench, boxes.image);
    let all: [(RuleText, &str, &[&str], &str); 2] = [
        (CONTAINER_READ_ONLY, "read-only", &READ_ONLY, " with a read-only root file system and without capabilities"),
        (CONTAINER_ANY_USER, "any-user", &ANY_USER, " that runs as user 12345"),
    ];
    let needed: Vec<_> = all.into_iter().filter(|(rule, ..)| boxes.needs(&[*rule])).collect();
    let verdicts: Vec<Result<(RuleText, Verdict), RunError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = needed
            .into_iter()
            .map(|(rule, what, options, with)| {
                scope.spawn(move || {
                    let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
                    let running = start(bench, image, what, whole, &options)?;
                    let status = match usual.filter(|_| running.start.answers()) {
                        Some(usual) => {
                            let answer = ask_until(bench, image, &running, SETTLING, |answer| answer.status == usual)?;
                            Some((usual, answer.map(|answer| answer.status)))
                        }
                        None => None,
                    };
                    bench.remove(&running.name);
                    Ok((rule, measured::variant(&image.subject(), rule, &running.start, with, status)))
                })
            })
            .collect();
        threads.into_iter().map(joined).collect()
    });
    for verdict in verdicts {
        let (rule, verdict) = verdict?;
        boxes.put(rule, verdict);
    }
    Ok(())
}

/// Judges what an idle container uses.
fn idle(boxes: &mut Boxes<'_>, main: &Running) -> Result<(), CliError> {
    let image = boxes.image;
    let Some(limits) =
        image.contract.resources.as_ref().filter(|_| boxes.needs(&[CONTAINER_IDLE_CPU, CONTAINER_IDLE_MEMORY]))
    else {
        return Ok(());
    };
    let bench = &boxes.session.bench;
    bench.pause(SETTLING.saturating_sub(main.since_answer.elapsed()))?;
    let Resources { idle_cpu_millicores, idle_memory_mib, .. } = limits;
    let is_idle = |usage: &Usage| {
        is_below(usage.cpu_millicores, *idle_cpu_millicores) && is_below(usage.memory_mib, *idle_memory_mib)
    };
    let mut usage = containers::usage(&bench.runner, &main.name)?;
    for _ in 0..MORE_SAMPLES {
        // Runtimes still tidy up after the first requests.
        if usage.as_ref().is_none_or(is_idle) {
            break;
        }
        bench.pause(AGAIN)?;
        usage = containers::usage(&bench.runner, &main.name)?;
    }
    let of = |rule, key, limit, unit, name| Resource { rule, key, limit, unit, name, when: "at idle" };
    if let Some(limit) = *idle_cpu_millicores {
        let resource = of(CONTAINER_IDLE_CPU, "resources.idle-cpu-millicores", limit, "millicores", "CPU");
        let measured = usage.map(|usage| usage.cpu_millicores);
        boxes.put(CONTAINER_IDLE_CPU, measured::resource(&image.subject(), limits, resource, measured));
    }
    if let Some(limit) = *idle_memory_mib {
        let resource = of(CONTAINER_IDLE_MEMORY, "resources.idle-memory-mib", limit, "MiB", "memory");
        let measured = usage.map(|usage| usage.memory_mib);
        boxes.put(CONTAINER_IDLE_MEMORY, measured::resource(&image.subject(), limits, resource, measured));
    }
    Ok(())
}

/// Judges the user in a running container; by the image's files if it has no such programs.
fn user_in(boxes: &mut Boxes<'_>, main: &Running) -> Result<(), CliError> {
    if !boxes.needs(&[IMAGE_USER]) {
        return Ok(());
    }
    let runner = &boxes.session.bench.runner;
    let uid = containers::exec(runner, &main.name, &["id", "-u"])?.and_then(|uid| uid.parse::<u32>().ok());
    let Some(uid) = uid else { return user_of_files(boxes) };
    let name = containers::exec(runner, &main.name, &["whoami"])?;
    let found = FoundUser { name, uid: Some(uid), by: "`whoami` and `id -u` in the container" };
    boxes.put(IMAGE_USER, user(&boxes.image.subject(), &found));
    Ok(())
}
