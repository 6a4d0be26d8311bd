//! The ignore file and the build context.

use dockerfile::ignore_file::Decision;

use super::check_rule::CheckRule;
use super::facts::{ContextFacts, Weight};
use super::subject::{Subject, at_file};
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::text::{count, megabytes, total};

/// Holds the rule `ignore-file-valid`.
pub(super) const IGNORE_FILE_VALID: CheckRule = CheckRule {
    text: RuleText {
        id: "ignore-file-valid",
        severity: Severity::Error,
        what: "ignore file that the builder refuses",
        section: ".dockerignore Requirements",
        scope: Scope::General,
        command: JudgedBy::Check,
        why: "A builder stops at a pattern that is not valid, and other tools read such a file differently.",
        good: "node_modules\n**/*.log\n",
        bad: "node_modules\n[\n",
        remedy: "Correct the pattern in the line that the finding names.",
        page: "docs/contract/ignore-file-valid.md",
    },
    applies: |_| true,
    judge: ignore_file_valid,
};

/// Holds the rule `ignore-entries`.
pub(super) const IGNORE_ENTRIES: CheckRule = CheckRule {
    text: RuleText {
        id: "ignore-entries",
        severity: Severity::Error,
        what: "file that the build context would send although the contract excludes it",
        section: ".dockerignore Requirements, \"Must exclude\"",
        scope: Scope::Declared("ignore"),
        command: JudgedBy::Check,
        why: "What is sent to the builder can get into a layer, and a change of it makes the builder run steps again. \
              The effect of the whole ignore file counts: a later `!` pattern can include again what an earlier one \
              excludes.",
        good: "# taskflow.toml: ignore = [\".env*\"]\n.env*\n**/.env*\n",
        bad: "# taskflow.toml: ignore = [\".env*\"]\n.env*\n!.env.production\n",
        remedy: "Add the entry to the ignore file, also with `**/` before it, as a pattern without it matches only at \
                 the root of the context. Remove the `!` pattern that the finding names.",
        page: "docs/contract/ignore-entries.md",
    },
    applies: |subject| subject.contract.ignore.is_some(),
    judge: ignore_entries,
};

/// Holds the rule `context-size`.
pub(super) const CONTEXT_SIZE: CheckRule = CheckRule {
    text: RuleText {
        id: "context-size",
        severity: Severity::Error,
        what: "build context that is larger than its limit",
        section: "Build Context, \"avoids uploading unnecessary files\"",
        scope: Scope::Declared("max-context-mb"),
        command: JudgedBy::Check,
        why: "Every build sends the context to the engine, which may be on another machine.",
        good: "# taskflow.toml: max-context-mb = 5\nnode_modules\n.next\n",
        bad: "# taskflow.toml: max-context-mb = 5, and videos/ has 80 MB\nnode_modules\n.next\n",
        remedy: "Exclude the heaviest files, which the finding lists, or raise the limit in taskflow.toml.",
        page: "docs/contract/context-size.md",
    },
    applies: |subject| subject.contract.max_context_mb.is_some(),
    judge: context_size,
};

/// Number of files that a finding about the context lists.
const HEAVIEST: usize = 10;

fn ignore_file_valid(subject: &Subject<'_>) -> Verdict {
    match &subject.ignore.read {
        Ok(_) => Verdict::Held(None),
        Err((line, reason)) => {
            let path = &subject.ignore.path;
            let what = format!("`{path}` is not valid: {reason}");
            let finding = at_file(&IGNORE_FILE_VALID.text, path, Some(*line), what);
            let notes = vec!["docker refuses the whole build for such a line".to_owned()];
            let remedies = vec![format!("correct the pattern in line {line} of `{path}`, or remove it")];
            Verdict::Broken(vec![Finding { notes, remedies, ..finding }])
        }
    }
}

