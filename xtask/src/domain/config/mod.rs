//! taskflow.toml: its contents as typed values.
//!
//! `keys` is the table of all keys, in the types of `key`. The check of a document's `structure`, the `json_schema` for
//! editors and the `reference` for people are made from it. `parse` reads the values, with `section` as the reader of
//! one table.

mod allow;
mod contract_keys;
mod forms;
pub mod json_schema;
pub mod key;
pub mod keys;
mod parse;
mod parse_contract;
mod parse_release;
pub mod reference;
mod release_keys;
mod section;
mod structure;

use std::ops::Range;

use super::build_arg::{BuildArg, DeclaredBuildArg};
use super::contract::declared::Contract;
use super::finding::{Exception, Family};
use super::image::{ImageReference, Repository, Tag};
use super::name::{ComponentName, VariableName};
use super::paths::PathFacts;
use super::problem::{Place, Problem, SourceText};
use super::release::settings::ReleaseSettings;
use super::tagging::TagSettings;
use super::text::{nearest, ticked_list};

pub use parse::{parse, parse_with};

/// The name of the file.
pub const FILE_NAME: &str = "taskflow.toml";

/// The contents of the file.
#[derive(Clone, Debug)]
pub struct Config {
    /// The path of the file, for messages.
    pub file: String,
    /// The text of the file, for messages that show lines of it.
    pub source: SourceText,
    /// The name under `[project]`: the first half of each repository.
    pub project: String,
    /// The settings under `[project]` that affect tags.
    pub tags: TagSettings,
    /// Names of declared secrets: those of the contract and those under `[secrets]`.
    pub secrets: Vec<String>,
    /// The exceptions in `[[allow]]`, for rules of all families.
    exceptions: Vec<Exception>,
    /// The profile under `[minikube]`, to which images are loaded by default; none if it is not set.
    pub minikube_profile: Option<String>,
    /// The settings of releases under `[release]`.
    pub release: ReleaseSettings,
    /// The components `[component.NAME]`, in the order of the file.
    pub components: Vec<Component>,
}

/// A component: one build context, one Dockerfile, one repository.
#[derive(Clone, Debug)]
pub struct Component {
    /// The name of the component.
    pub name: ComponentName,
    /// Its repository, `<project>-<component>`.
    pub repository: Repository,
    /// Its build context, relative to taskflow.toml, normalized.
    pub context: String,
    /// The place of the build context in taskflow.toml.
    pub context_span: Range<usize>,
    /// Its Dockerfile, relative to taskflow.toml, normalized.
    pub dockerfile: String,
    /// The place of the Dockerfile in taskflow.toml, or of the component's header if it is not set.
    pub dockerfile_span: Range<usize>,
    /// The stage to build; none for the last one.
    pub target: Option<String>,
    /// The build args that it declares.
    pub build_args: Vec<DeclaredBuildArg>,
    /// The secrets that its build steps may mount; they are in no layer.
    pub build_secrets: Vec<BuildSecret>,
    /// The line of its header in taskflow.toml.
    pub line: usize,
    /// Its contract; none if only the general rules hold.
    pub contract: Option<Contract>,
}

/// A secret for `RUN --mount=type=secret`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildSecret {
    /// The name in the Dockerfile: `id=…`.
    pub id: String,
    /// The environment variable that holds the secret.
    pub variable: VariableName,
}

impl Component {
    /// Returns the reference of the component's image under a tag.
    pub fn reference(&self, tag: Tag) -> ImageReference {
        ImageReference { repository: self.repository.clone(), tag }
    }

    /// Returns the args that get a value from taskflow.toml or from the command line, and so override the Dockerfile.
    pub fn overridden_args(&self, given: &[BuildArg]) -> Vec<&str> {
        let is_given = |declared: &&DeclaredBuildArg| {
            declared.default.is_some() || given.iter().any(|given| given.name == declared.name)
        };
        self.build_args.iter().filter(is_given).map(|arg| arg.name.as_str()).collect()
    }
}

