//! `schema`: what it prints, and that the documents in docs/ are what it prints.

mod agreement;
mod validator;
mod values;

use snapbox::str;

use crate::harness::sandbox::Sandbox;

const SCHEMA: &str = include_str!("../../../../docs/taskflow.schema.json");
const REFERENCE: &str = include_str!("../../../../docs/taskflow-toml.md");
const SHIPPED: &str = include_str!("../../../../taskflow.toml");

#[test]
fn the_documents_are_what_the_command_prints() {
    let sandbox = Sandbox::empty();
    for (args, file, kept) in [
        ("schema", "docs/taskflow.schema.json", SCHEMA),
        ("schema --format json", "docs/taskflow.schema.json", SCHEMA),
        ("schema --format markdown", "docs/taskflow-toml.md", REFERENCE),
    ] {
        let run = sandbox.xtask(&args.split(' ').collect::<Vec<_>>()).code(0).stderr("");
        assert_eq!(run.stdout, kept, "write it anew: cargo xtask {args} > {file}");
    }
}

#[test]
fn the_shipped_file_names_its_schema() {
    // Language servers for TOML take the path from the file that names it.
    assert_eq!(SHIPPED.lines().next().unwrap(), "#:schema ./docs/taskflow.schema.json");
}

#[test]
fn the_envelope_has_the_whole_schema() {
    let document = Sandbox::empty().xtask(&["schema", "--json"]).code(0).stderr("").document();
    assert_eq!((document["command"].clone(), document["ok"].clone()), ("schema".into(), true.into()));
    assert_eq!(document["json_schema"], serde_json::from_str::<serde_json::Value>(SCHEMA).unwrap());
}

#[test]
fn the_reference_has_a_row_for_every_key_and_no_cell_too_many() {
    let rows: Vec<&str> = REFERENCE.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), agreement::keys().len());
    for row in rows {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
}

#[test]
fn help_and_mistakes_on_the_command_line() {
    let sandbox = Sandbox::empty();
    sandbox.xtask(&["schema", "--help"]).code(0).stderr("").stdout(str![[r#"
Print the JSON Schema of taskflow.toml, for editors, or its reference

Usage: cargo xtask schema [OPTIONS]

Options:
      --config <FILE>    Use this file instead of the nearest taskflow.toml
      --format <FORMAT>  Output format: the JSON Schema, or the reference in docs/taskflow-toml.md
                         [default: json] [possible values: json, markdown]
      --json             Print one JSON document on standard output
      --color <WHEN>     When to use colours [default: auto] [possible values: auto, always, never]
  -v, --verbose          Show the output of the tools that are run
  -q, --quiet            Show only warnings and errors
  -h, --help             Print help

"#]]);
    sandbox.xtask(&["schema", "--format", "yaml"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'yaml' for '--format <FORMAT>'
  [possible values: json, markdown]

For more information, try '--help'.

"#]]);
    sandbox.xtask(&["schema", "--format", "json", "--json"]).code(2).stderr(str![[r#"
error: the argument '--format <FORMAT>' cannot be used with '--json'

Usage: cargo xtask schema --format <FORMAT>

For more information, try '--help'.

"#]]);
}
