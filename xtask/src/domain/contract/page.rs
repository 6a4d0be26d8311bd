//! Renders rules as pages of documentation in Markdown.

use super::rule::{JudgedBy, RuleText, Scope};
use super::rules::all_texts;

/// Renders the page of a rule.
pub fn page(rule: &RuleText) -> String {
    let RuleText { id, what, section, why, good, bad, remedy, .. } = rule;
    let (applies, judged, good, bad) = (applies(rule), judged(rule), good.trim_end(), bad.trim_end());
    let language = match rule.command {
        JudgedBy::Check => "dockerfile",
        JudgedBy::Verify => "text",
    };
    format!(
        "<!-- Made from xtask/src/domain/contract/ with `cargo xtask check --explain {id}`. Do not edit. -->\n\n\
         # {id}\n\n{}.\n\n| | |\n|---|---|\n| source | container contract: {section} |\n| applies to | {applies} |\n\
         | judged by | {judged} |\n\n## Why\n\n{why}\n\n## Good\n\n```{language}\n{good}\n```\n\n## Bad\n\n\
         ```{language}\n{bad}\n```\n\n## How to mend it\n\n{remedy}\n",
        capitalized(what)
    )
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn applies(rule: &RuleText) -> String {
    match rule.scope {
        Scope::General => "every component".to_owned(),
        Scope::Advised => "every component; without a contract, a finding is a warning".to_owned(),
        Scope::Declared(key) => format!("components whose contract has `{key}`"),
    }
}

fn judged(rule: &RuleText) -> &'static str {
    match rule.command {
        JudgedBy::Check => "`cargo xtask check`, without an engine, and so `cargo xtask build`",
        JudgedBy::Verify => "`cargo xtask verify`, on the built image",
    }
}

/// The first lines of the index.
const HEAD: &str = "\
# The rules of the contract

<!-- Made from xtask/src/domain/contract/ with `cargo xtask contract rules --format markdown`. Do not edit. -->

`[component.NAME.contract]` in taskflow.toml declares what a component promises (docs/taskflow-toml.md). `cargo xtask
check` compares it with the Dockerfile, the ignore file, and the build context, without an engine, and `cargo xtask
verify` with the built image. A rule has one of three verdicts: it is held, it is broken, or it is not decided, for a
reason that the report names. IDs of rules never change.

An exception allows one finding: `[[allow]]` in taskflow.toml, or a comment above the instruction in the Dockerfile:

```dockerfile
# taskflow: allow layer-order -- the installation reads the schema
RUN npm ci
```

A finding about something that is missing has no instruction, so only taskflow.toml can allow it. An exception that
allows nothing is an error. `--no-inline` ignores exceptions in Dockerfiles.
";

/// Renders the index of all rules.
pub fn index() -> String {
    let table = |command: JudgedBy| {
        let rules = all_texts().into_iter().filter(move |rule| rule.command == command);
        let rows = rules.map(|rule| format!("| [{0}]({0}.md) | {1} | {2} |", rule.id, rule.what, applies(&rule)));
        rows.collect::<Vec<_>>().join("\n") + "\n"
    };
    let columns = "| rule | finds | applies to |\n|---|---|---|\n";
    let (check, verify) = (table(JudgedBy::Check), table(JudgedBy::Verify));
    let mut page = format!("{HEAD}\n## Judged by `check`\n\n{columns}{check}");
    if all_texts().iter().any(|rule| rule.command == JudgedBy::Verify) {
        page.extend(["\n## Judged by `verify`\n\n", columns, &verify]);
    }
    page
}
