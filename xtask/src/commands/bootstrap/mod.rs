//! `bootstrap`: an engine that answers, a builder, and the base images.

mod steps;

use process::RunError;
use serde::Serialize;

use super::{Context, Ending, engine_error, warn_of_stand_ins};
use crate::cli::BootstrapArgs;
use crate::domain::bootstrap::{MachineFacts, Step, base_problem, engine_step, has_stand_in, stand_in_step};
use crate::domain::build_log::is_unreachable_registry;
use crate::domain::config::Component;
use crate::domain::docker_words::{Cause, cause, reason};
use crate::domain::dockerfile;
use crate::domain::text::ticked_list;
use crate::effects::docker::{self, EngineError};
use crate::effects::environment;
use crate::error::{CliError, ErrorKind};
pub(super) use steps::{Steps, perform};
use steps::{announce, follow, unfinished};

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
    let mut steps = Steps::default();
    match ensure(context, &components, args.dry_run, &mut steps) {
        Ok(result) => {
            let stand_ins = result.base_images.iter().filter(|base| base.stand_in);
            warn_of_stand_ins(context.ui, &stand_ins.map(|base| base.name.as_str()).collect::<Vec<_>>());
            Ending { result: Some(result), error: None }
        }
        Err(error) if steps.begun.is_empty() => error.into(),
        Err(error) => {
            let result =
                BootstrapResult { dry_run: args.dry_run, engine: None, steps: steps.begun, base_images: Vec::new() };
            Ending { result: Some(result), error: Some(error) }
        }
    }
}

/// Does what is missing, each step said before it is done; `steps` has those that were begun, also after a failure.
pub(super) fn ensure(
    context: &Context,
    components: &[&Component],
    dry_run: bool,
    steps: &mut Steps,
) -> Result<BootstrapResult, CliError> {
    let ended = ensure_all(context, components, dry_run, steps);
    ended.map_err(|error| match (error.kind, steps.begun.last()) {
        (ErrorKind::Interrupted(signal), Some(step)) if !dry_run => unfinished(signal, step),
        _ if dry_run => error,
        _ => after_steps(error, steps),
    })
}

/// A refusal after steps were done is a failure, as it is not true that nothing was done.
pub(super) fn after_steps(mut error: CliError, steps: &Steps) -> CliError {
    let refuses = matches!(error.kind, ErrorKind::Environment | ErrorKind::Config | ErrorKind::Refused);
    if refuses && !steps.done.is_empty() {
        error.kind = ErrorKind::Failed;
        let note = format!("done before by `--bootstrap`: {}", ticked_list(&steps.done));
        error.problems.last_mut().into_iter().for_each(|problem| problem.notes.push(note.clone()));
    }
    error
}

fn ensure_all(
    context: &Context,
    components: &[&Component],
    dry_run: bool,
    steps: &mut Steps,
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
        return Ok(BootstrapResult { dry_run, engine: None, steps: steps.begun.clone(), base_images: Vec::new() });
    }
    let engine = docker::engine_facts(&context.runner).map_err(|error| engine_error(&error))?;
    ensure_bases(context, &wanted, dry_run, steps)?;
    let images = docker::images(&context.runner, &wanted).map_err(|error| engine_error(&error))?;
    let found = wanted.into_iter().filter_map(|name| {
        let stand_in = images.get(&name)?.stand_in;
        Some(BaseState { name, stand_in })
    });
    let base_images: Vec<BaseState> = found.collect();
    Ok(BootstrapResult { dry_run, engine: Some(engine.server_version), steps: steps.begun.clone(), base_images })
}

fn machine_facts(context: &Context) -> Result<MachineFacts, CliError> {
    let (client, engine, buildkit) = match docker::engine_facts(&context.runner) {
        Ok(facts) => (true, Ok(facts.server_version.clone()), facts.builder.is_buildkit()),
        Err(EngineError::Client(RunError::NotFound(_))) => (false, Err(String::new()), false),
        Err(EngineError::Silent(words)) if can_be_started(&words) => (true, Err(words), false),
        // What is in the way is not mended by an engine.
        Err(error) => return Err(engine_error(&error)),
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

/// Whether the words leave it open that no engine runs.
fn can_be_started(words: &str) -> bool {
    matches!(cause(words), Cause::Unreachable | Cause::Denied | Cause::Unknown)
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

fn ensure_bases(context: &Context, wanted: &[String], dry_run: bool, steps: &mut Steps) -> Result<(), CliError> {
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
        match follow(context, &pull)? {
            (Some(0), _) => steps.done.push(pull.invocation.to_string()),
            (_, words) if is_unreachable_registry(&words) && has_stand_in(name) => {
                context.ui.note(&format!("the registry of {name} is not reachable"));
                needs_stand_in = true;
            }
            (_, words) => {
                let words = reason(&words).unwrap_or("the docker client said nothing");
                return Err(CliError::new(ErrorKind::Failed, base_problem(name, words)));
            }
        }
    }
    if needs_stand_in { perform(context, &stand_in_step(), dry_run, steps) } else { Ok(()) }
}
