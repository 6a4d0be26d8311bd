//! The plan of `build` as a value, which the dry run, `--json` and the run share.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;

use process::{HiddenValue, Invocation};

use super::build_arg::{BuildArg, DeclaredBuildArg, is_proxy, refuse_build_arg};
use super::config::{BuildSecret, Component};
use super::docker_argv::{BuildRequest, Output, build};
use super::engine::{BrokenPlugin, Builder, ImageFacts};
use super::finding::ArgSource;
use super::image::ImageReference;
use super::labels::labels;
use super::problem::{Place, Problem};
use super::replaced_image::ReplacedImage;
use super::repository_state::RepositoryState;
use super::tagging::TagDecision;
use super::text::ticked_list;
use dockerfile::DockerfileFacts;
use dockerfile::ignore_file;

/// The tag for local use, which is only added to another tag (contract: Tag Naming).
pub const LATEST: &str = "latest";

/// The build of one component.
#[derive(Clone, Debug)]
pub struct ComponentBuild {
    /// The name of the component.
    pub name: String,
    /// The references that the image gets.
    pub references: Vec<ImageReference>,
    /// The path of the Dockerfile, for messages.
    pub dockerfile: String,
    /// The facts about the Dockerfile.
    pub facts: DockerfileFacts,
    /// The base images.
    pub bases: Vec<BaseImage>,
    /// The image that has the release tag now.
    pub replaces: Option<ReplacedImage>,
    /// The docker call.
    pub invocation: Invocation,
    /// The name of the engine's own builder, if buildx builds.
    pub own_builder: String,
}

impl ComponentBuild {
    /// Returns the first reference of the image, which names it in messages.
    pub fn first_reference(&self) -> String {
        self.references.first().map(ToString::to_string).unwrap_or_default()
    }
}

/// A base image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// The name in the Dockerfile.
    pub name: String,
    /// Whether the engine has it.
    pub present: bool,
    /// Whether it is a stand-in made from packages.
    pub stand_in: bool,
}

/// All builds of a run; they share one tag.
#[derive(Clone, Debug)]
pub struct BuildPlan {
    /// The tag, with the reason.
    pub tag: TagDecision,
    /// The builds, one for each component.
    pub builds: Vec<ComponentBuild>,
}

/// The input of a plan.
pub struct PlanInput<'a> {
    /// The selected components.
    pub components: &'a [&'a Component],
    /// The state of git.
    pub state: &'a RepositoryState,
    /// The tag that `tagging` decided.
    pub tag: TagDecision,
    /// The builder.
    pub builder: &'a Builder,
    /// The buildx plugin, if it is installed but cannot be run.
    pub broken_plugin: Option<&'a BrokenPlugin>,
    /// The docker context in use, if it is known.
    pub context: Option<&'a str>,
    /// The facts about each component's Dockerfile; Dockerfiles that cannot be read are missing.
    pub dockerfiles: &'a HashMap<String, DockerfileFacts>,
    /// The components whose Dockerfile has an ignore file of its own.
    pub own_ignore_files: &'a HashSet<String>,
    /// The base images that the engine has, and the images under the release tags to be built.
    pub images: &'a HashMap<String, ImageFacts>,
    /// The build args of the command line, all with their values.
    pub build_args: &'a [BuildArg],
    /// Returns the values of the variables of build secrets.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Whether to add `latest`.
    pub latest: bool,
    /// Whether to ignore the layer cache.
    pub no_cache: bool,
    /// The references in a registry under which images are pushed with attestations, by component. Images of other
    /// components go into the engine.
    pub attested: &'a HashMap<String, String>,
}

