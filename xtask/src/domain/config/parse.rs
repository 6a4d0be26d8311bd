//! Parses the text of taskflow.toml into a `Config`, or reports all of its problems at once.

use std::ops::Range;

use process::HiddenValue;
use toml::de::DeTable;

use super::parse_contract::contract;
use super::parse_release::release;
use super::section::{Located, Section, Sink, checked, place};
use super::{BuildSecret, Component, Config, allow, keys, outside_context, root_context, structure};
use crate::domain::build_arg::{DeclaredBuildArg, client_variable_problem};
use crate::domain::encoding::without_marks;
use crate::domain::finding::{ArgSource, Site};
use crate::domain::git_name::{NameFault, check_branch, check_tag_prefix};
use crate::domain::name::{CONTRACT_SECRETS, ComponentName, VariableName};
use crate::domain::paths::{PathFault, normalize};
use crate::domain::problem::{Place, Problem, SourceText};
use crate::domain::rules::{RULES, Rules};
use crate::domain::secrets::secret;
use crate::domain::tagging::TagSettings;
use secretscan::declared_verdict;
use secretscan::is_declared_secret;
use shown::printable;

/// Parses the text.
///
/// # Errors
///
/// All problems of the file, each with its place.
pub fn parse(file: &str, text: &str) -> Result<Config, Vec<Problem>> {
    parse_with(RULES, file, text)
}

/// Parses the text; exceptions can name the rules in `rules`.
///
/// # Errors
///
/// All problems of the file, each with its place.
pub fn parse_with(rules: Rules, file: &str, text: &str) -> Result<Config, Vec<Problem>> {
    let source = SourceText::new(text);
    let document = DeTable::parse(text).map_err(|error| vec![syntax_problem(file, &source, &error)])?;
    let sink = Sink { file: file.to_owned(), source, problems: Vec::new().into() };
    structure::check(&sink, document.get_ref(), &keys::FILE);
    let file = Section::new(0..0, document.get_ref());
    schema(&sink, &file);
    let project = file.section("project").map(|section| project(&sink, &section));
    let secrets = secrets(&sink, file.section("secrets").as_ref());
    let mut allowed = file.sections("allow");
    let earlier = file.section("secrets");
    allowed.extend(earlier.iter().flat_map(|section| section.sections("allow")));
    let exceptions = allow::exceptions(&sink, rules, &allowed);
    let minikube_profile = file.section("minikube").and_then(|section| section.string("profile"));
    let minikube_profile = minikube_profile.map(|profile| profile.value);
    let (name, tags) = project.unzip();
    let components = file
        .section("component")
        .map(|section| components(&sink, &section, name.as_ref().and_then(Option::as_deref), &secrets))
        .unwrap_or_default();
    let release = file.section("release").map(|section| release(&sink, &section, &components)).unwrap_or_default();
    let Sink { file, source, problems } = sink;
    let mut problems = problems.into_inner();
    if problems.is_empty() {
        problems = exceptions.iter().filter_map(|exception| allow::of_nothing(exception, &components)).collect();
    }
    problems.sort_by_key(|problem| problem.place.as_ref().map(|place| (place.line, place.column)));
    match (name.flatten(), tags) {
        (Some(project), Some(tags)) if problems.is_empty() => {
            Ok(Config { file, source, project, tags, secrets, exceptions, minikube_profile, release, components })
        }
        _ => Err(problems),
    }
}

fn syntax_problem(file: &str, source: &SourceText, error: &toml::de::Error) -> Problem {
    let message = error.message().replace('\n', ", ");
    // A line that is not TOML cannot be parsed, so it may hold the value of a build arg and is not shown.
    let place = Place { snippet: None, ..place(file, source, error.span().unwrap_or(0..0), "") };
    let line = source.text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    if line.starts_with('\u{feff}') && place.line > 1 {
        let problem = Problem::new(format!("{file} is not valid TOML: the line begins with a byte order mark"));
        return problem.at(place).hint(without_marks(file));
    }
    Problem::new(format!("{file} is not valid TOML: {message}")).at(place)
}

