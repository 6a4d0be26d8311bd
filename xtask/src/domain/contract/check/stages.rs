//! The stages, and what the last one takes from the others.

use dockerfile::{Content, Dockerfile, Instruction, Transfer};

use super::check_rule::CheckRule;
use super::installs::{Install, install};
use super::origins::{Origin, origins};
use super::sources::{Folder, SourceFolders, is_whole_context, known_paths};
use super::subject::Subject;
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::text::ticked_list;

/// Holds the rule `stages`.
pub(super) const STAGES: CheckRule = CheckRule {
    text: RuleText {
        id: "stages",
        severity: Severity::Error,
        what: "stages other than the declared ones, or another last stage",
        section: "Multi-Stage Build Structure",
        scope: Scope::Declared("stages"),
        command: JudgedBy::Check,
        why: "What is needed only to build must not be in the image. The builder makes the image from the last stage \
              of the Dockerfile, whatever its name is.",
        good: "FROM node:20-alpine AS builder\nRUN npm run build\nFROM node:20-alpine AS runner\nCOPY --from=builder /app/dist ./\n",
        bad: "FROM node:20-alpine AS builder\nFROM node:20-alpine AS runner\nFROM runner AS debug\n",
        remedy: "Give the stages the declared names in the declared order, and make the last declared one the last \
                 stage of the file or the `target` of the component. Other stages may stand before it.",
        page: "docs/contract/stages.md",
    },
    applies: |subject| subject.contract.stages.is_some(),
    judge: stages,
};

/// Holds the rule `runtime-artifacts`.
pub(super) const RUNTIME_ARTIFACTS: CheckRule = CheckRule {
    text: RuleText {
        id: "runtime-artifacts",
        severity: Severity::Error,
        what: "final stage that takes more than what runs",
        section: "Multi-Stage Build Structure, \"Copy only runtime artifacts from builder\"",
        scope: Scope::Declared("stages"),
        command: JudgedBy::Check,
        why: "Sources, development dependencies, and caches make the image larger and show what was built. An install \
              in the final stage leaves the package manager's files in the image, too.",
        good: "FROM node:20-alpine AS builder\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:20-alpine AS runner\nCOPY --from=builder /app/.next/standalone ./\n",
        bad: "FROM node:20-alpine AS builder\nWORKDIR /app\nCOPY . .\nFROM node:20-alpine AS runner\nCOPY --from=builder /app ./\n",
        remedy: "Copy the folders and files that the command needs, each by its own path in the builder stage.",
        page: "docs/contract/runtime-artifacts.md",
    },
    applies: |subject| subject.contract.stages.is_some(),
    judge: runtime_artifacts,
};

fn stages(subject: &Subject<'_>) -> Verdict {
    let rule = &STAGES.text;
    let Some(declared) = &subject.contract.stages else { return Verdict::Held(None) };
    let file = match subject.dockerfile() {
        Ok(file) => file,
        Err(verdict) => return verdict,
    };
    let wanted = format!("the stages {} in this order, the last one for the image", ticked_list(&declared.value));
    let remedy = format!("give the Dockerfile {wanted}; further stages may stand before the last one");
    let finish = |finding: Finding| Finding {
        notes: vec![format!("the contract wants {wanted}")],
        remedies: vec![remedy.clone()],
        ..finding
    };
    let mut findings = Vec::new();
    let mut before = 0;
    for name in &declared.value {
        let found = file.stages.iter().position(|stage| stage.name.as_deref() == Some(name.as_str()));
        match found {
            None => {
                let what = format!("`{}` has no stage `{name}`", subject.file.path);
                findings.push(finish(subject.at_key(rule, "contract.stages", declared.line, what)));
            }
            Some(position) if position < before => {
                let what = format!("the stage `{name}` stands before a stage that it must follow");
                findings.extend(first_of(file, position).map(|from| finish(subject.at_all(rule, from, what.clone()))));
            }
            Some(position) => before = position,
        }
    }
    if let (true, Some(last), Some(built)) =
        (findings.is_empty(), declared.value.last(), file.built_stage(subject.component.target.as_deref()))
        && file.stages.get(built).is_some_and(|stage| stage.name.as_deref() != Some(last.as_str()))
    {
        let what = format!("the image is made from another stage than `{last}`");
        findings.extend(first_of(file, built).map(|from| finish(subject.at_all(rule, from, what.clone()))));
    }
    Verdict::of(findings)
}

fn first_of(file: &Dockerfile, stage: usize) -> Option<&Instruction> {
    file.instructions.get(file.stages.get(stage)?.instructions.start)
}

fn runtime_artifacts(subject: &Subject<'_>) -> Verdict {
    let rule = &RUNTIME_ARTIFACTS.text;
    let (file, image) = match (subject.dockerfile(), subject.image()) {
        (Ok(file), Ok(image)) => (file, image),
        (Err(verdict), _) | (_, Err(verdict)) => return verdict,
    };
    let sources = SourceFolders::of(file);
    let mut findings = Vec::new();
    let copy = |finding: Finding| Finding {
        remedies: vec!["copy what the command needs, each folder by its own path in the builder stage".to_owned()],
        ..finding
    };
    let mut folder = Folder::default();
    let mut shells = image.runs().into_iter();
    for instruction in &image.instructions {
        folder.follow(instruction);
        match &instruction.content {
            Content::Copy(transfer) | Content::Add(transfer) => {
                let what = copied_too_much(file, instruction, transfer, &sources);
                findings.extend(what.map(|what| copy(subject.at_all(rule, instruction, what))));
            }
            Content::Run(_) => {
                let shell = shells.next().and_then(|(_, shell)| shell);
                if let Some(path) = sources.copied_from_mounts(file, instruction, shell, &folder) {
                    let what = format!("the final stage copies `{path}`, which contains the sources of the build");
                    findings.push(copy(subject.at_all(rule, instruction, what)));
                }
                for command in instruction.shell_commands(shell).iter() {
                    let what = match install(command) {
                        Some(Install::Dependencies { words, .. }) => {
                            format!("`{words}` installs dependencies in the final stage")
                        }
                        Some(Install::Build(words)) => format!("`{words}` builds in the final stage"),
                        Some(Install::Packages(_)) | None => continue,
                    };
                    let remedies = vec!["do it in the builder stage, and copy the result".to_owned()];
                    let finding = subject.at(rule, instruction, command.span.clone(), what);
                    findings.push(Finding { remedies, ..finding });
                }
            }
            _ => {}
        }
    }
    Verdict::of(findings)
}

/// Returns why the final stage must not copy what an instruction copies.
fn copied_too_much(
    file: &Dockerfile,
    instruction: &Instruction,
    transfer: &Transfer,
    sources: &SourceFolders,
) -> Option<String> {
    let mut paths = known_paths(transfer);
    match origins(file, instruction).first() {
        Some(Origin::Context) if paths.any(is_whole_context) => {
            Some("the final stage copies the whole build context".to_owned())
        }
        Some(Origin::Stage(stage)) => paths.find_map(|path| {
            if is_whole_context(path) {
                return Some("the final stage copies all files of another stage".to_owned());
            }
            let holds = sources.are_in(*stage, path);
            holds.then(|| format!("`{path}` of the stage that it is copied from contains the sources of the build"))
        }),
        _ => None,
    }
}
