//! The ban before a build: everything that docker would be told or sent is looked at first.

use std::path::Path;

use crate::commands::secrets::report;
use crate::commands::{Context, unreadable_ignore_file};
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::ignore_file::{self, IgnoreFile};
use crate::domain::problem::Problem;
use crate::domain::secrets::{
    ArgSource, Detector, Origin, SecretFinding, Site, apply, build_arg_findings, context_findings,
    declared_arg_findings, dockerfile_findings, grouped, proxy_findings,
};
use crate::effects::scanning::{Searched, paths, search};
use crate::effects::{clock, context as context_files, docker_settings, fs};
use crate::error::{CliError, ErrorKind};

/// What was found, with exceptions taken out; what is wrong with those is a problem, too.
pub(super) fn problems(
    context: &Context,
    detector: &Detector,
    components: &[&Component],
    args: &[(BuildArg, ArgSource)],
) -> Result<Vec<Problem>, CliError> {
    let mut findings = build_arg_findings(detector, components, args);
    for component in components {
        findings.extend(declared_arg_findings(detector, component));
        let text = context.dockerfile(component)?;
        findings.extend(dockerfile_findings(detector, (Some(component.name.as_str()), &component.dockerfile), &text));
        findings.extend(in_context(context, detector, component)?);
    }
    findings.extend(proxy_findings(detector, &docker_settings::proxies()));
    Ok(allowed(context, components, args, findings))
}

/// Takes out what taskflow.toml allows. Places inside of images are judged when there is one.
fn allowed(
    context: &Context,
    components: &[&Component],
    args: &[(BuildArg, ArgSource)],
    findings: Vec<SecretFinding>,
) -> Vec<Problem> {
    let looked_at = |place: &str| {
        let of_component = |component: &&Component| {
            let inside = place.strip_prefix(component.context.as_str());
            let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let declared = |name: &str| component.build_args.iter().any(|arg| arg.name.as_str() == name);
            inside
                || place.split(':').next() == Some(component.dockerfile.as_str())
                || place.strip_prefix("build-arg:").is_some_and(declared)
        };
        let given = |name: &str| args.iter().any(|(arg, _)| arg.name.as_str() == name);
        components.iter().any(of_component) || place.strip_prefix("build-arg:").is_some_and(given)
    };
    let allowed = apply(&context.config.exceptions, findings, &clock::today(), &Site::place, &looked_at);
    report::tell_allowed(context, &allowed);
    let problems = grouped(&allowed.findings).into_iter().map(|(_, problem)| problem);
    problems.chain(allowed.problems).collect()
}

/// The files that the context would send.
fn in_context(context: &Context, detector: &Detector, component: &Component) -> Result<Vec<SecretFinding>, CliError> {
    let exists = |path: &str| fs::is_file(&context.root.join(path));
    // A classic builder cannot build what has an ignore file of its own: the plan refuses it.
    let applied = ignore_file::applied(&component.dockerfile, &component.context, true, &exists);
    let path = applied.as_ref().map(|applied| applied.path.as_str());
    let ignore = match path {
        Some(path) => read_ignore_file(context, path)?,
        None => IgnoreFile::default(),
    };
    let folder = context.root.join(&component.context);
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read the build context of component `{}`", component.name);
        CliError::new(ErrorKind::Environment, Problem::new(message).cause(error.to_string()))
    };
    let files = context_files::files(&folder, &ignore).map_err(unreadable)?;
    let shown: Vec<String> = files.iter().map(|file| format!("{}/{file}", component.context)).collect();
    let Searched { found, .. } = search(detector, |feeder| {
        for path in &shown {
            paths::read_file(feeder, &context.root.join(path), Origin::of_file(path));
        }
    });
    let line_of = |path: &str, offset| paths::line_of(&context.root.join(path), offset);
    let default = format!("{}/{}", component.context, ignore_file::FILE_NAME);
    // The Dockerfile may lie in its context; it was judged instruction by instruction.
    let found = found.into_iter().filter(|found| found.origin.path != component.dockerfile).collect();
    Ok(context_findings(detector, &shown, found, path.unwrap_or(&default), &line_of))
}

fn read_ignore_file(context: &Context, path: &str) -> Result<IgnoreFile, CliError> {
    let text = fs::read_lossy(Path::new(&context.root.join(path)));
    let text = text.map_err(|error| {
        CliError::new(ErrorKind::Config, Problem::new(format!("cannot read `{path}`")).cause(error.to_string()))
    })?;
    IgnoreFile::parse(&text).map_err(|error| unreadable_ignore_file(path, &error))
}