fn schema(sink: &Sink, file: &Section<'_>) {
    if let Some(Located { value, span }) = file.integer("schema")
        && value != keys::SCHEMA
    {
        let problem = Problem::new(format!("unknown `schema`: {value}"))
            .note(format!("this xtask reads schema {}", keys::SCHEMA));
        sink.report(span, "", problem);
    }
}

fn project(sink: &Sink, section: &Section<'_>) -> (Option<String>, TagSettings) {
    let name =
        section.string("name").and_then(|name| checked(sink, name, "`project.name`", str::parse::<ComponentName>));
    let default_branch = section.string("default-branch").and_then(|branch| {
        let remedy =
            "write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`";
        git_name(sink, branch, "`project.default-branch`", check_branch, remedy)
    });
    let tag_prefix = section.string("tag-prefix").and_then(|prefix| {
        let remedy = "write what release tags begin with, such as `v` in `v1.0.0`, or remove the key: then `v` counts";
        git_name(sink, prefix, "`project.tag-prefix`", check_tag_prefix, remedy)
    });
    let tag_prefix = tag_prefix.unwrap_or_else(|| keys::TAG_PREFIX.to_owned());
    let version = section.string("version").and_then(|version| checked(sink, version, "`project.version`", str::parse));
    (name.map(|name| name.to_string()), TagSettings { tag_prefix, default_branch, version })
}

/// Checks a name by git's rules; reports an invalid one with a remedy.
fn git_name(
    sink: &Sink,
    text: Located<String>,
    what: &str,
    check: impl Fn(&str) -> Result<(), NameFault>,
    remedy: &str,
) -> Option<String> {
    let Located { value, span } = text;
    let Err(fault) = check(&value) else { return Some(value) };
    let problem = Problem::new(match fault {
        NameFault::Empty => format!("invalid {what}: {fault}"),
        _ => format!("invalid {what}: git refuses the name `{}`: {fault}", printable(value.as_bytes())),
    });
    sink.report(span, "", problem.hint(remedy));
    None
}

fn secrets(sink: &Sink, section: Option<&Section<'_>>) -> Vec<String> {
    let mut names: Vec<String> = CONTRACT_SECRETS.map(str::to_owned).to_vec();
    if let Some(section) = section {
        for name in section.strings("declared") {
            // The value in the place of a name may be the secret itself.
            let parsed = name.value.parse::<VariableName>();
            let problem = parsed.map(|name| names.push(name.to_string()));
            if let Err(error) = problem {
                sink.report_quietly(name.span, Problem::new(format!("invalid name of a secret: {error}")));
            }
        }
    }
    names
}

fn components(sink: &Sink, section: &Section<'_>, project: Option<&str>, secrets: &[String]) -> Vec<Component> {
    let named = section.named_sections();
    named.into_iter().filter_map(|(name, section)| component(sink, name, &section, project, secrets)).collect()
}

fn component(
    sink: &Sink,
    name: Located<String>,
    section: &Section<'_>,
    project: Option<&str>,
    secrets: &[String],
) -> Option<Component> {
    let name_span = name.span.clone();
    let line = sink.line(name_span.start);
    let name = checked(sink, name, "component name", str::parse::<ComponentName>);
    let label = name.as_ref().map_or("", ComponentName::as_str).to_owned();
    let context = section.string("context").and_then(|context| context_path(sink, &label, context));
    let dockerfile = section.string("dockerfile");
    let target = section.string("target").map(|target| target.value);
    let build_args =
        section.section("build-args").map(|args| build_args(sink, &label, &args, secrets)).unwrap_or_default();
    let build_secrets =
        section.section("build-secrets").map(|secrets| build_secrets(sink, &secrets, &build_args)).unwrap_or_default();
    let contract = section.section("contract").map(|section| contract(sink, &section));
    let (name, (context, context_span)) = (name?, context?);
    let (dockerfile, dockerfile_span) = match dockerfile {
        Some(file) => dockerfile_path(sink, &label, file)?,
        None => (format!("{context}/Dockerfile"), name_span.clone()),
    };
    let repository = format!("{}-{name}", project?);
    let repository = checked(sink, Located { value: repository, span: name_span }, "repository", str::parse)?;
    Some(Component {
        name,
        repository,
        context,
        context_span,
        dockerfile,
        dockerfile_span,
        target,
        build_args,
        build_secrets,
        line,
        contract,
    })
}

