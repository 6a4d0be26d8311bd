//! Reads `[release]`.

use super::Component;
use super::allow::reason;
use super::section::{Located, Section, Sink, checked};
use crate::domain::config::FILE_NAME;
use crate::domain::git_name::{check_branch, check_remote};
use crate::domain::image::{Reference, check_registry_prefix};
use crate::domain::paths::normalize;
use crate::domain::problem::Problem;
use crate::domain::release::settings::{
    AcceptedChange, CHANGELOG, IMAGE_PLACEHOLDER, ReleaseSettings, RequiredVariableStep,
};
use crate::domain::text::ticked_list;
use crate::domain::version::ReleaseVersion;
use shown::printable;

/// Reads the settings of releases; reports values that are not valid.
pub(super) fn release(sink: &Sink, section: &Section<'_>, components: &[Component]) -> ReleaseSettings {
    let version_files = version_files(sink, section);
    let changelog = section.string("changelog").and_then(|path| file(sink, "release.changelog", path));
    if let Some(path) = changelog.as_ref().filter(|path| version_files.contains(&path.value)) {
        let problem = Problem::new(format!("`{}` is both the changelog and a version file", path.value));
        sink.report(path.span.clone(), "", problem.hint("remove it from `version-files`"));
    }
    let step = section.string("required-variable").and_then(|step| {
        let known = || ticked_list(&RequiredVariableStep::NAMES);
        checked(sink, step, "`release.required-variable`", |step| {
            RequiredVariableStep::parse(step)
                .ok_or_else(|| format!("`{}` is none of {}", printable(step.as_bytes()), known()))
        })
    });
    ReleaseSettings {
        branches: branches(sink, section),
        version_files,
        changelog: changelog.map_or_else(|| CHANGELOG.to_owned(), |path| path.value),
        remote: section.string("remote").and_then(|name| remote(sink, name)),
        registry: section.string("registry").and_then(|prefix| registry(sink, prefix, components)),
        push: section.boolean("push").unwrap_or_default(),
        minikube: section.boolean("minikube").unwrap_or_default(),
        required_variable: step.unwrap_or_default(),
        sign: sign(sink, section),
        attest: section.boolean("attest").unwrap_or_default(),
        accepted: accepted(sink, section),
    }
}

fn branches(sink: &Sink, section: &Section<'_>) -> Vec<String> {
    let remedy = "write branches or patterns, as in `branches = [\"main\", \"release/*\"]`, or remove the key";
    let branches = section.strings("branches");
    if let (Some(span), true) = (section.span_of("branches"), branches.is_empty()) {
        let problem = Problem::new("`release.branches` is empty, so no branch can be released");
        sink.report_quietly(span, problem.hint(remedy));
    }
    let valid = |branch: Located<String>| {
        let Err(fault) = check_branch(&branch.value.replace(['*', '?'], "x")) else { return Some(branch.value) };
        let name = printable(branch.value.as_bytes());
        let problem = Problem::new(format!("`release.branches` cannot match a branch: `{name}`: {fault}"));
        sink.report(branch.span, "", problem.hint(remedy));
        None
    };
    branches.into_iter().filter_map(valid).collect()
}

/// Reads a path of the repository.
fn file(sink: &Sink, key: &str, path: Located<String>) -> Option<Located<String>> {
    match normalize(&path.value) {
        Ok(value) if value == FILE_NAME => {
            let problem = Problem::new(format!("`{key}` names {FILE_NAME} itself"));
            let problem = problem.note("a release always writes `project.version` in it");
            sink.report(path.span, "", problem.hint("remove it"));
        }
        Ok(value) => return Some(Located { value, span: path.span }),
        Err(_) => {
            let shown = printable(path.value.as_bytes());
            let problem = Problem::new(format!("`{key}` is not a file of the repository: `{shown}`"));
            sink.report(path.span, "", problem.hint("the path is relative to taskflow.toml"));
        }
    }
    None
}

