//! Findings as people read them, and as `build` refuses them.

use snapbox::str;

use super::{KEPT, sandbox};
use crate::harness::planted::token;
use crate::harness::sandbox::Sandbox;

#[test]
fn a_component_that_keeps_its_contract() {
    let run = sandbox(KEPT).xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
     Checked 1 component in [TIME]: 10 held, 0 broken, 0 not decided

"#]]);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[test]
fn each_finding_has_its_place_what_is_wanted_and_the_remedy() {
    let dockerfile = "FROM node:20\nUSER 0\nEXPOSE 8080\nCMD node server.js\n";
    sandbox(dockerfile).xtask(&["check", "frontend"]).code(1).stdout("").stderr(str![[r#"
error[base-image]: `node:20` is not the declared base image
 --> frontend/Dockerfile:1:1
  |
1 | FROM node:20
  | ^^^^^^^^^^^^
note: declared in taskflow.toml: `node:20-alpine`
note: contract: Base Image, "Required"
hint: write `node:20-alpine`; a digest may follow the tag

error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:3:1
  |
3 | EXPOSE 8080
  | ^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error[exec-form]: `CMD` is in shell form
 --> frontend/Dockerfile:4:1
  |
4 | CMD node server.js
  | ^^^^^^^^^^^^^^^^^^
note: contract: Entry Command, Graceful Shutdown
hint: write `CMD ["node", "server.js"]`

error[non-root]: the image runs as root
 --> frontend/Dockerfile:2:1
  |
2 | USER 0
  | ^^^^^^
note: contract: Non-Root User, "All containers MUST run as non-root user"
hint: end the final stage with `USER nextjs`, after the steps that need root

error[user-created]: no step of the final stage creates the user `nextjs`
  --> taskflow.toml:17
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN useradd --uid 1001 nextjs`

note: `command` of `frontend` is not decided: the command is in shell form
note: `user` of `frontend` is not decided: the image runs as root
     Checked 1 component in [TIME]: 3 held, 5 broken, 2 not decided
error: 5 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]]);
}

#[test]
fn what_is_missing_is_told_at_the_key_that_wants_it() {
    sandbox("FROM node:20-alpine\n").xtask(&["check", "frontend"]).code(1).stdout("").stderr(str![[r#"
error[port]: the image exposes no port, and the contract wants 3000/tcp
  --> taskflow.toml:15
note: contract: Exposed Port
hint: write `EXPOSE 3000`

error[command]: the image has no command of its own
  --> taskflow.toml:16
note: contract: Entry Command
hint: write `CMD ["node", "server.js"]`

error[non-root]: no `USER` in the final stage, so the image runs as root
  --> taskflow.toml:17
note: contract: Non-Root User, "All containers MUST run as non-root user"
hint: end the final stage with `USER nextjs`, after the steps that need root

error[user-created]: no step of the final stage creates the user `nextjs`
  --> taskflow.toml:17
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN adduser -S nextjs -u 1001`

note: `user` of `frontend` is not decided: the image runs as root
     Checked 1 component in [TIME]: 5 held, 4 broken, 1 not decided
error: 4 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]]);
}

#[test]
fn what_depends_on_a_value_from_outside_is_not_decided() {
    let config = "[component.frontend.build-args.PORT]\n";
    let dockerfile = KEPT.replace("EXPOSE 3000", "ARG PORT\nEXPOSE $PORT");
    super::sandbox_with(&dockerfile, config).xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
note: `port` of `frontend` is not decided: the port in line 5 depends on a build arg without a known value
     Checked 1 component in [TIME]: 10 held, 0 broken, 1 not decided

"#]]);
    let frontend = "# syntax=example.org/other/frontend:1\n".to_owned() + KEPT;
    sandbox(&frontend).xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
note: `dockerfile-valid`, `base-image`, `port`, `command`, `exec-form`, `non-root`, `user`, and `user-created` of `frontend` are not decided: the frontend `example.org/other/frontend:1` decides what the Dockerfile means
     Checked 1 component in [TIME]: 2 held, 0 broken, 8 not decided

"#]]);
}

#[test]
fn without_a_contract_general_rules_are_warnings() {
    let sandbox = Sandbox::new();
    sandbox.write("frontend/Dockerfile", "FROM node\nCMD node server.js\n");
    sandbox.commit();
    sandbox.xtask(&["check", "frontend"]).code(0).stdout("").stderr(str![[r#"
warning[base-tag]: `node` has no tag, so it is `node:latest`
 --> frontend/Dockerfile:1:1
  |
1 | FROM node
  | ^^^^^^^^^
note: contract: Tag Naming, "NEVER in production"
hint: name the version that the image is built on: a tag, a digest, or both

warning[exec-form]: `CMD` is in shell form
 --> frontend/Dockerfile:2:1
  |
2 | CMD node server.js
  | ^^^^^^^^^^^^^^^^^^
note: contract: Entry Command, Graceful Shutdown
hint: write `CMD ["node", "server.js"]`

warning[non-root]: no `USER` in the final stage, so the image runs as root
  --> frontend/Dockerfile
note: contract: Non-Root User, "All containers MUST run as non-root user"
hint: end the final stage with `USER NAME`, after the steps that need root

     Checked 1 component in [TIME]: 2 held, 3 broken, 0 not decided

"#]]);
}

#[test]
fn a_build_is_refused_before_docker_is_asked() {
    let sandbox = sandbox(&KEPT.replace("3000", "8080"));
    sandbox.xtask(&["build", "frontend"]).code(2).stdout("").stderr(str![[r#"
error[port]: the image exposes 8080/tcp, and the contract wants only 3000/tcp
 --> frontend/Dockerfile:4:1
  |
4 | EXPOSE 8080
  | ^^^^^^^^^^^
note: contract: Exposed Port
hint: write `EXPOSE 3000`

"#]]);
    assert_eq!(sandbox.transcript(), "");
}

#[test]
fn a_build_without_the_check_says_so() {
    let sandbox = sandbox(&KEPT.replace("3000", "8080"));
    sandbox.xtask(&["build", "--no-check", "frontend"]).code(0).stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` with BuildKit through buildx 0.13.1
frontend | [2/3] COPY . .
frontend | [3/3] RUN npm ci
       Built taskflow-frontend:1.0.0-main  1d86604f8415   123.5 MB     [TIME]  0 of 2 steps cached  contract not checked
    Finished 1 image in [TIME]

"#]]);
    let document = sandbox.xtask(&["build", "--no-check", "--json", "-q", "frontend"]).code(0).document();
    assert_eq!(document["checked"], false);
}

#[test]
fn secrets_are_not_shown_with_the_lines_of_other_findings() {
    let secret = token();
    let dockerfile = KEPT.replace("CMD [", &format!("CMD [\"{secret}\", "));
    let run = sandbox(&dockerfile).xtask(&["check", "frontend"]).code(1);
    assert!(run.stderr.contains("error[command]") && run.stderr.contains("error[github-token]"), "{}", run.stderr);
    assert!(!run.stderr.contains(&secret), "{}", run.stderr);
}

#[test]
fn unknown_components_and_files_that_are_missing() {
    let sandbox = sandbox(KEPT);
    sandbox.xtask(&["check", "front"]).code(2).stdout("").stderr(str![[r#"
error: no component `front` in taskflow.toml
note: the components are `frontend` and `backend`

"#]]);
    std::fs::remove_file(sandbox.root.join("frontend/Dockerfile")).unwrap();
    sandbox.xtask(&["check"]).code(2).stdout("").stderr(str![[r#"
error: the Dockerfile of component `frontend` is missing: `frontend/Dockerfile`
 --> taskflow.toml:7:12
  |
7 | [component.frontend]
  |            ^^^^^^^^ no such file
hint: create it, or set `dockerfile` under `[component.frontend]`

"#]]);
}