fn context_path(sink: &Sink, component: &str, path: Located<String>) -> Option<(String, Range<usize>)> {
    let Located { value, span } = path;
    let place = |label: &str| place(&sink.file, &sink.source, span.clone(), label);
    let problem = match normalize(&value) {
        Ok(path) => return Some((path, span)),
        Err(PathFault::Root) => root_context(component, &value, place("the root")),
        Err(PathFault::Outside | PathFault::Absolute) => outside_context(component, &value, place("outside")),
        Err(PathFault::Empty) => {
            Problem::new(format!("the build context of component `{component}` is empty")).at(place(""))
        }
    };
    sink.problems.borrow_mut().push(problem);
    None
}

fn dockerfile_path(sink: &Sink, component: &str, path: Located<String>) -> Option<(String, Range<usize>)> {
    if let Ok(value) = normalize(&path.value) {
        return Some((value, path.span));
    }
    let message =
        format!("the Dockerfile of component `{component}` is not a file of the repository: `{}`", path.value);
    sink.report(path.span, "", Problem::new(message).hint("the path is relative to taskflow.toml"));
    None
}

fn build_args(sink: &Sink, component: &str, section: &Section<'_>, secrets: &[String]) -> Vec<DeclaredBuildArg> {
    let mut declared = Vec::new();
    for (name, section) in section.named_sections() {
        let span = name.span.clone();
        let default = section.string("default").map(|default| HiddenValue::new(default.value));
        // A key that is not a name may be `NAME=VALUE` in quotes.
        let name = match name.value.parse::<VariableName>() {
            Ok(name) => name,
            Err(error) => {
                sink.report_quietly(span, Problem::new(format!("invalid build arg: {error}")));
                continue;
            }
        };
        if is_declared_secret(name.as_str(), secrets) {
            let (name, component) = (name.to_string(), component.to_owned());
            let site = Site::BuildArg { name, component, from: ArgSource::Declared, written: None };
            sink.report_quietly(span, secret(declared_verdict(), site).problem());
            continue;
        }
        if let Some(problem) = client_variable_problem(name.as_str(), component) {
            sink.report_quietly(span, problem);
            continue;
        }
        let written = Place { snippet: None, ..place(&sink.file, &sink.source, span, "") };
        declared.push(DeclaredBuildArg { name, default, written });
    }
    declared
}

/// Reads the secrets for `RUN --mount=type=secret`, each from an environment variable.
fn build_secrets(sink: &Sink, section: &Section<'_>, args: &[DeclaredBuildArg]) -> Vec<BuildSecret> {
    let mut declared = Vec::new();
    for (id, section) in section.named_sections() {
        let variable = section.string("env");
        let plain = id.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !plain || id.value.is_empty() {
            let problem =
                Problem::new("a build secret's id is not letters, digits, `.`, `_`, and `-`; it is not shown");
            sink.report_quietly(id.span, problem);
            continue;
        }
        let Some(variable) = variable else { continue };
        match variable.value.parse::<VariableName>() {
            Ok(name) if args.iter().any(|arg| arg.name == name) => {
                let problem =
                    Problem::new(format!("variable `{name}` of build secret `{}` is a build arg, too", id.value))
                        .note("docker would take the value of the build arg from the same variable")
                        .hint("give one of them another name");
                sink.report_quietly(variable.span, problem);
            }
            Ok(name) => declared.push(BuildSecret { id: id.value, variable: name }),
            Err(error) => {
                let problem = Problem::new(format!("invalid variable of build secret `{}`: {error}", id.value));
                sink.report_quietly(variable.span, problem);
            }
        }
    }
    declared
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
