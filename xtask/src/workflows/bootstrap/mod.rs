//! `bootstrap`: provides an engine that answers, a builder, and the base images.

mod steps;

use process::{RunError, Runner};

use crate::context::Project;
use crate::domain::bootstrap::{BootstrapStep, MachineFacts, base_problem, engine_step, has_stand_in, stand_in_step};
use crate::domain::build_log::is_unreachable_registry;
use crate::domain::config::Component;
use crate::domain::docker_argv;
use crate::domain::docker_words::{Cause, cause, reason};
use crate::domain::events::Events;
use crate::domain::text::ticked_list;
use crate::effects::docker::{self, EngineError};
use crate::effects::environment;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};
pub(crate) use steps::Steps;

/// The state of a machine after the steps.
#[derive(Default)]
pub(crate) struct Machine {
    /// The engine's version; none in a dry run that would have to start one.
    pub(crate) engine: Option<String>,
    /// The base images that the engine has.
    pub(crate) base_images: Vec<BaseState>,
}

/// A base image that the engine has.
pub(crate) struct BaseState {
    /// The name in the Dockerfile.
    pub(crate) name: String,
    /// Whether it is a stand-in made on this machine, and not the official image.
    pub(crate) stand_in: bool,
}

/// Provides what is missing; announces each step before it is run. `steps` contains the steps that were begun, also
/// after a failure.
pub(crate) fn ensure(wanted: &[String], steps: &mut Steps<'_>) -> Result<Machine, CliError> {
    ensure_all(wanted, steps).map_err(|error| steps.failure(error))
}

fn ensure_all(wanted: &[String], steps: &mut Steps<'_>) -> Result<Machine, CliError> {
    let facts = machine_facts(steps.runner)?;
    let step = engine_step(&facts).map_err(|problem| CliError::new(ErrorKind::Environment, problem))?;
    match &step {
        None => {
            steps.events.status("Found", &format!("the Docker engine {}", facts.engine.as_deref().unwrap_or_default()));
        }
        Some(step) => steps.perform(step)?,
    }
    if steps.dry_run && facts.engine.is_err() {
        if !wanted.is_empty() {
            steps.events.note("base images can only be looked for when the engine answers");
        }
        return Ok(Machine { engine: None, base_images: Vec::new() });
    }
    let engine = docker::engine_facts(steps.runner)?;
    ensure_bases(wanted, steps)?;
    let images = docker::images(steps.runner, wanted)?;
    let base_images = wanted.iter().filter_map(|name| {
        let stand_in = images.get(name)?.stand_in;
        Some(BaseState { name: name.clone(), stand_in })
    });
    Ok(Machine { engine: Some(engine.server_version), base_images: base_images.collect() })
}

fn machine_facts(runner: &Runner) -> Result<MachineFacts, CliError> {
    let (client, engine, buildkit) = match docker::engine_facts(runner) {
        Ok(facts) => (true, Ok(facts.server_version.clone()), facts.builder.is_buildkit()),
        Err(EngineError::Client(ToolError::Run(RunError::NotFound(_)))) => (false, Err(String::new()), false),
        Err(EngineError::Silent(words)) if can_be_started(&words) => (true, Err(words), false),
        // A new engine would not solve this.
        Err(error) => return Err(error.into()),
    };
    let chosen_endpoint = environment::docker_endpoint().or_else(|| match docker::current_context(runner) {
        Some(name) if client && name != "default" => Some(format!("the docker context is `{name}`")),
        _ => None,
    });
    Ok(MachineFacts {
        engine,
        buildkit,
        chosen_endpoint,
        dockerd: environment::has_program("dockerd"),
        root: environment::root(),
        systemd: environment::systemd(),
        systems: environment::systems(),
    })
}

/// Whether it is possible that no engine runs, according to the client's words.
fn can_be_started(words: &str) -> bool {
    matches!(cause(words), Cause::Unreachable | Cause::Denied | Cause::Unknown)
}

/// Returns the base images in the Dockerfiles of these components, each once.
pub(crate) fn base_images(project: &Project, components: &[&Component]) -> Result<Vec<String>, CliError> {
    let mut wanted = Vec::new();
    for component in components {
        let text = project.dockerfile(component)?;
        let Ok(facts) = dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[])) else {
            continue;
        };
        wanted.extend(facts.base_images);
    }
    wanted.sort();
    wanted.dedup();
    Ok(wanted)
}

fn ensure_bases(wanted: &[String], steps: &mut Steps<'_>) -> Result<(), CliError> {
    let images = docker::images(steps.runner, wanted)?;
    let mut needs_stand_in = false;
    for name in wanted {
        if images.contains_key(name) {
            steps.events.status("Found", &format!("the base image {name}"));
            continue;
        }
        let what = format!("fetching the base image {name}");
        let pull = BootstrapStep { what, invocation: docker_argv::pull(name) };
        steps.announce(&pull);
        if steps.dry_run {
            continue;
        }
        match steps.follow(&pull)? {
            (Some(0), _) => steps.done.push(pull.invocation.to_string()),
            (_, words) if is_unreachable_registry(&words) && has_stand_in(name) => {
                steps.events.note(&format!("the registry of {name} is not reachable"));
                needs_stand_in = true;
            }
            (_, words) => {
                let words = reason(&words).unwrap_or("the docker client printed nothing");
                return Err(CliError::new(ErrorKind::Failed, base_problem(name, words)));
            }
        }
    }
    if needs_stand_in { steps.perform(&stand_in_step()) } else { Ok(()) }
}

/// Warns once for each run which base images are stand-ins.
pub(crate) fn warn_of_stand_ins(events: &dyn Events, names: &[&str]) {
    if !names.is_empty() {
        let what = if names.len() == 1 {
            "is a stand-in made from packages, not the official image"
        } else {
            "are stand-ins made from packages, not the official images"
        };
        events.warning(&format!("{} {what}", ticked_list(names)));
    }
}
