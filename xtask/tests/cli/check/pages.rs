//! The rules for people: their list, their pages in docs/contract/, and `--explain`.

use std::collections::BTreeSet;
use std::path::Path;

use snapbox::str;
use xtask::domain::contract::{page, rules};

use crate::harness::sandbox::Sandbox;

#[test]
fn the_pages_are_what_the_commands_print() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/contract");
    let kept = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let mut expected = BTreeSet::from(["changes.md".to_owned(), "index.md".to_owned()]);
    for rule in rules::all_texts() {
        let file = format!("{}.md", rule.id);
        let command = format!("cargo xtask check --explain {} > docs/contract/{file}", rule.id);
        assert_eq!(page::page(&rule), kept(&file), "write it anew: {command}");
        assert_eq!(rule.page, format!("docs/contract/{file}"));
        expected.insert(file);
    }
    let command = "cargo xtask contract rules --format markdown > docs/contract/index.md";
    assert_eq!(page::index(), kept("index.md"), "write it anew: {command}");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let found: BTreeSet<String> = entries.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(found, expected, "one page for each rule, the index, and the page of changes");
}

#[test]
fn every_rule_is_listed() {
    let sandbox = Sandbox::empty();
    let run = sandbox.xtask(&["contract", "rules"]).code(0).stderr("");
    let ids: Vec<&str> = run.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids, rules::all_texts().iter().map(|rule| rule.id).collect::<Vec<_>>());
    let document = sandbox.xtask(&["contract", "rules", "--json"]).code(0).document();
    assert_eq!(document["rules"].as_array().unwrap().len(), ids.len());
    let run = sandbox.xtask(&["contract", "rules", "--format", "markdown"]).code(0).stderr("");
    assert_eq!(run.stdout, page::index());
}

#[test]
fn a_rule_is_explained() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["check", "--explain", "exec-form"]).code(0).stderr("").stdout(str![[r#"
<!-- Made from xtask/src/domain/contract/ with `cargo xtask check --explain exec-form`. Do not edit. -->

# exec-form

Command or entrypoint in shell form.

| | |
|---|---|
| source | container contract: Entry Command, Graceful Shutdown |
| applies to | every component; without a contract, a finding is a warning |
| judged by | `cargo xtask check`, without an engine, and so `cargo xtask build` |

## Why

In shell form, a shell is the first process of the container. It does not pass the stop signal on, so the application is killed in the middle of its requests.

## Good

```dockerfile
FROM alpine:3.22
CMD ["sleep", "60"]
```

## Bad

```dockerfile
FROM alpine:3.22
CMD sleep 60
```

## How to mend it

Write a JSON array, with double quotes and without a comment behind it.

"#]]);
    // Rules about secrets share a page.
    sandbox.xtask(&["check", "--explain", "url-password"]).code(0).stderr("").stdout(str![[r#"
url-password: password in an address
docs/secrets.md#url-password

"#]]);
    sandbox.xtask(&["check", "--explain", "exec-from"]).code(2).stdout("").stderr(str![[r#"
error: there is no rule `exec-from`
hint: did you mean `exec-form`?

"#]]);
    sandbox.xtask(&["check", "--explain", "nothing like a rule"]).code(2).stdout("").stderr(str![[r#"
error: there is no rule `nothing like a rule`
hint: list the rules with `cargo xtask contract rules` and `cargo xtask secrets rules`

"#]]);
    let document = sandbox.xtask(&["check", "--explain", "port", "--json"]).code(0).document();
    assert_eq!(
        (document["rule"].as_str(), document["documentation"].as_str()),
        (Some("port"), Some("docs/contract/port.md#port"))
    );
}
