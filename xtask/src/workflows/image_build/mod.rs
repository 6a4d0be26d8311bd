//! Builds images: first decides everything, then runs the builds, each component with its own context.

mod build_outcome;
mod engine;
mod execute;
mod failure;
mod image_scan;
mod options;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use dockerfile::{self, DockerfileFacts, ignore_file};
use process::{Invocation, Runner};
use secretscan::Detector;

use crate::context::Project;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::dockerfile_problem::dockerfile_problem;
use crate::domain::engine::Builder;
use crate::domain::events::{BuildRows, Events};
use crate::domain::finding::{Finding, Severity};
use crate::domain::image::Tag;
use crate::domain::plan::{
    BuildPlan, ComponentBuild, LATEST, PlanInput, filled_build_args, plan_build, refused_build_args,
};
use crate::domain::problem::Problem;
use crate::domain::replaced_image::is_release;
use crate::domain::secrets::{self, call_findings, merged};
use crate::domain::tagging::TagRequest;
use crate::domain::text::ticked_list;
use crate::effects::fs::LogFile;
use crate::effects::{environment, fs};
use crate::error::{CliError, ErrorKind};
use crate::workflows::bootstrap::{self, Steps, warn_of_stand_ins};
use crate::workflows::check::{self, Rules, note_allowed};
use crate::workflows::tag::state_and_tag;
pub(crate) use build_outcome::{BuildOutcome, UnfitImage};
use engine::Engine;
use execute::execute;
use image_scan::ImageScanner;
pub(crate) use options::BuildOptions;

/// The text behind the name of a log whose build pushes an image with attestations.
const ATTESTED: &str = "-attested";

/// The result of a build.
pub(crate) struct BuildReport {
    /// The plan; none if the build was refused after the machine was changed for it.
    pub(crate) plan: Option<BuildPlan>,
    /// The outcome of each component, in the order of the plan.
    pub(crate) outcomes: Vec<BuildOutcome>,
    /// The description of the builder.
    pub(crate) builder: String,
    /// The calls of `bootstrap` that were run, or would be.
    pub(crate) bootstrap: Vec<String>,
    /// Whether the contract was checked before the build.
    pub(crate) checked: bool,
    /// Whether it was a dry run.
    pub(crate) dry_run: bool,
    /// The duration of all builds together.
    pub(crate) time: Duration,
    /// Why an image is missing; none if all are built.
    pub(crate) failure: Option<CliError>,
}

/// Builds the images of components.
///
/// # Errors
///
/// If nothing was done: `ErrorKind::Usage`, `Config`, `Refused`, or `Environment`. The report contains a failure after
/// something was done.
pub(crate) fn build(
    project: &Project,
    events: &dyn Events,
    rows: &mut dyn BuildRows,
    options: &BuildOptions,
) -> Result<BuildReport, CliError> {
    let detector = project.detector();
    let mut steps = Steps::new(events, &project.runner, options.dry_run);
    let prepared = prepare(project, events, &detector, options, &mut steps);
    let mut report = BuildReport {
        plan: None,
        outcomes: Vec::new(),
        builder: String::new(),
        bootstrap: steps.begun.clone(),
        checked: !options.no_check,
        dry_run: options.dry_run,
        time: Duration::ZERO,
        failure: None,
    };
    let Prepared { plan, builder, logs } = match prepared {
        Ok(prepared) => prepared,
        Err(error) if steps.changed_nothing() => return Err(error),
        Err(error) => {
            report.failure = Some(steps.failure(error));
            return Ok(report);
        }
    };
    note_plan(events, &plan);
    if options.dry_run {
        report.outcomes = plan.builds.iter().map(|_| BuildOutcome::NotStarted).collect();
    } else {
        let names: Vec<String> = plan.builds.iter().map(ComponentBuild::first_reference).collect();
        events.status("Building", &format!("{} with {builder}", ticked_list(&names)));
        rows.begin(&plan.builds.iter().map(|build| build.name.as_str()).collect::<Vec<_>>());
        let scanner = ImageScanner::new(project, &detector);
        (report.outcomes, report.time) = execute(project, &scanner, &plan, logs, options, rows);
        report.failure = failure::failure_of(&plan, &report.outcomes);
    }
    (report.plan, report.builder) = (Some(plan), builder);
    Ok(report)
}

