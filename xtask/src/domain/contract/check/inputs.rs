//! Whether taskflow.toml and the Dockerfile agree about what the build gets.

use std::collections::HashSet;

use dockerfile::{Content, Instruction};

use super::check_rule::CheckRule;
use super::mounts::{Mount, mounts};
use super::origins::needed_stages;
use super::subject::Subject;
use crate::domain::config::FILE_NAME;
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::text::ticked_list;

/// Holds the rule `declared-inputs`.
pub(super) const DECLARED_INPUTS: CheckRule = CheckRule {
    text: RuleText {
        id: "declared-inputs",
        severity: Severity::Error,
        what: "target, build arg, or build secret of taskflow.toml that the Dockerfile does not have",
        section: "Build Arguments, \"MAY include build-time configuration\"",
        scope: Scope::General,
        command: JudgedBy::Check,
        why: "A build arg without an `ARG` changes nothing, and the builder only warns. A build secret that no step \
              mounts is read for nothing. A target that does not exist fails the build.",
        good: "# taskflow.toml: [component.web.build-args.NODE_ENV]\nFROM alpine:3.22\nARG NODE_ENV=production\n",
        bad: "# taskflow.toml: [component.web.build-args.NODE_ENV]\nFROM alpine:3.22\n",
        remedy: "Add the `ARG`, the mount, or the stage to the Dockerfile, or remove the key from taskflow.toml.",
        page: "docs/contract/declared-inputs.md",
    },
    applies: |subject| {
        let component = subject.component;
        component.target.is_some() || !component.build_args.is_empty() || !component.build_secrets.is_empty()
    },
    judge: declared_inputs,
};

fn declared_inputs(subject: &Subject<'_>) -> Verdict {
    let rule = &DECLARED_INPUTS.text;
    let file = match subject.dockerfile() {
        Ok(file) => file,
        Err(verdict) => return verdict,
    };
    let path = &subject.file.path;
    let header = subject.component.line;
    if let Some(target) = subject.component.target.as_deref().filter(|target| file.built_stage(Some(target)).is_none())
    {
        let finding = subject.at_key(
            rule,
            "target",
            header,
            format!("`{path}` has no stage `{target}`, the target of `{}`", subject.component.name),
        );
        let names: Vec<&str> = file.stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
        let notes = if names.is_empty() { Vec::new() } else { vec![format!("its stages are {}", ticked_list(&names))] };
        let remedy = format!("correct `target` under `[component.{}]` in {FILE_NAME}", subject.component.name);
        return Verdict::Broken(vec![Finding { notes, remedies: vec![remedy], ..finding }]);
    }
    let mut findings = Vec::new();
    let needed = needed_stages(file, subject.component.target.as_deref());
    let is_needed = |instruction: &&Instruction| instruction.stage.is_none_or(|stage| needed.contains(&stage));
    let instructions: Vec<&Instruction> = file.instructions.iter().filter(is_needed).collect();
    let args = args(&instructions);
    for arg in &subject.component.build_args {
        let name = arg.name.as_str();
        if !args.contains(name) {
            let key = format!("build-args.{name}");
            let what = format!("`{path}` has no `ARG {name}`, so the build arg changes nothing");
            let remedy = format!("add `ARG {name}` to the stage that uses it, or remove the key");
            let finding = subject.at_key(rule, &key, arg.written.line, what);
            findings.push(Finding { remedies: vec![remedy], ..finding });
        }
    }
    let mounted = mounted_secrets(&instructions);
    for secret in &subject.component.build_secrets {
        if !mounted.contains(secret.id.as_str()) {
            let key = format!("build-secrets.{}", secret.id);
            let what = format!("no step of `{path}` mounts the build secret `{}`", secret.id);
            let remedy = format!("mount it where it is needed: `RUN --mount=type=secret,id={} …`", secret.id);
            let finding = subject.at_key(rule, &key, header, what);
            findings.push(Finding { remedies: vec![remedy], ..finding });
        }
    }
    Verdict::of(findings)
}

fn args<'a>(instructions: &[&'a Instruction]) -> HashSet<&'a str> {
    let pairs = instructions.iter().filter_map(|instruction| match &instruction.content {
        Content::Arg(pairs) => Some(pairs),
        _ => None,
    });
    pairs.flatten().map(|pair| pair.name.text.as_str()).collect()
}

/// Returns the IDs of the secrets that steps mount. Without `id`, the last part of the target is the ID.
fn mounted_secrets<'a>(instructions: &[&'a Instruction]) -> HashSet<&'a str> {
    let mounts = instructions.iter().flat_map(|instruction| mounts(instruction));
    let name = |mount: Mount<'a>| mount.id.or_else(|| mount.target?.rsplit('/').next());
    mounts.filter(|mount| mount.kind == "secret").filter_map(name).collect()
}
