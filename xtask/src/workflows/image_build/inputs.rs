//! The search before a build: checks everything that docker would be told or sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::context::{Project, text_files};
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::events::Events;
use crate::domain::finding::{ArgSource, Finding, apply};
use crate::domain::problem::{Place, Problem};
use crate::domain::secrets::{
    self, build_arg_findings, context_findings, declared_arg_findings, dockerfile_findings, merged, proxy_findings,
};
use crate::effects::context::ClosedFolder;
use crate::effects::search_paths;
use crate::effects::{clock, context as context_files, docker_settings, fs};
use crate::error::{CliError, ErrorKind};
use crate::workflows::scan::note_allowed;
use dockerfile::ignore_file::{self, Advice, IgnoreFile, pattern_of};
use secretscan::{Detector, LocatedVerdict, Origin};
use secretscan::{SearchResult, search};
use shown::shown_path;

/// Returns the problems of the findings that no exception allows, and of the exceptions themselves.
pub(super) fn problems(
    project: &Project,
    events: &dyn Events,
    detector: &Detector,
    components: &[&Component],
    args: &[(BuildArg, ArgSource)],
) -> Result<Vec<Problem>, CliError> {
    let mut findings = build_arg_findings(detector, components, args);
    for component in components {
        findings.extend(declared_arg_findings(detector, component));
        let text = project.dockerfile(component)?;
        findings.extend(dockerfile_findings(detector, (Some(component.name.as_str()), &component.dockerfile), &text));
        findings.extend(in_context(project, detector, component)?);
    }
    findings.extend(proxy_findings(detector, &docker_settings::proxies()));
    Ok(allowed(project, events, components, args, findings))
}

/// Removes the findings that taskflow.toml allows. Exceptions for places in images are checked when there is an image.
fn allowed(
    project: &Project,
    events: &dyn Events,
    components: &[&Component],
    args: &[(BuildArg, ArgSource)],
    findings: Vec<Finding>,
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
    let exceptions = project.config.exceptions_of(secrets::FAMILY);
    let allowed = apply(&exceptions, findings, &clock::today(), &looked_at);
    note_allowed(events, &allowed);
    merged(&allowed.findings).iter().map(Finding::problem).chain(allowed.problems).collect()
}

/// Returns the findings in the files that the context would send.
fn in_context(project: &Project, detector: &Detector, component: &Component) -> Result<Vec<Finding>, CliError> {
    let exists = |path: &str| fs::is_there(&project.root.join(path));
    // A classic builder cannot build a component with its own ignore file; the plan refuses it.
    let applied = ignore_file::applied(&component.dockerfile, &component.context, true, &exists);
    let default = format!("{}/{}", component.context, ignore_file::FILE_NAME);
    let path = applied.as_ref().map_or(default.as_str(), |applied| applied.path.as_str());
    let ignore = if applied.is_some() { read_ignore_file(project, path)? } else { IgnoreFile::default() };
    let folder = project.root.join(&component.context);
    let sent = context_files::files(&folder, &ignore).map_err(|closed| closed_folder(component, path, &closed))?;
    let shown = |file: &PathBuf| shown_path(Path::new(&component.context).join(file));
    let files: BTreeMap<String, PathBuf> = sent.files.iter().map(|file| (shown(file), file.clone())).collect();
    let SearchResult { found, .. } = search(detector, |feeder| {
        for (shown, file) in &files {
            search_paths::read_listed(feeder, &folder.join(file), Origin::of_file(shown));
        }
    });
    // The Dockerfile may be in its own context; it was searched instruction by instruction.
    let dockerfile = shown_path(&component.dockerfile);
    let is_other = |found: &LocatedVerdict| found.verdict.is_of_name() || found.origin.path != dockerfile;
    let found = found.into_iter().filter(is_other).collect();
    // Without any ignore file, one in the wrong folder is the likely reason; otherwise it may be one beside or above
    // the file.
    let concerns = |unread: &Path, file: &Path| {
        applied.is_none() || unread.parent().is_some_and(|folder| file.starts_with(folder))
    };
    let advice = |file: &PathBuf| Advice {
        hidden: applied.as_ref().and_then(|applied| applied.hidden.clone()),
        unread: sent.unread_ignore_files.iter().filter(|unread| concerns(unread, file)).map(shown).collect(),
        ..Advice::new(&ignore, path, &component.context, file.as_os_str().as_encoded_bytes())
    };
    let line_of = |file: &PathBuf, offset| search_paths::line_of(&folder.join(file), offset);
    Ok(context_findings(detector, &files, found, &advice, &line_of))
}

/// Returns the error of a folder that the builder would enter and that cannot be read.
fn closed_folder(component: &Component, ignore_file: &str, closed: &ClosedFolder) -> CliError {
    let folder = shown_path(Path::new(&component.context).join(&closed.path));
    let folder = folder.trim_end_matches('/');
    let problem =
        Problem::new(format!("cannot read `{folder}`, a folder of the build context of `{}`", component.name))
            .at(Place::file(folder))
            .cause(closed.error.to_string());
    let or = ", or make the folder readable for the user who builds";
    let problem = if let Some((line, pattern)) = &closed.led_by {
        let leads = format!("`{pattern}` in line {line} of `{ignore_file}` lets the builder look into it");
        problem
            .note(format!("it is excluded, but {leads}"))
            .hint(format!("replace `{pattern}` by patterns that name the folders that they are for{or}"))
    } else {
        let pattern = pattern_of(closed.path.as_os_str().as_encoded_bytes());
        problem.hint(format!("add `{pattern}` to `{ignore_file}`{or}"))
    };
    CliError::new(ErrorKind::Environment, problem)
}

fn read_ignore_file(project: &Project, path: &str) -> Result<IgnoreFile, CliError> {
    let text = text_files::read(path, &project.root.join(path), "the builder")?;
    IgnoreFile::parse(&text).map_err(|error| text_files::unreadable_ignore_file(path, &error))
}
