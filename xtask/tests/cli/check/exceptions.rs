//! Exceptions: in taskflow.toml, and in comments of Dockerfiles.

use snapbox::str;

use super::{KEPT, sandbox, sandbox_with};

/// A Dockerfile whose `EXPOSE` breaks the contract, with a line above it.
fn other_port(above: &str) -> String {
    KEPT.replace("EXPOSE 3000", &format!("{above}\nEXPOSE 3000 8080"))
}

const ALLOWED: &str = "# taskflow: allow port -- the metrics of an old collector";

#[test]
fn a_comment_above_the_instruction_allows_the_finding() {
    let sandbox = sandbox(&other_port(ALLOWED));
    sandbox.xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
note: `port` is allowed in `EXPOSE`: the metrics of an old collector
     Checked 1 component in [TIME]: 10 held, 0 broken, 0 not decided

"#]]);
    // `build` follows the same exceptions.
    sandbox.xtask(&["build", "-q", "frontend"]).code(0);
    let document = sandbox.xtask(&["check", "--json", "frontend"]).code(0).document();
    assert_eq!(document["allowed"][0]["rule"], "port");
    assert_eq!(document["allowed"][0]["allowed_because"], "the metrics of an old collector");
    assert_eq!(document["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn a_run_can_ignore_the_comments() {
    let sandbox = sandbox(&other_port(ALLOWED));
    sandbox.xtask(&["check", "--no-inline", "frontend"]).code(1).stdout("").stderr(str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

     Checked 1 component in [TIME]: 9 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]]);
}

#[test]
fn comments_that_allow_nothing_are_errors() {
    for (above, expected) in [
        (
            "# taskflow: alow port -- the metrics of an old collector",
            str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error: a comment that begins with `taskflow:` is no exception
  --> frontend/Dockerfile:4
hint: write `# taskflow: allow RULE -- REASON`

error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "# taskflow: allow port",
            str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error: the exception for rule `port` has no reason
  --> frontend/Dockerfile:4
hint: write `# taskflow: allow port -- REASON`, with 10 characters or more

error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "# taskflow: allow port -- short",
            str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error: the exception for rule `port` has no reason
  --> frontend/Dockerfile:4
hint: write `# taskflow: allow port -- REASON`, with 10 characters or more

error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "# taskflow: allow prot -- the metrics of an old collector",
            str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error: there is no rule `prot` for an exception
  --> frontend/Dockerfile:4
hint: list the rules with `cargo xtask secrets rules` and `cargo xtask contract rules`

error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "# taskflow: allow workdir -- the metrics of an old collector",
            str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:5:1
  |
5 | EXPOSE 3000 8080
  | ^^^^^^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error: the exception for rule `workdir` allows nothing
  --> frontend/Dockerfile:4
note: it applies to the instruction below it
hint: remove it

error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
    ] {
        let run = sandbox(&other_port(above)).xtask(&["check", "-q", "frontend"]).code(1).stdout("");
        crate::harness::run::compare(&run.stderr, expected);
    }
    let unused = format!("{ALLOWED}\n{KEPT}");
    sandbox(&unused).xtask(&["check", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: the exception for rule `port` allows nothing
  --> frontend/Dockerfile:1
note: it applies to the instruction below it
hint: remove it

"#]]);
}

#[test]
fn what_is_missing_is_allowed_in_taskflow_toml() {
    let dockerfile = KEPT.replace("EXPOSE 3000\n", "");
    let exception = "[[allow]]\nplace = \"taskflow.toml:component.frontend.contract.port\"\nrule = \"port\"\n\
                     reason = \"a worker that listens nowhere\"\nexpires = 2999-01-31\n";
    sandbox_with(&dockerfile, exception).xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
note: `port` is allowed in `taskflow.toml:component.frontend.contract.port`: a worker that listens nowhere
     Checked 1 component in [TIME]: 10 held, 0 broken, 0 not decided

"#]]);
    // The place is the same from every folder.
    let elsewhere = sandbox_with(&dockerfile, exception);
    let config = ["check", "-q", "--config", "../repository/taskflow.toml", "frontend"];
    elsewhere.xtask(&config).code(0).stdout("");
    sandbox_with(KEPT, exception).xtask(&["check", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: the exception for rule `port` at `taskflow.toml:component.frontend.contract.port` allows nothing
  --> taskflow.toml:19:1
   |
19 | [[allow]]
   | ^^^^^^^^^
hint: remove it: what it allowed is gone

"#]]);
}

#[test]
fn an_instruction_is_allowed_in_taskflow_toml() {
    let exception = "[[allow]]\nplace = \"frontend/Dockerfile:EXPOSE\"\nrule = \"port\"\n\
                     reason = \"the metrics of an old collector\"\nexpires = 2999-01-31\n";
    sandbox_with(&other_port("# metrics"), exception).xtask(&["check", "-q", "frontend"]).code(0).stdout("");
}