impl Config {
    /// Returns the path of the file from the repository's root, which is its folder.
    pub fn file_from_root(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the exceptions for rules of a family.
    pub fn exceptions_of(&self, family: Family) -> Vec<&Exception> {
        self.exceptions.iter().filter(|exception| exception.rule.family == family.name).collect()
    }

    /// Returns the components with these names, in the order of the file; all components if there are no names.
    ///
    /// # Errors
    ///
    /// The problem of a name that is not that of a component.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Component>, Problem> {
        let known: Vec<&str> = self.components.iter().map(|component| component.name.as_str()).collect();
        if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
            // The argument may be a build arg without its option, or any pasted text, so it may be a secret.
            if !unknown.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter)) {
                return Err(Problem::new(
                    "an argument is not the name of a component; it is not shown, as it may be a secret",
                )
                .note(format!("the components are {}", ticked_list(&known)))
                .hint("build args are given as `--build-arg NAME=VALUE`"));
            }
            let problem = Problem::new(format!("no component `{unknown}` in {FILE_NAME}"))
                .note(format!("the components are {}", ticked_list(&known)));
            return Err(match nearest(unknown, &known) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        let wanted =
            |component: &&Component| names.is_empty() || names.iter().any(|name| name == component.name.as_str());
        Ok(self.components.iter().filter(wanted).collect())
    }

    /// Returns the problems of a component's paths, given their state on the disk.
    pub fn path_problems(&self, component: &Component, context: PathFacts, dockerfile: PathFacts) -> Vec<Problem> {
        let name = &component.name;
        let at = |span: &Range<usize>, label: &str| section::place(&self.file, &self.source, span.clone(), label);
        let of_context = |message: String, label: &str| Problem::new(message).at(at(&component.context_span, label));
        let path = &component.context;
        let mut problems = Vec::new();
        match context {
            PathFacts::Inside { folder: true } => {}
            PathFacts::Missing => problems.push(
                of_context(format!("the build context of component `{name}` is missing: `{path}`"), "no such folder")
                    .hint("create the folder, or correct the path; it is relative to taskflow.toml"),
            ),
            PathFacts::Inside { folder: false } => {
                problems.push(of_context(
                    format!("the build context of component `{name}` is not a folder: `{path}`"),
                    "a file",
                ));
            }
            PathFacts::Root => {
                problems.push(root_context(name.as_str(), path, at(&component.context_span, "a link to the root")));
            }
            PathFacts::Outside => {
                problems.push(outside_context(
                    name.as_str(),
                    path,
                    at(&component.context_span, "a link out of the repository"),
                ));
            }
        }
        // If the context is missing, a missing Dockerfile is not reported, too.
        if context == (PathFacts::Inside { folder: true }) {
            let (path, span) = (&component.dockerfile, &component.dockerfile_span);
            let of_file = |message: String, label: &str| Problem::new(message).at(at(span, label));
            match dockerfile {
                PathFacts::Inside { folder: false } => {}
                PathFacts::Missing => problems.push(
                    of_file(format!("the Dockerfile of component `{name}` is missing: `{path}`"), "no such file")
                        .hint(format!("create it, or set `dockerfile` under `[component.{name}]`")),
                ),
                PathFacts::Inside { folder: true } => {
                    problems.push(of_file(
                        format!("the Dockerfile of component `{name}` is a folder: `{path}`"),
                        "a folder",
                    ));
                }
                PathFacts::Root | PathFacts::Outside => problems.push(of_file(
                    format!("the Dockerfile of component `{name}` lies outside the repository: `{path}`"),
                    "a link out of the repository",
                )),
            }
        }
        problems
    }
}

/// Returns the problem of a build context that is the repository's root.
fn root_context(name: &str, path: &str, place: Place) -> Problem {
    Problem::new(format!(
        "invalid build context for component `{name}`: `{path}` is the repository root"
    ))
    .at(place)
    .note(
        "contract: Build Context, \"Never: Repository root\"; every file of the repository would be sent to the engine",
    )
    .hint(format!(
        "give the component a folder of its own: `context = \"{name}\"`"
    ))
}

/// Returns the problem of a build context outside of the repository.
fn outside_context(name: &str, path: &str, place: Place) -> Problem {
    Problem::new(format!("invalid build context for component `{name}`: `{path}` lies outside the repository"))
        .at(place)
        .hint("a context is a folder inside the repository, with a path relative to taskflow.toml")
}
