//! The rules that `check` judges: from the text of files, without an engine.
//!
//! Each rule is a `CheckRule`: its text, when it applies, and the function that judges it. The values of the stage that
//! is built count, not the text of the Dockerfile.

mod accounts;
mod base;
mod caching;
mod check_rule;
mod facts;
mod final_image;
mod ignored;
mod inline;
mod inputs;
mod installs;
mod manifests;
mod mounts;
mod origins;
mod required;
mod samples;
mod sources;
mod stages;
mod subject;
mod tools;
mod user;
mod valid;

use super::rule::{Judgement, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};

pub use base::is_minimal;
pub use check_rule::CheckRule;
pub use facts::{ContextFacts, IgnoreFacts, Manifest, ReadFile, Weight};
pub use inline::InlineExceptions;
pub use required::RequiredEntries;
pub use subject::Subject;

/// All rules, in the order of reports.
pub const RULES: &[CheckRule] = &[
    valid::DOCKERFILE_VALID,
    inputs::DECLARED_INPUTS,
    base::BASE_IMAGE,
    base::BASE_TAG,
    base::BASE_VARIANT,
    stages::STAGES,
    stages::RUNTIME_ARTIFACTS,
    tools::BUILD_TOOLS,
    final_image::PORT,
    final_image::COMMAND,
    final_image::EXEC_FORM,
    final_image::WORKDIR,
    final_image::STOP_SIGNAL,
    final_image::ENVIRONMENT,
    user::NON_ROOT,
    user::USER,
    user::USER_CREATED,
    caching::LAYER_ORDER,
    ignored::IGNORE_FILE_VALID,
    ignored::IGNORE_ENTRIES,
    ignored::CONTEXT_SIZE,
    manifests::MANIFEST_TAG,
    manifests::MANIFEST_PULL_POLICY,
];

/// Judges a component by every rule that applies to it.
pub fn judge(subject: &Subject<'_>) -> Vec<Judgement> {
    let applying = RULES.iter().filter(|rule| (rule.applies)(subject));
    applying
        .map(|rule| Judgement {
            component: subject.component.name.to_string(),
            rule: rule.text,
            verdict: graded(subject, rule, (rule.judge)(subject)),
        })
        .collect()
}

/// Makes the findings of a component without a contract warnings, where the rule says so.
fn graded(subject: &Subject<'_>, rule: &CheckRule, verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Broken(findings) if rule.text.scope == Scope::Advised && subject.component.contract.is_none() => {
            let warning = |finding| Finding { severity: Severity::Warning, ..finding };
            Verdict::Broken(findings.into_iter().map(warning).collect())
        }
        verdict => verdict,
    }
}
