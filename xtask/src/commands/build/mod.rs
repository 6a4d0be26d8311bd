//! `build`: everything is decided first, then done, each component in its own context.

mod engine;
mod failure;
mod guard;
mod outcome;
mod run;
mod secrets;
mod summary;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::bootstrap::{self, Steps, warn_of_stand_ins};
use super::repository::state_and_tag;
use crate::cli::BuildArgs;
use crate::context::Project;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::dockerfile_problem::dockerfile_problem;
use crate::domain::engine::Builder;
use crate::domain::image::Tag;
use crate::domain::name::NameError;
use crate::domain::plan::{BuildPlan, LATEST, PlanInput, filled_build_args, plan_build, refused_build_args};
use crate::domain::problem::Problem;
use crate::domain::secrets::call_findings;
use crate::domain::tagging::TagRequest;
use crate::effects::fs::LogFile;
use crate::effects::{environment, fs};
use crate::error::{CliError, ErrorKind};
use crate::outcome::Ending;
use dockerfile::ignore_file;
use dockerfile::{self, DockerfileFacts};
use engine::Engine;
use guard::Guard;
use outcome::Outcome;
use run::execute;
use secretscan::Detector;

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct BuildResult {
    pub(super) tag: String,
    pub(super) dry_run: bool,
    pub(super) builder: String,
    pub(super) bootstrap: Vec<String>,
    pub(super) components: Vec<summary::ComponentResult>,
}

pub(super) fn run(project: &Project, args: &BuildArgs) -> Ending<BuildResult> {
    let mut steps = Steps::new(project.ui, &project.runner, args.dry_run);
    let prepared = project.detector().and_then(|detector| {
        let prepared = prepare(project, &detector, args, &mut steps)?;
        Ok((detector, prepared))
    });
    let (detector, Prepared { plan, builder, logs }) = match prepared {
        Ok(prepared) => prepared,
        Err(error) if steps.begun.is_empty() || args.dry_run => return error.into(),
        Err(error) => {
            let result = summary::nothing_built(steps.begun.clone());
            return Ending { result: Some(result), error: Some(steps.failure(error)) };
        }
    };
    plan.tag.notes.iter().for_each(|note| project.ui.note(note));
    let mut stand_ins: Vec<&str> = plan
        .builds
        .iter()
        .flat_map(|build| &build.bases)
        .filter(|base| base.stand_in)
        .map(|base| base.name.as_str())
        .collect();
    stand_ins.sort_unstable();
    stand_ins.dedup();
    warn_of_stand_ins(project.ui, &stand_ins);
    if args.dry_run {
        if !project.ui.json {
            let calls = plan.builds.iter().map(|build| build.invocation.to_string());
            steps.begun.iter().cloned().chain(calls).for_each(|call| project.ui.result(&call));
        }
        let outcomes: Vec<Outcome> = plan.builds.iter().map(|_| Outcome::NotStarted).collect();
        let result = summary::result(&plan, &builder, steps.begun, &outcomes, true);
        return Ending { result: Some(result), error: None };
    }
    project.ui.status("Building", &format!("{} with {builder}", summary::names(&plan)));
    let (outcomes, time) = execute(project, &Guard::new(project, &detector), &plan, logs, args);
    summary::show(project.ui, &plan, &outcomes, time);
    let result = summary::result(&plan, &builder, steps.begun, &outcomes, false);
    Ending { result: Some(result), error: summary::error(&plan, &outcomes) }
}

/// Everything that is decided before anything is done.
struct Prepared {
    plan: BuildPlan,
    /// Who builds.
    builder: String,
    /// A log file for each build; none in a dry run.
    logs: Vec<LogFile>,
}

