//! The order of steps, which decides what a changed source builds again.

use std::collections::BTreeSet;
use std::ops::Range;

use dockerfile::{Base, Content, Dockerfile, Instruction, Located, Source, Transfer};

use super::check_rule::CheckRule;
use super::installs::{Install, install};
use super::mounts::mounts;
use super::origins::{Origin, named_origin, needed_stages, origins};
use super::sources::{SourceFolders, known_paths};
use super::subject::Subject;
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};

/// Holds the rule `layer-order`.
pub(super) const LAYER_ORDER: CheckRule = CheckRule {
    text: RuleText {
        id: "layer-order",
        severity: Severity::Error,
        what: "dependencies that are installed after the sources were copied",
        section: "Layer Caching Strategy, \"Install dependencies before copying code\"",
        scope: Scope::Declared("stages"),
        command: JudgedBy::Check,
        why: "A builder runs a step again if a file that was copied before it has changed. If the sources come first, \
              every change of them installs all dependencies anew.",
        good: "FROM node:20-alpine AS builder\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nFROM node:20-alpine AS runner\nCOPY --from=builder /dist ./\n",
        bad: "FROM node:20-alpine AS builder\nCOPY . .\nRUN npm ci\nRUN npm run build\nFROM node:20-alpine AS runner\nCOPY --from=builder /dist ./\n",
        remedy: "Copy only the manifests and the lock file before the installation, and the sources after it.",
        page: "docs/contract/layer-order.md",
    },
    applies: |subject| subject.contract.stages.is_some(),
    judge: layer_order,
};

/// Names of files that say which dependencies there are. `*` stands for any text.
const MANIFESTS: [&str; 40] = [
    "package*.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    ".yarnrc*",
    ".yarn",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ".npmrc",
    ".pnpmfile.cjs",
    "bun.lock*",
    "bunfig.toml",
    "*requirements*",
    "constraints*.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile*",
    "poetry.lock",
    "poetry.toml",
    "uv.lock",
    "pdm.lock",
    "environment*.yml",
    "go.mod",
    "go.sum",
    "go.work*",
    "Cargo.toml",
    "Cargo.lock",
    "Gemfile*",
    "composer.*",
    "pom.xml",
    "*.gradle*",
    "gradle*",
    "*.pem",
    "*.crt",
    "*.whl",
    "patches",
    ".nvmrc",
    ".node-version",
    ".python-version",
    ".tool-versions",
];

/// Whether a path is a manifest of dependencies, or a pattern that matches only such files.
fn is_manifest(path: &str) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    MANIFESTS.iter().any(|pattern| fits(pattern, name))
}

/// Whether a name fits a pattern with `*`; a name may be a pattern itself.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some(at) = rest.find(part) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// What a stage has done up to an instruction.
#[derive(Clone, Debug, Default)]
struct Progress<'a> {
    /// The first copy of sources.
    sources: Option<&'a Instruction>,
    /// The shell that applies.
    shell: Option<&'a [Located]>,
    /// The package managers that have installed all but the application itself.
    prepared: BTreeSet<String>,
}

fn layer_order(subject: &Subject<'_>) -> Verdict {
    let file = match subject.dockerfile() {
        Ok(file) => file,
        Err(verdict) => return verdict,
    };
    let needed = needed_stages(file, subject.component.target.as_deref());
    let sources = SourceFolders::of(file);
    let mut findings = Vec::new();
    let mut ends: Vec<Progress<'_>> = Vec::new();
    for (number, stage) in file.stages.iter().enumerate() {
        let base = match stage.base {
            Base::Stage(base) => ends.get(base).cloned(),
            _ => None,
        };
        let mut progress = base.unwrap_or_default();
        for instruction in file.added_by(number) {
            match &instruction.content {
                Content::Shell(words) => progress.shell = Some(words.as_slice()),
                Content::Copy(transfer) | Content::Add(transfer)
                    if progress.sources.is_none() && copies_sources(file, instruction, transfer, &sources) =>
                {
                    progress.sources = Some(instruction);
                }
                Content::Run(_) => {
                    let late = late_installs(file, instruction, &mut progress, &sources);
                    if needed.contains(&number) {
                        findings.extend(late.into_iter().map(|late| late.finding(subject, instruction)));
                    }
                }
                _ => {}
            }
        }
        ends.push(progress);
    }
    Verdict::of(findings)
}

/// An installation that comes after sources.
struct LateInstall {
    words: String,
    span: Range<usize>,
    /// The line that copies or mounts the sources.
    line: usize,
}

impl LateInstall {
    fn finding(&self, subject: &Subject<'_>, instruction: &Instruction) -> Finding {
        let Self { words, span, line } = self;
        let what = if *line == instruction.first_line {
            format!("`{words}` runs again whenever a file changes that the step mounts")
        } else {
            format!("`{words}` runs again whenever a source changes that line {line} copies")
        };
        let finding = subject.at(&LAYER_ORDER.text, instruction, span.clone(), what);
        Finding { remedies: vec!["copy the manifests, install, and then copy the sources".to_owned()], ..finding }
    }
}

/// Returns the installations of a step that come after sources.
fn late_installs(
    file: &Dockerfile,
    instruction: &Instruction,
    progress: &mut Progress<'_>,
    sources: &SourceFolders,
) -> Vec<LateInstall> {
    let mounted = mounts_sources(file, instruction, sources).then_some(instruction);
    let before = progress.sources.or(mounted).map(|before| before.first_line);
    let mut late = Vec::new();
    for command in instruction.shell_commands(progress.shell).iter() {
        let Some(Install::Dependencies { manager, words, is_without_project }) = install(command) else { continue };
        match before {
            // Only the application is left to install.
            Some(_) if progress.prepared.contains(&manager) => {}
            Some(line) => late.push(LateInstall { words, span: command.span.clone(), line }),
            None if is_without_project => drop(progress.prepared.insert(manager)),
            None => {}
        }
    }
    late
}

/// Whether an instruction copies files of the context that are no manifests, or a folder of a stage with sources.
fn copies_sources(file: &Dockerfile, instruction: &Instruction, transfer: &Transfer, sources: &SourceFolders) -> bool {
    match origins(file, instruction).first() {
        Some(Origin::Context) => transfer.sources.iter().any(|source| match source {
            Source::Path(path) => path.known().is_none_or(|path| !is_manifest(path) && !path.contains("://")),
            Source::Heredoc(_) => false,
        }),
        Some(Origin::Stage(stage)) => known_paths(transfer).any(|path| sources.are_in(*stage, path)),
        _ => false,
    }
}

/// Whether a step mounts files that are no manifests, or a folder of a stage with sources.
fn mounts_sources(file: &Dockerfile, instruction: &Instruction, sources: &SourceFolders) -> bool {
    mounts(instruction).iter().filter(|mount| mount.is_bind()).any(|mount| {
        let source = mount.source.unwrap_or("/");
        match mount.from.map(|name| named_origin(file, instruction, name)) {
            None => !is_manifest(source),
            Some(Origin::Stage(stage)) => sources.are_in(stage, source),
            Some(_) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_told_from_sources() {
        for manifest in [
            "package.json",
            "package*.json",
            "./web/package-lock.json",
            "requirements-dev.txt",
            "requirements/",
            "go.sum",
            "Gemfile.lock",
            "dev-requirements.txt",
        ] {
            assert!(is_manifest(manifest), "{manifest}");
        }
        for source in ["src", "main.py", "package.jsonx", "app/", "*.py", "*", "tsconfig.json"] {
            assert!(!is_manifest(source), "{source}");
        }
    }
}
