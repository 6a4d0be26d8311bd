//! The search for secrets in everything that docker would be told or sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::Files;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::finding::{ArgSource, Finding};
use crate::domain::secrets::{
    build_arg_findings, context_findings, declared_arg_findings, dockerfile_findings, proxy_findings,
};
use crate::effects::docker_settings;
use crate::effects::search_paths;
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
    for (component, files) in components {
        findings.extend(declared_arg_findings(detector, component));
        let text = &files.dockerfile.source.text;
        findings.extend(dockerfile_findings(detector, (Some(component.name.as_str()), &component.dockerfile), text));
        findings.extend(in_context(detector, component, files));
    }
    findings.extend(proxy_findings(detector, &docker_settings::proxies()));
    findings
}

/// Returns the findings in the files that the context would send; none if its ignore file is not valid.
fn in_context(detector: &Detector, component: &Component, files: &Files) -> Vec<Finding> {
    let (Some(sent), Ok(ignore)) = (&files.sent, &files.ignore.read) else { return Vec::new() };
    let (folder, path, applied) = (&files.folder, files.ignore.path.as_str(), &files.applied);
    let shown = |file: &PathBuf| shown_path(Path::new(&component.context).join(file));
    let listed: BTreeMap<String, PathBuf> = sent.files.iter().map(|file| (shown(file), file.clone())).collect();
    let SearchResult { found, .. } = search(detector, |feeder| {
        for (shown, file) in &listed {
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
        ..Advice::new(ignore, path, &component.context, file.as_os_str().as_encoded_bytes())
    };
    let line_of = |file: &PathBuf, offset| search_paths::line_of(&folder.join(file), offset);
    context_findings(detector, &listed, found, &advice, &line_of)
}
