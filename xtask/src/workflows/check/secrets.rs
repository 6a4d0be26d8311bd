//! The search for secrets in everything that docker would be told or sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::Files;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::finding::{ArgSource, Finding};
use crate::domain::secrets::{
    build_arg_findings, context_findings, declared_arg_findings, proxy_findings, read_dockerfile_findings,
};
use crate::effects::docker_settings;
use crate::effects::search_paths;
use crate::effects::threads::mapped;
use dockerfile::ignore_file::Advice;
use secretscan::{Detector, LocatedVerdict, Origin};
use secretscan::{SearchResult, search};
use shown::shown_path;

/// Returns the secrets in the build args, in the components' files, and in the proxies of the docker client.
pub(super) fn findings(
    detector: &Detector,
    components: &[(&Component, Files)],
    args: &[(BuildArg, ArgSource)],
) -> Vec<Finding> {
    let all: Vec<&Component> = components.iter().map(|(component, _)| *component).collect();
    let mut findings = build_arg_findings(detector, &all, args);
    let listed: Vec<Listed> = components.iter().map(|(component, files)| listed(component, files)).collect();
    let found = search_all(detector, components, &listed);
    let of_files = mapped(components, |(component, files)| {
        let (text, read) = (&files.dockerfile.source.text, files.dockerfile.as_written());
        read_dockerfile_findings(detector, (Some(component.name.as_str()), &component.dockerfile), text, &read)
    });
    for (((component, files), listed), of_files) in components.iter().zip(&listed).zip(of_files) {
        findings.extend(declared_arg_findings(detector, component));
        findings.extend(of_files);
        findings.extend(in_context(detector, component, files, listed, &found));
    }
    findings.extend(proxy_findings(detector, &docker_settings::proxies()));
    findings
}

/// The files that a context would send, relative to it, by their paths for display.
type Listed = BTreeMap<String, PathBuf>;

/// Returns the files that a context would send; none if its ignore file is not valid.
fn listed(component: &Component, files: &Files) -> Listed {
    let sent = files.sent.iter().flat_map(|sent| &sent.files);
    sent.map(|file| (shown_path(Path::new(&component.context).join(file)), file.clone())).collect()
}

/// Searches the files of all contexts at once, each file once.
fn search_all(detector: &Detector, components: &[(&Component, Files)], listed: &[Listed]) -> Vec<LocatedVerdict> {
    let mut all: BTreeMap<&str, PathBuf> = BTreeMap::new();
    for ((_, files), listed) in components.iter().zip(listed) {
        all.extend(listed.iter().map(|(shown, file)| (shown.as_str(), files.folder.join(file))));
    }
    let SearchResult { found, .. } = search(detector, |feeder| {
        for (shown, file) in &all {
            search_paths::read_listed(feeder, file, Origin::of_file(shown));
        }
    });
    found
}

/// Returns the findings in the files of one context, of those in all contexts.
fn in_context(
    detector: &Detector,
    component: &Component,
    files: &Files,
    listed: &Listed,
    found: &[LocatedVerdict],
) -> Vec<Finding> {
    let (Some(sent), Ok(ignore)) = (&files.sent, &files.ignore.read) else { return Vec::new() };
    let (folder, path, applied) = (&files.folder, files.ignore.path.as_str(), &files.applied);
    let shown = |file: &PathBuf| shown_path(Path::new(&component.context).join(file));
    // The Dockerfile may be in its own context; it was searched instruction by instruction.
    let dockerfile = shown_path(&component.dockerfile);
    let is_other = |found: &LocatedVerdict| found.verdict.is_of_name() || found.origin.path != dockerfile;
    let is_own = |found: &LocatedVerdict| {
        let path = found.origin.path.as_str();
        // A file in an archive belongs to the context of the archive.
        let mut outer = path.match_indices("!/").filter_map(|(at, _)| path.get(..at));
        listed.contains_key(path) || outer.any(|path| listed.contains_key(path))
    };
    let found = found.iter().filter(|found| is_own(found) && is_other(found)).cloned().collect();
    // Without any ignore file, one in the wrong folder is the likely reason; otherwise it may be one beside or above
    // the file.
    let concerns = |unread: &Path, file: &Path| {
        applied.is_none() || unread.parent().is_some_and(|folder| file.starts_with(folder))
    };
    let advice = |file: &PathBuf| Advice {
        hidden: applied.as_ref().and_then(|applied| applied.hidden.clone()),
        unread: sent.unread_ignore_files.iter().filter(|unread| concerns(unread, file)).map(shown).collect(),
        ..Advice::new(ignore, path, &component.context, file.as_os_str().as_encoded_bytes())
    };
    let line_of = |file: &PathBuf, offset| search_paths::line_of(&folder.join(file), offset);
    context_findings(detector, listed, found, &advice, &line_of)
}
