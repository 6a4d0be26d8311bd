//! Starts containers of an image, and waits for their first answer.

use std::time::Duration;

use process::RunError;

use super::found::FoundImage;
use super::workbench::Workbench;
use crate::domain::contract::declared::Protocol;
use crate::domain::contract::verify::answer::Answer;
use crate::domain::contract::verify::argv::ContainerRequest;
use crate::domain::contract::verify::measured::{End, Start};
use crate::domain::contract::verify::variables::Variables;
use crate::effects::clock::Stopwatch;
use crate::effects::verify::{containers, http};

/// The interval at which a container is asked for its first answer.
const ASK_INTERVAL: Duration = Duration::from_millis(50);

/// The interval at which the engine is asked whether a container still runs.
const STATE_INTERVAL: Duration = Duration::from_millis(700);

/// The interval at which the engine is asked whether a container has ended.
const END_INTERVAL: Duration = Duration::from_millis(100);

/// Time limit of one request.
const REQUEST: Duration = Duration::from_secs(5);

/// The least time that a container gets for its first answer.
const LEAST: Duration = Duration::from_secs(20);

/// How long a container is waited for beyond its limit, so that one that ends late is told from one that does not end.
const BEYOND: Duration = Duration::from_secs(1);

/// The environment of a container, and what it mounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// The variables.
    pub(super) variables: Variables,
    /// What is mounted, as `--volume` takes it.
    pub(super) volumes: Vec<String>,
}

/// A container that was started.
#[derive(Debug)]
pub(super) struct Running {
    /// Its name.
    pub(super) name: String,
    /// Its port on the loopback; 0 if it has none.
    pub(super) port: u16,
    /// How it started.
    pub(super) start: Start,
    /// The time since its first answer.
    pub(super) since_answer: Stopwatch,
}

/// Starts a container, and waits until it answers; `what` becomes a part of its name.
pub(super) fn start(
    bench: &Workbench,
    image: &FoundImage<'_>,
    what: &str,
    surroundings: &Surroundings,
    options: &[String],
) -> Result<Running, RunError> {
    let contract = &image.contract;
    let port = contract.port.as_ref().map(|port| format!("{}/{}", port.value, contract.protocol.transport()));
    let name = bench.name(&format!("{}-{what}", image.component.name));
    let request = ContainerRequest {
        name: name.clone(),
        image: image.details.facts.id.clone(),
        run: bench.label.clone(),
        port,
        plain: surroundings.variables.plain.clone(),
        secret: surroundings.variables.secret.clone(),
        volumes: surroundings.volumes.clone(),
        options: options.to_vec(),
        command: Vec::new(),
    };
    let watch = Stopwatch::start();
    let mut running = Running { name, port: 0, start: Start::Refused { words: String::new() }, since_answer: watch };
    if let Err(words) = containers::start(&bench.runner, &request)? {
        running.start = Start::Refused { words };
        return Ok(running);
    }
    let limit = contract
        .startup_seconds
        .as_ref()
        .map_or(LEAST, |limit| Duration::from_secs(limit.value.saturating_mul(2)).max(LEAST));
    let mut since_state: Option<Stopwatch> = None;
    loop {
        if since_state.is_none_or(|watch| watch.elapsed() > STATE_INTERVAL) {
            let state = containers::state(&bench.runner, &running.name)?.unwrap_or_default();
            running.port = state.port.unwrap_or(running.port);
            if !state.runs {
                let words = containers::last_words(&bench.runner, &running.name);
                running.start = Start::Ended { code: state.exit_code, words };
                return Ok(running);
            }
            since_state = Some(Stopwatch::start());
        }
        if let Some(how) = answers(image, running.port) {
            running.since_answer = Stopwatch::start();
            running.start = Start::Answered { after: watch.elapsed(), how };
            return Ok(running);
        }
        if watch.elapsed() > limit {
            let words = containers::last_words(&bench.runner, &running.name);
            running.start = Start::Silent { waited: watch.elapsed(), words };
            return Ok(running);
        }
        bench.pause(ASK_INTERVAL)?;
    }
}

/// Returns how the application answers; none if it does not.
fn answers(image: &FoundImage<'_>, port: u16) -> Option<String> {
    if image.contract.protocol == Protocol::Http {
        return ask(image, port).ok().map(|answer| format!("status {}", answer.status));
    }
    http::accepts(port).then(|| "accepts connections".to_owned())
}

/// Sends the request that an application answers in every state: its health check, or a request for `/`.
pub(super) fn ask(image: &FoundImage<'_>, port: u16) -> Result<Answer, String> {
    let health = image.contract.health.as_ref();
    let (method, path) = health.map_or(("GET", "/"), |health| (health.method.as_str(), health.path.as_str()));
    http::ask(port, method, path, REQUEST)
}

/// Asks until an answer is the wanted one, or the limit has passed; returns the last answer.
pub(super) fn ask_until(
    bench: &Workbench,
    image: &FoundImage<'_>,
    running: &Running,
    limit: Duration,
    is_wanted: impl Fn(&Answer) -> bool,
) -> Result<Result<Answer, String>, RunError> {
    let watch = Stopwatch::start();
    loop {
        let answer = ask(image, running.port);
        if answer.as_ref().is_ok_and(&is_wanted) || watch.elapsed() > limit {
            return Ok(answer);
        }
        bench.pause(ASK_INTERVAL)?;
    }
}

/// Waits for the end of a container; `watch` runs since the signal.
pub(super) fn wait_for_end(bench: &Workbench, name: &str, watch: Stopwatch, limit: Duration) -> Result<End, RunError> {
    loop {
        let after = watch.elapsed();
        let state = containers::state(&bench.runner, name)?.unwrap_or_default();
        if !state.runs {
            return Ok(End::Exited { after, code: state.exit_code });
        }
        if after > limit.saturating_add(BEYOND) {
            return Ok(End::Runs { after });
        }
        bench.pause(END_INTERVAL)?;
    }
}