/// Decides everything; `steps` has the calls that made the machine able to build, or would.
fn prepare(
    project: &Project,
    detector: &Detector,
    args: &BuildArgs,
    steps: &mut Steps<'_>,
) -> Result<Prepared, CliError> {
    let components = project.components(&args.components)?;
    let build_args = build_args(project, detector, args, &components)?;
    let request = TagRequest { given: given_tag(args)?, ..TagRequest::default() };
    let (state, tag) = state_and_tag(project, request)?;
    let dockerfiles = dockerfiles(project, &components, &build_args)?;
    let own = |component: &&&Component| {
        fs::is_there(&project.root.join(format!("{}{}", component.dockerfile, ignore_file::FILE_NAME)))
    };
    let own_ignore_files: HashSet<String> =
        components.iter().filter(own).map(|component| component.name.to_string()).collect();
    let plan = |engine: &Engine| {
        let input = PlanInput {
            components: &components,
            state: &state,
            tag: tag.clone(),
            builder: &engine.builder,
            broken_plugin: engine.broken_plugin.as_ref(),
            context: engine.context.as_deref(),
            dockerfiles: &dockerfiles,
            own_ignore_files: &own_ignore_files,
            images: &engine.images,
            build_args: &build_args,
            variable: &environment::text,
            latest: args.latest,
            no_cache: args.no_cache,
        };
        refused_or_planned(detector, input)
    };
    let open_logs = |plan: &BuildPlan| {
        let names: Vec<&str> = plan.builds.iter().map(|build| build.name.as_str()).collect();
        if args.dry_run { Ok(Vec::new()) } else { run::open_logs(project, &names) }
    };
    let mut logs = None;
    if args.bootstrap {
        // What needs no engine to be refused is refused before anything is installed.
        let assumed = plan(&Engine::unknown(Builder::of_bootstrap(), None))?;
        logs = Some(open_logs(&assumed)?);
        bootstrap::ensure(&bootstrap::base_images(project, &components)?, steps)?;
    }
    let named = components.iter().filter_map(|component| dockerfiles.get(component.name.as_str()));
    let bases: Vec<String> = named.flat_map(|facts| facts.base_images.iter().cloned()).collect();
    let engine = Engine::ask(project, args, &bases)?;
    let plan = plan(&engine)?;
    engine.warn_of_plugin(project);
    let logs = logs.map_or_else(|| open_logs(&plan), Ok)?;
    Ok(Prepared { plan, builder: engine.builder.describe(), logs })
}

/// The plan, or everything that speaks against it.
fn refused_or_planned(detector: &Detector, input: PlanInput<'_>) -> Result<BuildPlan, CliError> {
    let plan = plan_build(input).map_err(|problems| CliError::all(ErrorKind::Refused, problems))?;
    // Names of branches and addresses of remotes can hold anything, and end in labels.
    let findings = plan.builds.iter().flat_map(|build| call_findings(detector, &build.invocation));
    let mut problems: Vec<Problem> = findings.map(|finding| finding.problem()).collect();
    // What is wrong with the branch's name is wrong in every build.
    problems.dedup();
    if problems.is_empty() { Ok(plan) } else { Err(CliError::all(ErrorKind::Refused, problems)) }
}

/// Build args with their values, after everything that would be told or sent to docker was found free of secrets.
fn build_args(
    project: &Project,
    detector: &Detector,
    args: &BuildArgs,
    components: &[&Component],
) -> Result<Vec<BuildArg>, CliError> {
    let parsed: Result<Vec<BuildArg>, NameError> = args.build_args.iter().map(|arg| arg.parse()).collect();
    let parsed = parsed.map_err(|error| {
        let problem = Problem::new(format!("invalid `--build-arg`: {error}"));
        CliError::new(ErrorKind::Usage, problem.hint("the form is `--build-arg NAME=VALUE` or `--build-arg NAME`"))
    })?;
    let filled = filled_build_args(&parsed, &environment::text);
    let mut problems = secrets::problems(project, detector, components, &filled)?;
    if problems.is_empty() {
        problems = refused_build_args(components, &filled);
    }
    let args = filled.into_iter().map(|(arg, _)| arg).collect();
    if problems.is_empty() { Ok(args) } else { Err(CliError::all(ErrorKind::Refused, problems)) }
}

/// The tag that the command line gives, if it gives one.
fn given_tag(args: &BuildArgs) -> Result<Option<(Tag, &'static str)>, CliError> {
    if let Some(version) = &args.version {
        let tag = version.to_string().parse::<Tag>();
        return Ok(tag.ok().map(|tag| (tag, "--version")));
    }
    if args.tag.as_ref().is_some_and(|tag| tag.as_str() == LATEST) {
        let problem = Problem::new("`latest` is no tag of its own")
            .note("contract: Tag Naming, \"only for local dev\"; beside it there is always a tag that says what the image is")
            .hint("pass `--latest` to add it to the tag that git gives");
        return Err(CliError::new(ErrorKind::Refused, problem));
    }
    Ok(args.tag.clone().map(|tag| (tag, "--tag")))
}

/// Facts of the Dockerfiles that we can read; what we cannot read the builder judges.
fn dockerfiles(
    project: &Project,
    components: &[&Component],
    given: &[BuildArg],
) -> Result<HashMap<String, DockerfileFacts>, CliError> {
    let (mut facts, mut problems) = (HashMap::new(), Vec::new());
    for component in components {
        let text = project.dockerfile(component)?;
        match dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(given)) {
            Ok(read) => drop(facts.insert(component.name.to_string(), read)),
            Err(error) => problems.extend(dockerfile_problem(&error, &component.dockerfile)),
        }
    }
    if problems.is_empty() { Ok(facts) } else { Err(CliError::all(ErrorKind::Config, problems)) }
}
