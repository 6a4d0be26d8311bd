//! `bootstrap`: an engine that answers, a builder, and the base images.

mod steps;

use process::{RunError, Runner};
use serde::Serialize;

use super::tool_errors::engine_error;
use crate::cli::BootstrapArgs;
use crate::context::{Context, Project};
use crate::domain::bootstrap::{MachineFacts, Step, base_problem, engine_step, has_stand_in, stand_in_step};
use crate::domain::build_log::is_unreachable_registry;
use crate::domain::config::Component;
use crate::domain::docker_argv;
use crate::domain::docker_words::{Cause, cause, reason};
use crate::domain::problem::Problem;
use crate::domain::text::ticked_list;
use crate::effects::docker::{self, EngineError};
use crate::effects::environment;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Ending;
use crate::ui::Ui;
pub(super) use steps::Steps;
use steps::unfinished;

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct BootstrapResult {
    dry_run: bool,
    engine: Option<String>,
    steps: Vec<String>,
    base_images: Vec<BaseState>,
    /// What was not looked for.
    left_out: Vec<&'static str>,
}

#[derive(Serialize)]
struct BaseState {
    name: String,
    stand_in: bool,
}

/// An engine needs no taskflow.toml; without a valid one, base images are left out.
pub(super) fn run(context: &Context, args: &BootstrapArgs) -> Ending<BootstrapResult> {
    let (runner, wanted) = match runner_and_bases(context) {
        Ok(known) => known,
        Err(error) => return error.into(),
    };
    let left_out = if wanted.is_some() { Vec::new() } else { vec!["base images"] };
    let mut steps = Steps::new(context.ui, &runner, args.dry_run);
    match ensure(&wanted.unwrap_or_default(), &mut steps) {
        Ok(Machine { engine, base_images }) => {
            let stand_ins = base_images.iter().filter(|base| base.stand_in);
            warn_of_stand_ins(context.ui, &stand_ins.map(|base| base.name.as_str()).collect::<Vec<_>>());
            let steps = steps.begun;
            let result = BootstrapResult { dry_run: args.dry_run, engine, steps, base_images, left_out };
            Ending { result: Some(result), error: None }
        }
        Err(error) if steps.begun.is_empty() => error.into(),
        Err(error) => {
            let (engine, steps, base_images) = (None, steps.begun, Vec::new());
            let result = BootstrapResult { dry_run: args.dry_run, engine, steps, base_images, left_out };
            Ending { result: Some(result), error: Some(error) }
        }
    }
}

/// Who runs the steps, and the base images that the Dockerfiles name; none where taskflow.toml is missing or not valid.
fn runner_and_bases(context: &Context) -> Result<(Runner, Option<Vec<String>>), CliError> {
    match context.project() {
        Ok(project) => {
            let wanted = base_images(&project, &project.components(&[])?)?;
            Ok((project.runner, Some(wanted)))
        }
        Err(CliError { kind: ErrorKind::Config, mut problems }) => {
            problems.push(Problem::new("base images are left out: finding them needs a valid taskflow.toml"));
            context.ui.warnings(&problems);
            Ok((context.runner()?, None))
        }
        Err(error) => Err(error),
    }
}

/// What a machine has after the steps.
pub(super) struct Machine {
    /// The engine's version; none in a dry run that would have to start one.
    engine: Option<String>,
    base_images: Vec<BaseState>,
}

/// Does what is missing, each step said before it is done; `steps` has those that were begun, also after a failure.
pub(super) fn ensure(wanted: &[String], steps: &mut Steps<'_>) -> Result<Machine, CliError> {
    ensure_all(wanted, steps).map_err(|error| match (error.kind, steps.begun.last()) {
        (ErrorKind::Interrupted(signal), Some(step)) if !steps.dry_run => unfinished(signal, step),
        _ if steps.dry_run => error,
        _ => steps.failure(error),
    })
}

fn ensure_all(wanted: &[String], steps: &mut Steps<'_>) -> Result<Machine, CliError> {
    let facts = machine_facts(steps.runner)?;
    let step = engine_step(&facts).map_err(|problem| CliError::new(ErrorKind::Environment, problem))?;
    match &step {
        None => {
            steps.ui.status("Found", &format!("the Docker engine {}", facts.engine.as_deref().unwrap_or_default()));
        }
        Some(step) => steps.perform(step)?,
    }
    if steps.dry_run && facts.engine.is_err() {
        if !wanted.is_empty() {
            steps.ui.note("base images can only be looked for when the engine answers");
        }
        return Ok(Machine { engine: None, base_images: Vec::new() });
    }
    let engine = docker::engine_facts(steps.runner).map_err(|error| engine_error(&error))?;
    ensure_bases(wanted, steps)?;
    let images = docker::images(steps.runner, wanted).map_err(|error| engine_error(&error))?;
    let base_images = wanted.iter().filter_map(|name| {
        let stand_in = images.get(name)?.stand_in;
        Some(BaseState { name: name.clone(), stand_in })
    });
    Ok(Machine { engine: Some(engine.server_version), base_images: base_images.collect() })
}

fn machine_facts(runner: &Runner) -> Result<MachineFacts, CliError> {
    let (client, engine, buildkit) = match docker::engine_facts(runner) {
        Ok(facts) => (true, Ok(facts.server_version.clone()), facts.builder.is_buildkit()),
        Err(EngineError::Client(RunError::NotFound(_))) => (false, Err(String::new()), false),
        Err(EngineError::Silent(words)) if can_be_started(&words) => (true, Err(words), false),
        // What is in the way is not mended by an engine.
        Err(error) => return Err(engine_error(&error)),
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

/// Whether the words leave it open that no engine runs.
fn can_be_started(words: &str) -> bool {
    matches!(cause(words), Cause::Unreachable | Cause::Denied | Cause::Unknown)
}

/// The base images that the Dockerfiles of these components name, each once.
pub(super) fn base_images(project: &Project, components: &[&Component]) -> Result<Vec<String>, CliError> {
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
    let images = docker::images(steps.runner, wanted).map_err(|error| engine_error(&error))?;
    let mut needs_stand_in = false;
    for name in wanted {
        if images.contains_key(name) {
            steps.ui.status("Found", &format!("the base image {name}"));
            continue;
        }
        let what = format!("fetching the base image {name}");
        let pull = Step { what, invocation: docker_argv::pull(name) };
        steps.announce(&pull);
        if steps.dry_run {
            continue;
        }
        match steps.follow(&pull)? {
            (Some(0), _) => steps.done.push(pull.invocation.to_string()),
            (_, words) if is_unreachable_registry(&words) && has_stand_in(name) => {
                steps.ui.note(&format!("the registry of {name} is not reachable"));
                needs_stand_in = true;
            }
            (_, words) => {
                let words = reason(&words).unwrap_or("the docker client said nothing");
                return Err(CliError::new(ErrorKind::Failed, base_problem(name, words)));
            }
        }
    }
    if needs_stand_in { steps.perform(&stand_in_step()) } else { Ok(()) }
}

/// Says once a run which base images are stand-ins.
pub(super) fn warn_of_stand_ins(ui: Ui, names: &[&str]) {
    if !names.is_empty() {
        let what = if names.len() == 1 {
            "is a stand-in made from packages, not the official image"
        } else {
            "are stand-ins made from packages, not the official images"
        };
        ui.warning(&format!("{} {what}", ticked_list(names)));
    }
}
