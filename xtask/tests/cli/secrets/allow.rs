//! `[[allow]]`: what may be allowed, where, and for how long.

use snapbox::{IntoData, str};

use super::{refused, with_config};
use crate::harness::docker;
use crate::harness::images::{engine, unfit, with_images};
use crate::harness::planted::{address, password, quiet, token};
use crate::harness::sandbox::{CONFIG, Sandbox};

fn exception(place: &str, rule: &str, expires: &str) -> String {
    let reason = "a value that everybody may know";
    format!("[[allow]]\nplace = \"{place}\"\nrule = \"{rule}\"\nreason = \"{reason}\"\nexpires = {expires}\n")
}

/// A taskflow.toml with this exception is refused.
#[track_caller]
fn invalid(lines: &str, expected: impl IntoData) {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n[[allow]]\n{lines}"));
    quiet(sandbox.xtask(&["build"]).code(2).stdout("").stderr(expected));
}

#[test]
fn an_allowed_finding_is_a_note() {
    let sandbox = with_config(&exception("frontend/demo.ts", "url-password", "2999-12-31"));
    sandbox.write("frontend/demo.ts", &format!("const dsn = \"{}\";\n", address()));
    sandbox.fake("docker", docker::builds_everything());
    let run = quiet(sandbox.xtask(&["build", "frontend", "--dry-run"]).code(0));
    run.stderr(str![[r#"
note: `url-password` is allowed in `frontend/demo.ts`: a value that everybody may know
note: the tree has changes: `taskflow.toml` and `frontend/demo.ts`

"#]]);
    // The same rule elsewhere, and another rule here, are not allowed by it.
    sandbox.write("frontend/other.ts", &format!("const dsn = \"{}\";\n", address()));
    sandbox.write("frontend/demo.ts", &format!("const dsn = \"{}\";\nconst t = \"{}\";\n", address(), token()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
note: `url-password` is allowed in `frontend/demo.ts`: a value that everybody may know
error[github-token]: a secret in `frontend/demo.ts`: GitHub token
  --> frontend/demo.ts:2
note: the file would be sent to the builder
hint: add `demo.ts` to `frontend/.dockerignore`, or take the secret out of the file

error[url-password]: a secret in `frontend/other.ts`: password in an address
  --> frontend/other.ts:1
note: the file would be sent to the builder
hint: add `other.ts` to `frontend/.dockerignore`, or take the secret out of the file

"#]],
    );
}

#[test]
fn build_args_and_dockerfiles_are_places_too() {
    let allowed = [
        exception("build-arg:DEMO_TOKEN", "secret-name", "2999-12-31"),
        exception("frontend/Dockerfile:ARG DEMO_TOKEN", "secret-name", "2999-12-31"),
        exception("frontend/Dockerfile:ENV DEMO_PASSWORD", "secret-name", "2999-12-31"),
        "[component.frontend.build-args]\nDEMO_TOKEN = {}\n".to_owned(),
    ];
    let sandbox = with_config(&allowed.concat());
    let text = format!("FROM node:20-alpine\nARG DEMO_TOKEN\nENV DEMO_PASSWORD={}\n", password());
    sandbox.write("frontend/Dockerfile", &text);
    sandbox.fake("docker", docker::builds_everything());
    quiet(sandbox.xtask(&["build", "frontend", "--dry-run"]).code(0)).stderr(str![[r#"
note: `secret-name` is allowed in build arg `DEMO_TOKEN` of component `frontend`: a value that everybody may know
note: `secret-name` is allowed in `ARG DEMO_TOKEN`: a value that everybody may know
note: `secret-name` is allowed in `ENV DEMO_PASSWORD`: a value that everybody may know
note: the tree has changes: `frontend/Dockerfile` and `taskflow.toml`

"#]]);
}

#[test]
fn an_exception_that_allows_nothing_is_an_error() {
    let sandbox = with_config(&exception("frontend/demo.ts", "url-password", "2999-12-31"));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error: the exception for rule `url-password` at `frontend/demo.ts` allows nothing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^
hint: remove it: what it allowed is gone

"#]],
    );
    // It says nothing of a component that is not built.
    sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(0);
    sandbox.xtask(&["secrets", "scan", "-q", "backend"]).code(0);
    sandbox.xtask(&["secrets", "scan", "-q", "frontend"]).code(1).stderr(str![[r#"
error: the exception for rule `url-password` at `frontend/demo.ts` allows nothing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^
hint: remove it: what it allowed is gone

"#]]);
}

#[test]
fn an_exception_that_has_expired_is_an_error() {
    let sandbox = with_config(&exception("frontend/demo.ts", "url-password", "2026-01-31"));
    sandbox.write("frontend/demo.ts", &format!("const dsn = \"{}\";\n", address()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[url-password]: a secret in `frontend/demo.ts`: password in an address
  --> frontend/demo.ts:1
note: the file would be sent to the builder
hint: add `demo.ts` to `frontend/.dockerignore`, or take the secret out of the file

error: the exception for rule `url-password` at `frontend/demo.ts` has expired on 2026-01-31
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^
hint: fix what it allows, or give the exception a later day and a reason that still holds

"#]],
    );
}

#[test]
fn findings_in_an_image_can_be_allowed() {
    let places = [
        ("image:backend:/app/deleted.py", "url-password"),
        ("image:backend:Env SMTP_PASS", "secret-name"),
        ("image:backend:Labels note", "url-password"),
        ("image:backend:Cmd", "github-token"),
        ("image:backend:OnBuild", "github-token"),
        ("image:backend:Healthcheck.Test", "command-line-secret"),
        ("image:backend:history", "secret-name"),
    ];
    let config = |places: &[(&str, &str)]| {
        places.iter().map(|(place, rule)| exception(place, rule, "2999-12-31")).collect::<String>()
    };
    let sandbox = engine(&unfit(), []);
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{}", config(&places)));
    quiet(sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(0)).stderr(str![[r#"
warning[github-token]: a secret in `Env BASE_TOKEN` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token
hint: it comes with the base image: take one without it, and report it to its maintainers

warning[github-token]: a secret in entry 2 in the history of `taskflow-backend:1.0.0-main`: GitHub token
hint: it comes with the base image: take one without it, and report it to its maintainers

warning[github-token]: a secret in `/usr/share/base.txt` in a layer of `taskflow-backend:1.0.0-main`: GitHub token
note: layer sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754, byte 4
hint: it comes with the base image: take one without it, and report it to its maintainers

"#]]);
    let run = quiet(sandbox.xtask(&["secrets", "scan", "-q", "taskflow-backend:1.0.0-main"]).code(0));
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
    // One too many.
    let more = [&places[..], &[("image:backend:/app/clean.py", "github-token")]].concat();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{}", config(&more)));
    with_images(&sandbox, &unfit(), []);
    quiet(sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(1)).stderr(str![[r#"
error: the exception for rule `github-token` at `image:backend:/app/clean.py` allows nothing
  --> taskflow.toml:48:1
   |
48 | [[allow]]
   | ^^^^^^^^^
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: remove it: what it allowed is gone
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
}

#[test]
fn what_an_exception_must_say() {
    invalid(
        "place = \"frontend/a\"\n",
        str![[r#"
error: `allow.rule` is missing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^ needs `rule`
hint: add the rule of the finding, as in `rule = "url-password"`

error: `allow.reason` is missing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^ needs `reason`
hint: add why it may stand there, as in `reason = "the address of a demonstration"`

error: `allow.expires` is missing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^ needs `expires`
hint: add the last day of the exception, as in `expires = 2027-01-31`

"#]],
    );
    let rest = "reason = \"a reason that is long enough\"\nexpires = 2999-12-31\n";
    invalid(
        &format!("rule = \"github-token\"\n{rest}"),
        str![[r#"
error: `allow.place` is missing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^ needs `place`
hint: add the place as the finding names it, as in `place = "frontend/lib/demo.ts"`

"#]],
    );
    invalid(
        &format!("place = \"../other\"\nrule = \"github-token\"\n{rest}"),
        str![[r#"
error: `allow.place` is no place of this repository: `../other`
  --> taskflow.toml:14:9
   |
14 | place = "../other"
   |         ^^^^^^^^^^
hint: give a place as a finding names it in `--json`: a path, `frontend/Dockerfile:ENV NAME`, `image:frontend:/path`

"#]],
    );
    invalid(
        &format!("place = \"a\"\nrule = \"github-tokens\"\n{rest}"),
        str![[r#"
error: there is no rule `github-tokens`
  --> taskflow.toml:15:8
   |
15 | rule = "github-tokens"
   |        ^^^^^^^^^^^^^^^
hint: did you mean `github-token`?

"#]],
    );
    invalid(
        &format!("place = \"a\"\nrule = \"no such thing\"\n{rest}"),
        str![[r#"
error: there is no rule `no such thing`
  --> taskflow.toml:15:8
   |
15 | rule = "no such thing"
   |        ^^^^^^^^^^^^^^^
hint: list the rules with `cargo xtask secrets rules` and `cargo xtask contract rules`

"#]],
    );
    invalid(
        &format!("place = \"a\"\nrule = \"declared-name\"\n{rest}"),
        str![[r#"
error: rule `declared-name` cannot be allowed anywhere
  --> taskflow.toml:15:8
   |
15 | rule = "declared-name"
   |        ^^^^^^^^^^^^^^^
note: declared names and the values of declared secrets are secrets in every place

"#]],
    );
    invalid(
        &format!("place = \"image:front:/a\"\nrule = \"github-token\"\n{rest}"),
        str![[r#"
error: `allow.place` is about component `front`, which does not exist
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^

"#]],
    );
    invalid(
        &format!("place = \"build-arg:A\"\nrule = \"github-token\"\n{rest}"),
        str![[r#"
error: `allow.place` is about build arg `A`, which does not exist
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^

"#]],
    );
    let start = "place = \"a\"\nrule = \"github-token\"\n";
    invalid(
        &format!("{start}reason = \"because\"\nexpires = 2999-12-31\n"),
        str![[r#"
error: `allow.reason` gives no reason
  --> taskflow.toml:16:10
   |
16 | reason = "because"
   |          ^^^^^^^^^
hint: say why this finding is acceptable

"#]],
    );
    invalid(
        &format!("{start}reason = \"a reason that is long enough\"\nexpires = \"2999-02-29\"\n"),
        str![[r#"
error: invalid `allow.expires`: `2999-02-29` is not a day of the form 2027-01-31
  --> taskflow.toml:17:11
   |
17 | expires = "2999-02-29"
   |           ^^^^^^^^^^^^

"#]],
    );
    invalid(
        &format!("{start}reason = \"a reason that is long enough\"\nexpires = 30\n"),
        str![[r#"
error: `allow.expires` must be a day, such as 2027-01-31, not an integer
  --> taskflow.toml:17:11
   |
17 | expires = 30
   |           ^^ expected a day, such as 2027-01-31

"#]],
    );
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("allow = \"everything\"\n{CONFIG}"));
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: `allow` must be a list of tables, not a string
 --> taskflow.toml:1:9
  |
1 | allow = "everything"
  |         ^^^^^^^^^^^^ expected a list of tables

"#]]);
}

#[test]
fn an_exception_allows_one_of_two_secrets_at_a_place() {
    let allowed = [
        exception("build-arg:NOTE", "url-password", "2999-12-31"),
        exception("frontend/Dockerfile:ENV NOTE", "url-password", "2999-12-31"),
        "[component.frontend.build-args]\nNOTE = {}\n".to_owned(),
    ];
    let sandbox = with_config(&allowed.concat());
    let two = format!("{} {}", address(), token());
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nENV NOTE=\"{two}\"\n"));
    sandbox.fake("docker", docker::builds_everything());
    let arg = format!("NOTE={two}");
    quiet(sandbox.xtask(&["build", "frontend", "--build-arg", &arg]).code(2)).stderr(str![[r#"
note: `url-password` is allowed in build arg `NOTE` of component `frontend`: a value that everybody may know
note: `url-password` is allowed in `ENV NOTE`: a value that everybody may know
error[github-token]: refusing to build `frontend`: build arg `NOTE` is a secret: GitHub token
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `NOTE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.note]` with `env = "NOTE"`, and read /run/secrets/note in `RUN --mount=type=secret,id=note …`

error[github-token]: a secret in `ENV NOTE`: GitHub token
  --> frontend/Dockerfile:2
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `NOTE` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.note]` with `env = "NOTE"`, and read /run/secrets/note in `RUN --mount=type=secret,id=note …`

"#]]);
    for form in [&["--format", "human"][..], &["--format", "sarif"], &["--format", "github"], &["--json"]] {
        let args = [&["secrets", "scan", "frontend/Dockerfile"], form].concat();
        let run = quiet(sandbox.xtask(&args).code(1));
        let output = run.stdout.clone() + &run.stderr;
        assert!(output.contains("github-token"), "{form:?}: {output}");
    }
}
