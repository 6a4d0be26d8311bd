//! `build`: everything is decided first, then done, each component in its own context.

use std::collections::HashMap;

use serde::Serialize;

use super::build_run::{Outcome, execute};
use super::{Context, Ending, bootstrap, build_summary, engine_error, warn_of_stand_ins};
use crate::cli::BuildArgs;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::dockerfile::{self, DockerfileFacts};
use crate::domain::name::NameError;
use crate::domain::plan::{BuildPlan, PlanInput, accept_build_args, plan_build};
use crate::domain::problem::Problem;
use crate::domain::repository_state::RepositoryState;
use crate::domain::tagging::{TagDecision, decide, release_of_git_tag};
use crate::effects::docker::{self, EngineError};
use crate::effects::git::GitError;
use crate::effects::{environment, fs, git};
use crate::error::{CliError, ErrorKind};

/// The result in JSON.
#[derive(Serialize)]
pub(super) struct BuildResult {
    pub(super) tag: String,
    pub(super) dry_run: bool,
    pub(super) builder: String,
    pub(super) components: Vec<build_summary::ComponentResult>,
}

pub(super) fn run(context: &Context, args: &BuildArgs) -> Ending<BuildResult> {
    let (plan, builder) = match prepare(context, args) {
        Ok(prepared) => prepared,
        Err(error) => return error.into(),
    };
    plan.tag.notes.iter().for_each(|note| context.ui.note(note));
    let mut stand_ins: Vec<&str> = plan
        .builds
        .iter()
        .flat_map(|build| &build.bases)
        .filter(|base| base.stand_in)
        .map(|base| base.name.as_str())
        .collect();
    stand_ins.sort_unstable();
    stand_ins.dedup();
    warn_of_stand_ins(context.ui, &stand_ins);
    if args.dry_run {
        if !context.ui.json {
            plan.builds.iter().for_each(|build| context.ui.result(&build.invocation.to_string()));
        }
        let outcomes: Vec<Outcome> = plan.builds.iter().map(|_| Outcome::NotStarted).collect();
        let result = build_summary::result(&plan, &builder, &outcomes, true);
        return Ending { result: Some(result), error: None };
    }
    context.ui.status("Building", &format!("{} with {builder}", build_summary::names(&plan)));
    let (outcomes, time) = execute(context, &plan, args);
    build_summary::show(context.ui, &plan, &outcomes, time);
    let result = build_summary::result(&plan, &builder, &outcomes, false);
    Ending { result: Some(result), error: build_summary::error(&plan, &outcomes) }
}

/// Decides everything before anything is done; also says who builds.
fn prepare(context: &Context, args: &BuildArgs) -> Result<(BuildPlan, String), CliError> {
    let components = context.components(&args.components)?;
    let build_args = build_args(context, args, &components)?;
    let (state, tag) = tag(context)?;
    let dockerfiles = dockerfiles(context, &components)?;
    if args.bootstrap {
        bootstrap::ensure(context, &components, args.dry_run)?;
    }
    let bases: Vec<String> = dockerfiles.values().flat_map(|facts| facts.base_images.iter().cloned()).collect();
    let (builder, images) = match docker::engine_facts(&context.runner) {
        Ok(engine) => {
            let images = docker::images(&context.runner, &bases).map_err(|error| engine_error(&error))?;
            (engine.builder, images)
        }
        // A dry run only needs to know who would build, which the client alone can say.
        Err(EngineError::Silent(_)) if args.dry_run => {
            context.ui.warning("no Docker engine answers: what is known of the base images is left out");
            (docker::builder(&context.runner).map_err(|error| engine_error(&error))?, HashMap::new())
        }
        Err(error) => return Err(engine_error(&error)),
    };
    let input = PlanInput {
        components: &components,
        state: &state,
        tag,
        builder: &builder,
        dockerfiles: &dockerfiles,
        images: &images,
        build_args: &build_args,
        no_cache: args.no_cache,
    };
    let plan = plan_build(input).map_err(|problems| CliError::all(ErrorKind::Refused, problems))?;
    Ok((plan, builder.describe()))
}

fn build_args(context: &Context, args: &BuildArgs, components: &[&Component]) -> Result<Vec<BuildArg>, CliError> {
    let parsed: Result<Vec<BuildArg>, NameError> = args.build_args.iter().map(|arg| arg.parse()).collect();
    let parsed = parsed.map_err(|error| {
        let problem = Problem::new(format!("invalid `--build-arg`: {error}"));
        CliError::new(ErrorKind::Usage, problem.hint("the form is `--build-arg NAME=VALUE` or `--build-arg NAME`"))
    })?;
    let problems = accept_build_args(&context.config, components, &parsed, &environment::is_set);
    if problems.is_empty() { Ok(parsed) } else { Err(CliError::all(ErrorKind::Refused, problems)) }
}

fn tag(context: &Context) -> Result<(RepositoryState, TagDecision), CliError> {
    let prefix = &context.config.tags.tag_prefix;
    let state = git::state(&context.root, &|name| release_of_git_tag(name, prefix)).map_err(|error| {
        let problem = Problem::new(error.to_string());
        CliError::new(
            ErrorKind::Config,
            match error {
                GitError::NoRepository(_) => {
                    problem.note("tags are made from the state of git").hint("run `git init` and make a first commit")
                }
                GitError::Unreadable { .. } => problem,
            },
        )
    })?;
    let tag = decide(&context.config.tags, &state).map_err(|problem| CliError::new(ErrorKind::Config, problem))?;
    Ok((state, tag))
}

/// Facts of the Dockerfiles that we can read; what we cannot read the builder judges.
fn dockerfiles(context: &Context, components: &[&Component]) -> Result<HashMap<String, DockerfileFacts>, CliError> {
    let mut facts = HashMap::new();
    for component in components {
        let text = fs::read_text(&context.root.join(&component.dockerfile))
            .map_err(|error| CliError::new(ErrorKind::Config, Problem::new(format!("{error:#}"))))?;
        if let Ok(read) = dockerfile::read(&text, component.target.as_deref()) {
            facts.insert(component.name.to_string(), read);
        }
    }
    Ok(facts)
}
