//! What could not be searched to its end is told as a secret is, wherever it stands.

use serde_json::json;
use snapbox::str;

use super::rows::fed;
use super::{refused, with_config};
use crate::harness::docker::{build, failure};
use crate::harness::failing_builds::frontend_fails;
use crate::harness::planted::token;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A text that has so many beginnings of secrets that long ones were not looked for.
fn beginnings() -> String {
    "https://a:".repeat(700)
}

/// A text that begins as an address with a password and has no end.
fn endless() -> String {
    format!("https://a:{}", "k9Qz7xR2".repeat(2000))
}

#[test]
fn build_args_with_a_text_that_cannot_be_searched_are_refused() {
    let config = format!("{CONFIG}\n[component.frontend.build-args.NOTE]\n[component.frontend.build-args.MORE]\n");
    let sandbox = with_config("");
    sandbox.write("taskflow.toml", &config);
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nARG NOTE\nARG MORE\nCOPY . .\n");
    let args = [format!("NOTE={}", beginnings()), format!("MORE={}", endless())];
    refused(
        &sandbox,
        &["frontend", "--build-arg", &args[0], "--build-arg", &args[1]],
        str![[r#"
error[not-searched]: build arg `NOTE` of component `frontend` could not be searched: it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for
note: its value is given on the command line; it is not shown here
hint: mend it or take it away: what cannot be searched may hold anything

error[not-searched]: build arg `MORE` of component `frontend` could not be searched: it has the beginning of a secret that may go on behind the 8 KiB that were looked at
note: its value is given on the command line; it is not shown here
hint: mend it or take it away: what cannot be searched may hold anything

"#]],
    );
    // Who knows what it is can allow it, as everything that could not be searched.
    let allowed = |name: &str| {
        format!(
            "[[allow]]\nplace = \"build-arg:{name}\"\nrule = \"not-searched\"\nreason = \"a list of hosts that names no user\"\nexpires = 2999-12-31\n"
        )
    };
    sandbox.write("taskflow.toml", &format!("{config}{}{}", allowed("NOTE"), allowed("MORE")));
    let args = ["build", "-n", "frontend", "--build-arg", &args[0], "--build-arg", &args[1]];
    sandbox.xtask(&args).code(0);
}

#[test]
fn a_dockerfile_with_a_text_that_cannot_be_searched_is_refused() {
    let sandbox = Sandbox::new();
    let lines = format!("# {}\nRUN echo {}\n", endless(), beginnings());
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nCOPY . .\n{lines}"));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[not-searched]: line 3 of `frontend/Dockerfile` could not be searched: it has the beginning of a secret that may go on behind the 8 KiB that were looked at
  --> frontend/Dockerfile:3
hint: mend it or take it away: what cannot be searched may hold anything

error[not-searched]: `RUN` could not be searched: it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for
  --> frontend/Dockerfile:4
hint: mend it or take it away: what cannot be searched may hold anything

"#]],
    );
}

#[test]
fn rows_that_cannot_be_searched_are_named() {
    let row = |name: &str, value: &str| format!("{}\n", json!({ "name": name, "value": value }));
    let input = row("A", &beginnings()) + &row("B", "plain");
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], input.as_bytes())
        .code(1)
        .stdout(str![[r#"
1  not-searched  it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for

"#]])
        .stderr(str![[r#"
error: 1 of 2 rows could not be searched

"#]]);
    let input = input + &row("C", &token());
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], input.as_bytes()).code(1).stderr(str![[r#"
error: 1 of 3 rows hold a secret, and 1 could not be searched

"#]]);
}

#[test]
fn references_in_references_are_judged_to_a_depth_that_is_said() {
    let deep = |depth: usize| "${A:-".repeat(depth) + "text" + &"}".repeat(depth);
    let row = |depth: usize| format!("{}\n", json!({ "name": "A", "value": deep(depth) }));
    let input = row(8) + &row(9);
    fed(&Sandbox::new(), &["secrets", "scan", "--stdin-args"], input.as_bytes()).code(1).stdout(str![[r#"
2  not-searched  it nests references more than 8 deep

"#]]);
}

#[test]
fn talk_of_a_tool_that_cannot_be_searched_is_not_shown() {
    let talk = failure("npm ci", &format!("npm error cannot reach {}", endless()));
    frontend_fails(
        build("frontend").says(talk).exits(1),
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: ***
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]],
    );
}