/// Makes the plan.
///
/// # Errors
///
/// All problems that prevent the build.
pub fn plan_build(input: PlanInput<'_>) -> Result<BuildPlan, Vec<Problem>> {
    let problems_of = |component: &&Component| {
        let problems = needs_buildkit(&input, component).into_iter().chain(unknown_target(&input, component));
        problems.chain(missing_secrets(&input, component)).collect::<Vec<_>>()
    };
    let problems: Vec<Problem> = input.components.iter().flat_map(problems_of).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let builds = input.components.iter().map(|component| plan_component(&input, component)).collect();
    Ok(BuildPlan { tag: input.tag, builds })
}

/// Returns the build args of the command line with their values. An arg without a value takes it from the variable with
/// its name, so that all values are known and can be masked.
pub fn filled_build_args(args: &[BuildArg], variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<(BuildArg, ArgSource)> {
    let filled = |arg: &BuildArg| {
        if arg.value.is_some() {
            return (arg.clone(), ArgSource::CommandLine);
        }
        let value = variable(arg.name.as_str()).map(HiddenValue::new);
        (BuildArg { name: arg.name.clone(), value }, ArgSource::Environment)
    };
    args.iter().map(filled).collect()
}

/// Returns the problems of build args. An arg is passed to every selected component that declares it; one that none
/// declares, or that has no value, is refused.
pub fn refused_build_args(components: &[&Component], args: &[(BuildArg, ArgSource)]) -> Vec<Problem> {
    let problem = |(arg, _): &(BuildArg, ArgSource)| {
        let refusals: Vec<Problem> = components
            .iter()
            .filter_map(|component| refuse_build_arg(arg, component.name.as_str(), &component.build_args))
            .collect();
        if refusals.len() == components.len() {
            return refusals.into_iter().next();
        }
        arg.value.is_none().then(|| {
            Problem::new(format!("build arg `{}` has no value: no such variable in the environment", arg.name))
                .hint(format!("set the variable, or pass `--build-arg {}=VALUE`", arg.name))
        })
    };
    args.iter().filter_map(problem).collect()
}

fn needs_buildkit(input: &PlanInput<'_>, component: &Component) -> Option<Problem> {
    if input.builder.is_buildkit() {
        return None;
    }
    let facts = input.dockerfiles.get(component.name.as_str());
    let (feature, line) = match facts.and_then(|facts| facts.buildkit_features.first()) {
        Some((feature, line)) => (feature.clone(), Some(*line)),
        None if input.own_ignore_files.contains(component.name.as_str()) => {
            (format!("{}{}", component.dockerfile, ignore_file::FILE_NAME), None)
        }
        None => (format!("--secret id={}", component.build_secrets.first()?.id), None),
    };
    let problem = format!("cannot build `{}` with the classic builder: `{feature}` needs BuildKit", component.name);
    let problem = Problem::new(problem);
    let problem = match line {
        Some(line) => problem.at(Place::line(&component.dockerfile, line)),
        None => problem,
    };
    if let Some(plugin) = input.broken_plugin {
        return Some(problem.note(plugin.describe()).hint(plugin.remedy()));
    }
    Some(
        problem
            .hint("install the buildx plugin of docker (package `docker-buildx` or `docker-buildx-plugin`)")
            .hint("on Debian or Ubuntu as root, `cargo rig up engine` provides it"),
    )
}

/// Returns the problems of build secrets whose variable is not set.
fn missing_secrets(input: &PlanInput<'_>, component: &Component) -> Vec<Problem> {
    let missing = component.build_secrets.iter().filter(|secret| (input.variable)(secret.variable.as_str()).is_none());
    let problem = |secret: &BuildSecret| {
        let BuildSecret { id, variable } = secret;
        Problem::new(format!(
            "build secret `{id}` of component `{}` has no value: `{variable}` is not set",
            component.name
        ))
        .hint(format!("set the variable `{variable}`; its value reaches the step that mounts it, and nothing else"))
    };
    missing.map(problem).collect()
}

fn unknown_target(input: &PlanInput<'_>, component: &Component) -> Option<Problem> {
    let target = component.target.as_deref()?;
    let facts = input.dockerfiles.get(component.name.as_str())?;
    if facts.has_stage(target) {
        return None;
    }
    let names = facts.stage_names();
    let problem =
        Problem::new(format!("`{}` has no stage `{target}`, the target of `{}`", component.dockerfile, component.name));
    let problem =
        if names.is_empty() { problem } else { problem.note(format!("its stages are {}", ticked_list(&names))) };
    Some(problem.hint(format!("correct `target` under `[component.{}]` in taskflow.toml", component.name)))
}

fn plan_component(input: &PlanInput<'_>, component: &Component) -> ComponentBuild {
    let tag = &input.tag;
    let name = component.name.as_str();
    let facts = input.dockerfiles.get(name).cloned().unwrap_or_default();
    let latest = LATEST.parse().ok().filter(|_| input.latest);
    let tags = std::iter::once(tag.tag.clone()).chain(latest);
    let references: Vec<ImageReference> = tags.map(|tag| component.reference(tag)).collect();
    let base = facts.final_base.as_deref();
    let digest = base.and_then(|base| input.images.get(base)).and_then(|image| image.digest.as_deref());
    let labels = labels(name, &component.repository.to_string(), tag, input.state, base.map(|base| (base, digest)));
    let build_args = effective_build_args(component, input.build_args);
    let proxies = proxies(component, input.build_args);
    let secrets: Vec<(String, String, HiddenValue)> = component
        .build_secrets
        .iter()
        .filter_map(|secret| {
            let value = (input.variable)(secret.variable.as_str()).map(HiddenValue::new)?;
            Some((secret.id.clone(), secret.variable.to_string(), value))
        })
        .collect();
    let request = BuildRequest {
        context: &component.context,
        dockerfile: &component.dockerfile,
        target: component.target.as_deref(),
        references: &references,
        labels: &labels,
        build_args: &build_args,
        proxies: &proxies,
        secrets: &secrets,
        no_cache: input.no_cache,
        output: input.attested.get(name).map_or(Output::Engine, |reference| Output::Attested(reference)),
    };
    let invocation = build(input.builder, &request);
    let bases = facts
        .base_images
        .iter()
        .map(|base| {
            let image = input.images.get(base);
            BaseImage {
                name: base.clone(),
                present: image.is_some(),
                stand_in: image.is_some_and(|image| image.stand_in),
            }
        })
        .collect();
    let replaces =
        |reference: &ImageReference| ReplacedImage::of(reference, &input.images.get(&reference.to_string())?.id);
    ComponentBuild {
        name: name.to_owned(),
        replaces: references.iter().find_map(replaces),
        references,
        dockerfile: component.dockerfile.clone(),
        facts,
        bases,
        invocation,
        own_builder: input.context.unwrap_or("default").to_owned(),
    }
}

/// Returns the proxies of the command line that the component does not declare as args of its own.
fn proxies(component: &Component, args: &[BuildArg]) -> Vec<(String, HiddenValue)> {
    let mut proxies: Vec<(String, HiddenValue)> = Vec::new();
    let undeclared = |arg: &&BuildArg| component.build_args.iter().all(|declared| declared.name != arg.name);
    for arg in args.iter().filter(|arg| is_proxy(arg.name.as_str())).filter(undeclared) {
        let name = arg.name.to_string();
        proxies.retain(|(other, _)| *other != name);
        proxies.extend(arg.value.clone().map(|value| (name, value)));
    }
    proxies
}

/// Returns the declared defaults, overridden by the values of the command line.
fn effective_build_args(component: &Component, args: &[BuildArg]) -> Vec<(String, HiddenValue)> {
    let value = |declared: &DeclaredBuildArg| {
        let given = args.iter().rfind(|arg| arg.name == declared.name).and_then(|arg| arg.value.as_ref());
        given.or(declared.default.as_ref()).cloned()
    };
    let with_value = component.build_args.iter().filter_map(|arg| Some((arg.name.to_string(), value(arg)?)));
    with_value.collect()
}
