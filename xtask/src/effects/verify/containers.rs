//! Typed calls of the docker client for containers. No policy.

use std::time::Duration;

use process::{Invocation, RunError, Runner};

use crate::domain::contract::verify::argv::{self, ContainerRequest};
use crate::domain::contract::verify::container::{self, ContainerState, Usage};
use crate::domain::contract::verify::run_label::{RunLabel, ended};
use crate::domain::docker_argv;
use crate::domain::text::last_line;
use crate::effects::docker::{EngineError, QUESTION, answered, refusal};

use super::this_run::start_of;

/// Time limit of starting a container, and of removing it.
const CONTAINER: Duration = Duration::from_mins(1);

/// Whether the engine runs on this machine.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn is_local(runner: &Runner) -> Result<bool, RunError> {
    let answer = runner.capture(&argv::endpoint(), QUESTION)?;
    Ok(!answer.success() || argv::is_local(&answer.stdout))
}

/// Starts a container; returns docker's words if the engine refuses it.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn start(runner: &Runner, request: &ContainerRequest) -> Result<Result<(), String>, RunError> {
    let answer = runner.capture(&argv::run(request), CONTAINER)?;
    Ok(if answer.success() { Ok(()) } else { Err(refusal(&answer)) })
}

/// Returns the state of a container; none if it is gone.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn state(runner: &Runner, name: &str) -> Result<Option<ContainerState>, RunError> {
    let answer = runner.capture(&argv::inspect(name), QUESTION)?;
    Ok(container::state(&answer.stdout))
}

/// Returns the last line of a container's output; empty if there is none.
pub fn last_words(runner: &Runner, name: &str) -> String {
    let answer = runner.capture(&argv::logs(name), QUESTION);
    answer.map_or(String::new(), |answer| last_line(&answer.output()).unwrap_or_default().to_owned())
}

/// Returns what a container uses; none if the engine does not measure it.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn usage(runner: &Runner, name: &str) -> Result<Option<Usage>, RunError> {
    let answer = runner.capture(&argv::stats(name), QUESTION)?;
    Ok(container::usage(&answer.stdout))
}

/// Runs a program in a container; returns what it prints if it succeeds.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn exec(runner: &Runner, name: &str, words: &[&str]) -> Result<Option<String>, RunError> {
    let answer = runner.capture(&argv::exec(name, words), QUESTION)?;
    Ok(answer.success().then(|| answer.stdout.trim().to_owned()))
}

/// Sends a signal to a container; returns whether it got it.
///
/// # Errors
///
/// The client cannot be run, or a signal was received.
pub fn signal(runner: &Runner, name: &str, signal: &str) -> Result<bool, RunError> {
    Ok(runner.capture(&argv::signal(name, signal), QUESTION)?.success())
}

/// Makes a volume.
///
/// # Errors
///
/// The client or the engine gives no answer, or refuses.
pub fn create_volume(runner: &Runner, name: &str, run: &RunLabel) -> Result<(), EngineError> {
    let call = argv::create_volume(name, run);
    answered(&call, runner.capture(&call, QUESTION)?).map(|_| ())
}

/// Returns the names of the local images of a repository, the newest first.
///
/// # Errors
///
/// The client or the engine gives no answer.
pub fn tags_of(runner: &Runner, repository: &str) -> Result<Vec<String>, EngineError> {
    let call = docker_argv::list_repository(repository);
    let answer = answered(&call, runner.capture(&call, QUESTION)?)?;
    let tags = answer.stdout.lines().map(str::trim).filter(|tag| !tag.is_empty() && *tag != "<none>");
    Ok(tags.map(|tag| format!("{repository}:{tag}")).collect())
}

/// Removes containers, even after a signal; returns whether that succeeded.
pub fn remove(runner: &Runner, names: &[String]) -> bool {
    names.is_empty() || runner.clean_up(&argv::remove(names), CONTAINER)
}

/// Removes volumes, even after a signal; returns whether that succeeded.
pub fn remove_volumes(runner: &Runner, names: &[String]) -> bool {
    names.is_empty() || runner.clean_up(&argv::remove_volumes(names), CONTAINER)
}

/// Removes the containers and volumes of runs that have ended without doing so; returns how many there were.
///
/// # Errors
///
/// The client or the engine gives no answer.
pub fn remove_stale(runner: &Runner, current: &RunLabel) -> Result<usize, EngineError> {
    let list = |call: Invocation| -> Result<Vec<String>, EngineError> {
        let answer = answered(&call, runner.capture(&call, QUESTION)?)?;
        Ok(ended(&answer.stdout, current, start_of).into_iter().map(str::to_owned).collect())
    };
    let containers = list(argv::list_containers())?;
    remove(runner, &containers);
    // A volume cannot be removed before its containers.
    let volumes = list(argv::list_volumes())?;
    remove_volumes(runner, &volumes);
    Ok(containers.len().saturating_add(volumes.len()))
}
