//! Ways to break one clause of the contract in the shipped files: each is caught by its rule, and by no other.

mod artifacts;
mod base;
mod caching;
mod configuration;
mod ignored;
mod inputs;
mod invalid;
mod manifests;
mod secrets;
mod stages;
mod tools;
mod user;

use std::collections::BTreeMap;

use snapbox::{IntoData, assert_data_eq, str};

use crate::world::{Edit, World};

/// A mutation: the rule that must be broken, and the edits.
type Mutation = (&'static str, &'static [Edit<'static>]);

/// All tables.
fn tables() -> Vec<(&'static str, &'static [Mutation])> {
    vec![
        ("base", base::ROWS),
        ("stages", stages::ROWS),
        ("artifacts", artifacts::ROWS),
        ("tools", tools::ROWS),
        ("configuration", configuration::ROWS),
        ("command", configuration::COMMANDS),
        ("user", user::ROWS),
        ("caching", caching::ROWS),
        ("ignored", ignored::ROWS),
        ("inputs", inputs::ROWS),
        ("invalid", invalid::ROWS),
        ("manifests", manifests::ROWS),
    ]
}

#[test]
fn the_shipped_files_break_no_rule() {
    let outcome = World::shipped().judge();
    assert!(outcome.broken().is_empty() && outcome.undecided().is_empty(), "{}", outcome.described());
}

#[test]
fn every_mutation_is_caught_by_its_rule_and_by_no_other() {
    let mut rows = Vec::new();
    for (table, mutations) in tables() {
        rows.extend(mutations.iter().map(|(rule, edits)| (table, *rule, edits.to_vec())));
    }
    let composed = secrets::rows();
    rows.extend(composed.iter().map(|((file, old), new)| ("secrets", "secrets", vec![(*file, *old, new.as_str())])));
    let (mut failures, mut counts) = (Vec::new(), BTreeMap::<&str, (usize, usize)>::new());
    for (table, rule, edits) in &rows {
        let edited = World::shipped().with(edits).map(|world| world.judge());
        let missed = match &edited {
            Ok(outcome) if outcome.broken().iter().eq([rule]) => {
                let (all, some) = counts.entry(*rule).or_default();
                (*all, *some) = (*all + 1, *some + usize::from(!outcome.undecided().is_empty()));
                continue;
            }
            Ok(outcome) => format!("wanted {rule}, broken {:?}\n{}", outcome.broken(), outcome.described()),
            Err(reason) => reason.clone(),
        };
        let edits: Vec<String> = edits.iter().map(|(path, old, new)| format!("{path}: {old:?} -> {new:?}")).collect();
        failures.push(format!("== {table}: {}\n{missed}", edits.join("\n")));
    }
    assert!(failures.is_empty(), "{} of {}:\n\n{}", failures.len(), rows.len(), failures.join("\n"));
    // The number of mutations, and of those for which other rules say that they cannot decide.
    let lines: Vec<String> = counts.iter().map(|(rule, (all, some))| format!("{rule:<22}{all:>4}{some:>4}")).collect();
    assert_data_eq!(
        lines.join("\n"),
        str![[r#"
base-image              42   0
base-tag                 4   0
base-variant             4   0
build-tools             31   0
command                 29   0
declared-inputs         17   3
dockerfile-valid        38  33
environment             16   0
exec-form               17  17
ignore-entries          76   0
ignore-file-valid        7   7
layer-order             45   0
manifest-pull-policy    10   0
manifest-tag             6   0
non-root                28  28
port                    23   0
runtime-artifacts       63   0
secrets                 25   0
stages                  16   0
stop-signal              8   0
user                    12   0
user-created            41   0
workdir                 12   0
"#]]
        .raw()
    );
}