/// A build whose image is pushed with attestations.
pub(crate) struct AttestedBuild {
    /// The component.
    pub(crate) component: String,
    /// The runner that also hides what looks like a secret.
    pub(crate) runner: Runner,
    /// The call.
    pub(crate) call: Invocation,
    /// The log of the builder.
    pub(crate) log: LogFile,
}

/// Plans the builds that push images with attestations, under references by component. Their calls are those of
/// [`build`], except for the output.
///
/// # Errors
///
/// `ErrorKind::Config`, `Refused`, or `Environment`; nothing was done.
pub(crate) fn attested(
    project: &Project,
    events: &dyn Events,
    references: HashMap<String, String>,
) -> Result<Vec<AttestedBuild>, CliError> {
    let detector = project.detector();
    let options = BuildOptions { attested: references, ..BuildOptions::default() };
    let mut steps = Steps::new(events, &project.runner, false);
    let Prepared { plan, logs, .. } = prepare(project, events, &detector, &options, &mut steps)?;
    let scanner = ImageScanner::new(project, &detector);
    let attested = |(build, log): (ComponentBuild, LogFile)| AttestedBuild {
        component: build.name,
        runner: scanner.runner().clone(),
        call: build.invocation,
        log,
    };
    Ok(plan.builds.into_iter().zip(logs).map(attested).collect())
}

/// Sends notes about the plan before the first build starts.
fn note_plan(events: &dyn Events, plan: &BuildPlan) {
    plan.tag.notes.iter().for_each(|note| events.note(note));
    let bases = plan.builds.iter().flat_map(|build| &build.bases);
    let mut stand_ins: Vec<&str> = bases.filter(|base| base.stand_in).map(|base| base.name.as_str()).collect();
    stand_ins.sort_unstable();
    stand_ins.dedup();
    warn_of_stand_ins(events, &stand_ins);
}

/// Everything that is decided before anything is done.
struct Prepared {
    plan: BuildPlan,
    /// The description of the builder.
    builder: String,
    /// A log file for each build; none in a dry run.
    logs: Vec<LogFile>,
}

/// Decides everything. `steps` contains the calls of `bootstrap` that were run, or would be.
fn prepare(
    project: &Project,
    events: &dyn Events,
    detector: &Detector,
    options: &BuildOptions,
    steps: &mut Steps<'_>,
) -> Result<Prepared, CliError> {
    let components = project.components(&options.components)?;
    let build_args = build_args(project, events, detector, options, &components)?;
    let request = TagRequest { given: given_tag(options)?, ..TagRequest::default() };
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
            variable: &environment::value,
            latest: options.latest,
            no_cache: options.no_cache,
            attested: &options.attested,
        };
        refused_or_planned(detector, input)
    };
    let open_logs = |plan: &BuildPlan| {
        let suffix = if options.attested.is_empty() { "" } else { ATTESTED };
        let names: Vec<String> = plan.builds.iter().map(|build| format!("{}{suffix}", build.name)).collect();
        if options.dry_run { Ok(Vec::new()) } else { execute::open_logs(project, &names) }
    };
    let mut logs = None;
    if options.bootstrap {
        // Refusals that need no engine come before anything is installed.
        let assumed = plan(&Engine::unknown(Builder::of_bootstrap(), None))?;
        logs = Some(open_logs(&assumed)?);
        bootstrap::ensure(&bootstrap::base_images(project, &components)?, steps)?;
    }
    let named = components.iter().filter_map(|component| dockerfiles.get(component.name.as_str()));
    let bases = named.flat_map(|facts| facts.base_images.iter().cloned());
    // A release tag must not change its image without a word.
    let released = components.iter().filter(|_| is_release(&tag.tag));
    let released = released.map(|component| component.reference(tag.tag.clone()).to_string());
    let engine = Engine::ask(project, events, options, &bases.chain(released).collect::<Vec<_>>())?;
    let plan = plan(&engine)?;
    engine.warn_of_plugin(events);
    let logs = logs.map_or_else(|| open_logs(&plan), Ok)?;
    Ok(Prepared { plan, builder: engine.builder.describe(), logs })
}

