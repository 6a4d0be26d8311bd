//! A short load on a container that has the CPU and the memory of its limits.

use std::time::Duration;

use process::RunError;

use super::boxes::{HTTP_ONLY, NO_ANSWER, Verdicts};
use super::found::FoundImage;
use super::start::{Surroundings, start};
use super::workbench::Workbench;
use crate::domain::contract::Verdict;
use crate::domain::contract::declared::{Protocol, Resources};
use crate::domain::contract::verify::container::Usage;
use crate::domain::contract::verify::measured::{self, Load, Resource};
use crate::domain::contract::verify_rules::{CONTAINER_LOAD_CPU, CONTAINER_LOAD_MEMORY};
use crate::effects::clock::Stopwatch;
use crate::effects::threads::joined;
use crate::effects::verify::{containers, http};

/// The number of clients.
const CLIENTS: usize = 4;

/// The duration of the load.
const TIME: Duration = Duration::from_secs(4);

/// The time before the measurement, in which the load becomes even.
const BEGINNING: Duration = Duration::from_secs(1);

/// Time limit of one request.
const REQUEST: Duration = Duration::from_secs(5);

/// Judges a container under load.
pub(super) fn judge(
    bench: &Workbench,
    image: &FoundImage<'_>,
    surroundings: &Surroundings,
) -> Result<Verdicts, RunError> {
    let (contract, subject) = (&image.contract, image.subject());
    let Some(limits) = &contract.resources else { return Ok(Vec::new()) };
    let Resources { load_cpu_millicores, load_memory_mib, .. } = *limits;
    let mut options = Vec::new();
    if let Some(limit) = load_cpu_millicores {
        options.extend(["--cpus".to_owned(), format!("{}.{:03}", limit / 1000, limit % 1000)]);
    }
    if let Some(limit) = load_memory_mib {
        let memory = format!("{limit}m");
        options.extend(["--memory".to_owned(), memory.clone(), "--memory-swap".to_owned(), memory]);
    }
    let rules = [load_cpu_millicores.map(|_| CONTAINER_LOAD_CPU), load_memory_mib.map(|_| CONTAINER_LOAD_MEMORY)];
    let undecided = |reason: &str| {
        rules.into_iter().flatten().map(|rule| (rule, Verdict::NotDecided(reason.to_owned()))).collect::<Verdicts>()
    };
    if contract.protocol != Protocol::Http {
        return Ok(undecided(HTTP_ONLY));
    }
    let running = start(bench, image, "load", surroundings, &options)?;
    let (load, usage) = if running.start.answers() {
        let path = limits.load_path.as_deref().or(contract.health.as_ref().map(|health| health.path.as_str()));
        let path = path.unwrap_or("/").to_owned();
        let (load, usage) = run(bench, &running.name, running.port, &path);
        (Some(load), usage?)
    } else {
        (None, None)
    };
    let state = containers::state(&bench.runner, &running.name)?.unwrap_or_default();
    bench.remove(&running.name);
    let mut verdicts = Vec::new();
    if let Some(limit) = load_memory_mib {
        let verdict = if state.out_of_memory {
            measured::out_of_memory(&subject, limits, limit)
        } else if load.is_none() {
            Verdict::NotDecided(NO_ANSWER.to_owned())
        } else {
            let (rule, key) = (CONTAINER_LOAD_MEMORY, "resources.load-memory-mib");
            let resource = Resource { rule, key, limit, unit: "MiB", name: "memory", when: "under load" };
            measured::resource(&subject, limits, resource, usage.map(|usage| usage.memory_mib))
        };
        verdicts.push((CONTAINER_LOAD_MEMORY, verdict));
    }
    if let Some(limit) = load_cpu_millicores {
        let verdict = match load {
            _ if state.out_of_memory => Verdict::NotDecided(NO_ANSWER.to_owned()),
            Some(load) => measured::load(&subject, limits, limit, &load, usage.map(|usage| usage.cpu_millicores)),
            None => {
                measured::of_start(&subject, CONTAINER_LOAD_CPU, &running.start, &format!(" with {limit} millicores"))
            }
        };
        verdicts.push((CONTAINER_LOAD_CPU, verdict));
    }
    Ok(verdicts)
}

/// Sends requests from several clients at the same time, and measures the container meanwhile.
fn run(bench: &Workbench, name: &str, port: u16, path: &str) -> (Load, Result<Option<Usage>, RunError>) {
    let watch = Stopwatch::start();
    std::thread::scope(|scope| {
        let client = || {
            let mut load = Load::default();
            while watch.elapsed() < TIME && !bench.is_over() {
                let since = Stopwatch::start();
                match http::ask(port, "GET", path, REQUEST) {
                    Ok(answer) if answer.status < 500 => load.answers += 1,
                    Ok(answer) => failed(&mut load, format!("status {}", answer.status)),
                    Err(reason) => failed(&mut load, reason),
                }
                load.slowest = load.slowest.max(since.elapsed());
            }
            load
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let usage = bench.pause(BEGINNING).and_then(|()| containers::usage(&bench.runner, name));
        let loads = clients.into_iter().map(joined);
        let mut load = loads.fold(Load::default(), |all, one| Load {
            time: all.time,
            answers: all.answers + one.answers,
            failures: all.failures + one.failures,
            reason: if all.reason.is_empty() { one.reason } else { all.reason },
            slowest: all.slowest.max(one.slowest),
        });
        load.time = watch.elapsed();
        (load, usage)
    })
}

fn failed(load: &mut Load, reason: String) {
    load.failures += 1;
    if load.reason.is_empty() {
        load.reason = reason;
    }
}
