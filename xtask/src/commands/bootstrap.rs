//! `bootstrap`: an engine that answers, a builder, and the base images.

use serde::Serialize;

use super::{Context, Ending, engine_error, run_error, warn_of_stand_ins};
use crate::cli::BootstrapArgs;
use crate::domain::bootstrap::{MachineFacts, Step, base_problem, engine_step, has_stand_in, stand_in_step};
use crate::domain::build_log::is_unreachable_registry;
use crate::domain::config::Component;
use crate::domain::dockerfile;
use crate::domain::problem::Problem;
use crate::effects::docker::{self, EngineError};
use crate::effects::environment;
use crate::effects::process::RunError;
use crate::error::{CliError, ErrorKind};

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct BootstrapResult {
    dry_run: bool,
    engine: Option<String>,
    pub(super) steps: Vec<String>,
    base_images: Vec<BaseState>,
}

#[derive(Serialize)]
struct BaseState {
    name: String,
    stand_in: bool,
}

pub(super) fn run(context: &Context, args: &BootstrapArgs) -> Ending<BootstrapResult> {
    let components = match context.components(&[]) {
        Ok(components) => components,
        Err(error) => return error.into(),
    };
    match ensure(context, &components, args.dry_run) {
        Ok(result) => {
            let stand_ins = result.base_images.iter().filter(|base| base.stand_in);
            warn_of_stand_ins(context.ui, &stand_ins.map(|base| base.name.as_str()).collect::<Vec<_>>());
            Ending { result: Some(result), error: None }
        }
        Err(error) => error.into(),
    }
}

/// Does what is missing, each step said before it is done.
pub(super) fn ensure(context: &Context, components: &[&Component], dry_run: bool) -> Result<BootstrapResult, CliError> {
    let mut steps = Vec::new();
    let ended = ensure_all(context, components, dry_run, &mut steps);
    ended.map_err(|error| match (error.kind, steps.last()) {
        (ErrorKind::Interrupted(signal), Some(step)) if !dry_run => unfinished(signal, step),
        _ => error,
    })
}

/// A step that a signal has ended may have had an effect.
fn unfinished(signal: i32, step: &str) -> CliError {
    CliError::interrupted(signal, &format!("`{step}` may not be finished"))
}

fn ensure_all(
    context: &Context,
    components: &[&Component],
    dry_run: bool,
    steps: &mut Vec<String>,
) -> Result<BootstrapResult, CliError> {
    let facts = machine_facts(context)?;
    let step = engine_step(&facts).map_err(|problem| CliError::new(ErrorKind::Environment, problem))?;
    let engine_comes_first = facts.engine.is_err();
    match &step {
        None => {
            context.ui.status("Found", &format!("the Docker engine {}", facts.engine.as_deref().unwrap_or_default()));
        }
        Some(step) => perform(context, step, dry_run, steps)?,
    }
    let wanted = base_images(context, components)?;
    if dry_run && engine_comes_first {
        context.ui.note("base images can only be looked for when the engine answers");
        return Ok(BootstrapResult { dry_run, engine: None, steps: steps.clone(), base_images: Vec::new() });
    }
    let engine = docker::engine_facts(&context.runner).map_err(|error| engine_error(&error))?;
    ensure_bases(context, &wanted, dry_run, steps)?;
    let images = docker::images(&context.runner, &wanted).map_err(|error| engine_error(&error))?;
    let found = wanted.into_iter().filter_map(|name| {
        let stand_in = images.get(&name)?.stand_in;
        Some(BaseState { name, stand_in })
    });
    let base_images: Vec<BaseState> = found.collect();
    Ok(BootstrapResult { dry_run, engine: Some(engine.server_version), steps: steps.clone(), base_images })
}

fn machine_facts(context: &Context) -> Result<MachineFacts, CliError> {
    let (client, engine, buildkit) = match docker::engine_facts(&context.runner) {
        Ok(facts) => (true, Ok(facts.server_version.clone()), facts.builder.is_buildkit()),
        Err(EngineError::Client(RunError::NotFound(_))) => (false, Err(String::new()), false),
        Err(EngineError::Client(error)) => return Err(run_error(&error)),
        Err(error) => (true, Err(error.to_string()), false),
    };
    let chosen_endpoint = environment::docker_endpoint().or_else(|| match docker::current_context(&context.runner) {
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

/// The base images that the Dockerfiles name, each once.
fn base_images(context: &Context, components: &[&Component]) -> Result<Vec<String>, CliError> {
    let mut wanted = Vec::new();
    for component in components {
        let text = context.dockerfile(component)?;
        let Ok(facts) = dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[])) else {
            continue;
        };
        wanted.extend(facts.base_images);
    }
    wanted.sort();
    wanted.dedup();
    Ok(wanted)
}

fn ensure_bases(context: &Context, wanted: &[String], dry_run: bool, steps: &mut Vec<String>) -> Result<(), CliError> {
    let images = docker::images(&context.runner, wanted).map_err(|error| engine_error(&error))?;
    let mut needs_stand_in = false;
    for name in wanted {
        if images.contains_key(name) {
            context.ui.status("Found", &format!("the base image {name}"));
            continue;
        }
        let pull = Step {
            what: format!("fetching the base image {name}"),
            invocation: crate::domain::docker_argv::pull(name),
        };
        announce(context, &pull, dry_run, steps);
        if dry_run {
            continue;
        }
        match docker::pull(&context.runner, name) {
            Ok(()) => {}
            Err(EngineError::Silent(words)) if is_unreachable_registry(&words) && has_stand_in(name) => {
                context.ui.note(&format!("the registry of {name} is not reachable"));
                needs_stand_in = true;
            }
            Err(EngineError::Silent(words)) => {
                return Err(CliError::new(ErrorKind::Failed, base_problem(name, &words)));
            }
            Err(error) => return Err(engine_error(&error)),
        }
    }
    if needs_stand_in { perform(context, &stand_in_step(), dry_run, steps) } else { Ok(()) }
}

fn announce(context: &Context, step: &Step, dry_run: bool, steps: &mut Vec<String>) {
    steps.push(step.invocation.to_string());
    if dry_run {
        context.ui.status("Would run", &format!("`{}`: {}", step.invocation, step.what));
    } else {
        context.ui.status("Running", &format!("`{}`: {}", step.invocation, step.what));
    }
}

/// Says a step, does it, and shows what it says.
pub(super) fn perform(context: &Context, step: &Step, dry_run: bool, steps: &mut Vec<String>) -> Result<(), CliError> {
    announce(context, step, dry_run, steps);
    if dry_run {
        return Ok(());
    }
    let mut last = String::new();
    let code = context.runner.follow(&step.invocation, None, |_, line| {
        if !line.trim().is_empty() {
            line.clone_into(&mut last);
        }
        context.ui.tool_line(line);
    });
    match code {
        Ok(Some(0)) => Ok(()),
        Ok(code) => {
            let how = code.map_or("was ended by a signal".to_owned(), |code| format!("ended with exit code {code}"));
            let problem =
                Problem::new(format!("`{}` {how}", step.invocation)).note(format!("the step was {}", step.what));
            Err(CliError::new(ErrorKind::Failed, if last.is_empty() { problem } else { problem.cause(last) }))
        }
        Err(RunError::Interrupted(signal)) => Err(unfinished(signal, &step.invocation.to_string())),
        Err(error) => Err(run_error(&error)),
    }
}