fn version_files(sink: &Sink, section: &Section<'_>) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for path in section.strings("version-files") {
        let Some(Located { value, span }) = file(sink, "release.version-files", path) else { continue };
        if files.contains(&value) {
            let problem = Problem::new(format!("`release.version-files` names `{value}` twice"));
            sink.report(span, "", problem.hint("remove one of them"));
            continue;
        }
        files.push(value);
    }
    files
}

fn remote(sink: &Sink, name: Located<String>) -> Option<String> {
    let Err(fault) = check_remote(&name.value) else { return Some(name.value) };
    // The address of a remote in the place of its name may contain a password.
    let problem = Problem::new(format!("`release.remote` is not the name of a remote: {fault}"));
    sink.report_quietly(name.span, problem.hint("write the name of a remote, such as `origin`, or remove the key"));
    None
}

fn registry(sink: &Sink, prefix: Located<String>, components: &[Component]) -> Option<String> {
    let Located { value, span } = prefix;
    let remedy = "write a host and an optional path, as in `registry.example.org:5000/team`";
    if value.contains('@') || value.contains("://") {
        let problem = Problem::new("`release.registry` is an address, or has a user or a digest")
            .note("it is not shown, as it may contain a password");
        sink.report_quietly(span, problem.hint(remedy));
        return None;
    }
    if let Err(error) = check_registry_prefix(&value) {
        sink.report_quietly(span, Problem::new(format!("invalid `release.registry`: {error}")).hint(remedy));
        return None;
    }
    let whole = |component: &Component| format!("{value}/{}", component.repository).parse::<Reference>();
    if let Some(error) = components.iter().find_map(|component| whole(component).err()) {
        let problem = Problem::new(format!("invalid `release.registry`: with the repository of a component, {error}"));
        sink.report_quietly(span, problem.hint("shorten the path"));
        return None;
    }
    Some(value)
}

fn sign(sink: &Sink, section: &Section<'_>) -> Vec<String> {
    let words: Vec<String> = section.strings("sign").into_iter().map(|word| word.value).collect();
    let fault = match words.as_slice() {
        [] => return words,
        [program, ..] if program.trim().is_empty() || program.contains(IMAGE_PLACEHOLDER) => {
            Some("does not begin with the name of a program")
        }
        words if !words.iter().any(|word| word.contains(IMAGE_PLACEHOLDER)) => Some("has no word with `{image}`"),
        _ => None,
    };
    if let (Some(fault), Some(span)) = (fault, section.span_of("sign")) {
        let problem = Problem::new(format!("`release.sign` {fault}"));
        let remedy = "write the words of the command, as in `sign = [\"cosign\", \"sign\", \"{image}\"]`";
        sink.report_quietly(span, problem.hint(remedy));
    }
    words
}

fn accepted(sink: &Sink, section: &Section<'_>) -> Vec<AcceptedChange> {
    let mut accepted: Vec<AcceptedChange> = Vec::new();
    for section in section.sections("accept") {
        let finding = section.string("finding").and_then(|finding| {
            checked(sink, finding, "`release.accept.finding`", |text| {
                let valid = text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let shown = printable(text.as_bytes());
                if valid { Ok(text.to_owned()) } else { Err(format!("`{shown}` is not 12 hex digits in lower case")) }
            })
        });
        let version = section
            .string("version")
            .and_then(|version| checked(sink, version, "`release.accept.version`", str::parse::<ReleaseVersion>));
        let reason = section.string("reason").and_then(|text| reason(sink, "release.accept", text));
        let (Some(finding), Some(version), Some(reason)) = (finding, version, reason) else { continue };
        let line = sink.line(section.span.start);
        if let Some(earlier) = accepted.iter().find(|other| other.finding == finding && other.version == version) {
            let problem = Problem::new(format!("change {finding} is accepted twice for {version}"));
            let problem = problem.note(format!("the other entry is in line {}", earlier.line));
            sink.report(section.span, "", problem.hint("remove one of them"));
            continue;
        }
        accepted.push(AcceptedChange { finding, version, reason, line });
    }
    accepted
}