fn ignore_entries(subject: &Subject<'_>) -> Verdict {
    let (ignore, declared) = match (&subject.ignore.read, &subject.contract.ignore) {
        (Ok(ignore), Some(declared)) => (ignore, declared),
        (Err(_), _) => return Verdict::NotDecided("the ignore file is not valid".to_owned()),
        (_, None) => return Verdict::Held(None),
    };
    let back: Vec<&str> = ignore.brought_back().take(MOST_TRIED).collect();
    let mut findings = Vec::new();
    for entry in &declared.value {
        let Some(required) = subject.entries.entry(entry) else { continue };
        let sent = match subject.context {
            ContextFacts::Known(files) => {
                files.iter().map(|file| file.path.as_str()).find(|path| required.everywhere.decide(path).excluded)
            }
            ContextFacts::Unknown(_) => None,
        };
        let possible = required.excluded(entry, &back);
        let possible = || possible.iter().map(String::as_str).find(|path| !ignore.decide(path).excluded);
        let missed = sent.or_else(possible);
        if let Some(path) = missed {
            findings.push(not_excluded(subject, entry, path, ignore.decide(path), sent.is_some()));
        }
    }
    if findings.is_empty() && ignore.brought_back().count() > MOST_TRIED {
        return Verdict::NotDecided(format!("the ignore file has more than {MOST_TRIED} patterns with `!`"));
    }
    Verdict::of(findings)
}

/// Makes the finding for a path that is not excluded.
fn not_excluded(subject: &Subject<'_>, entry: &str, path: &str, decision: Decision, is_there: bool) -> Finding {
    let rule = &IGNORE_ENTRIES.text;
    let file = &subject.ignore.path;
    let sent = if is_there { "is sent" } else { "would be sent" };
    let what = format!("`{path}` {sent} to the builder, and the contract excludes `{entry}`");
    let finding = match decision.by {
        Some(line) => at_file(rule, file, Some(line), what),
        None => {
            subject.at_key(rule, "contract.ignore", subject.contract.ignore.as_ref().map_or(0, |key| key.line), what)
        }
    };
    let remedy = match decision.by {
        Some(line) => format!("remove the pattern in line {line}, which includes it again"),
        None if subject.ignore.exists => format!("add the lines `{entry}` and `**/{entry}` to `{file}`"),
        None => format!("create `{file}` with the lines `{entry}` and `**/{entry}`"),
    };
    Finding { remedies: vec![remedy], ..finding }
}

/// Limit on the number of `!` patterns that are tried.
const MOST_TRIED: usize = 200;

fn context_size(subject: &Subject<'_>) -> Verdict {
    let rule = &CONTEXT_SIZE.text;
    let (files, limit) = match (subject.context, &subject.contract.max_context_mb) {
        (ContextFacts::Known(files), Some(limit)) => (files, limit),
        (ContextFacts::Unknown(reason), _) => return Verdict::NotDecided(reason.clone()),
        (_, None) => return Verdict::Held(None),
    };
    let size = total(files.iter().map(|file| file.bytes));
    if size < limit.value.saturating_mul(1_000_000) {
        return Verdict::Held(Some(format!("{} of {} MB", megabytes(size), limit.value)));
    }
    let what = format!("the build context has {}, and the limit is {} MB", megabytes(size), limit.value);
    let mut heaviest: Vec<&Weight> = files.iter().collect();
    heaviest.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.path.cmp(&other.path)));
    let shown = heaviest.iter().take(HEAVIEST);
    let mut notes: Vec<String> = shown.map(|file| format!("{:>10}  {}", megabytes(file.bytes), file.path)).collect();
    notes.insert(0, format!("the heaviest of {}:", count(files.len(), "file")));
    let finding = subject.at_key(rule, "contract.max-context-mb", limit.line, what);
    let remedy = format!("exclude what the build does not need in `{}`", subject.ignore.path);
    Verdict::Broken(vec![Finding { notes, remedies: vec![remedy], ..finding }])
}