/// Returns the plan, or all problems that prevent it.
fn refused_or_planned(detector: &Detector, input: PlanInput<'_>) -> Result<BuildPlan, CliError> {
    let plan = plan_build(input).map_err(|problems| CliError::all(ErrorKind::Refused, problems))?;
    // Names of branches and addresses of remotes may contain anything, and they become labels.
    let findings = plan.builds.iter().flat_map(|build| call_findings(detector, &build.invocation));
    let mut problems: Vec<Problem> = findings.map(|finding| finding.problem()).collect();
    // A problem of the branch's name occurs in every build.
    problems.dedup();
    if problems.is_empty() { Ok(plan) } else { Err(CliError::all(ErrorKind::Refused, problems)) }
}

/// Returns the build args with their values, after searching everything that docker would be told or sent.
fn build_args(
    project: &Project,
    events: &dyn Events,
    detector: &Detector,
    options: &BuildOptions,
    components: &[&Component],
) -> Result<Vec<BuildArg>, CliError> {
    let parsed: Result<Vec<BuildArg>, Problem> = options.build_args.iter().map(|arg| BuildArg::read(arg)).collect();
    let parsed = parsed.map_err(|problem| CliError::new(ErrorKind::Usage, problem))?;
    let filled = filled_build_args(&parsed, &environment::value);
    let foreign: Vec<Problem> = filled.iter().filter_map(|(arg, _)| arg.foreign_value()).collect();
    if !foreign.is_empty() {
        return Err(CliError::all(ErrorKind::Refused, foreign));
    }
    let rules = Rules { contract: !options.no_check, inline: true };
    let judged = check::judge(project, detector, components, Some(&filled), rules)?;
    note_allowed(events, &judged.allowed);
    // Warnings are those of `check`; a build is refused for errors only.
    let errors: Vec<Finding> =
        judged.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let (secrets, others): (Vec<Finding>, Vec<Finding>) =
        errors.into_iter().partition(|finding| finding.rule.family == secrets::FAMILY.name);
    let mut problems: Vec<Problem> = merged(&secrets).iter().map(Finding::problem).chain(judged.problems).collect();
    if problems.is_empty() {
        problems = refused_build_args(components, &filled);
        problems.extend(others.iter().map(Finding::problem));
    }
    let args = filled.into_iter().map(|(arg, _)| arg).collect();
    if problems.is_empty() { Ok(args) } else { Err(CliError::all(ErrorKind::Refused, problems)) }
}

/// Returns the tag of the command line, if there is one.
fn given_tag(options: &BuildOptions) -> Result<Option<(Tag, &'static str)>, CliError> {
    if let Some(version) = &options.version {
        let tag = version.to_string().parse::<Tag>();
        return Ok(tag.ok().map(|tag| (tag, "--version")));
    }
    if options.tag.as_ref().is_some_and(|tag| tag.as_str() == LATEST) {
        let problem = Problem::new("`latest` is no tag of its own")
            .note("contract: Tag Naming, \"only for local dev\"; beside it there is always a tag that says what the image is")
            .hint("pass `--latest` to add it to the tag that git gives");
        return Err(CliError::new(ErrorKind::Refused, problem));
    }
    Ok(options.tag.clone().map(|tag| (tag, "--tag")))
}

/// Returns the facts of the Dockerfiles that can be parsed; the builder reports problems of the others.
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
