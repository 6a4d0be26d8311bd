//! `build` when the builder says no, or says yes and lies.

use snapbox::str;

use crate::harness::docker::{self, build, first, inspect, reference};
use crate::harness::failing_builds::{broken, build_with, frontend_fails};
use crate::harness::fakes::on;
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn one_fails_and_the_other_is_built() {
    build_with([broken("frontend")], &["-q"]).code(1).stdout("taskflow-backend:1.0.0-main\n").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: `taskflow-backend:1.0.0-main` was built
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}

#[test]
fn progress_up_to_the_failure() {
    build_with([broken("frontend")], &["frontend"]).code(1).stdout("").stderr(str![[r#"
    Building `taskflow-frontend:1.0.0-main` with BuildKit through buildx 0.13.1
frontend | [2/3] COPY . .
frontend | [3/3] RUN npm ci
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}

#[test]
fn both_fail_and_both_are_told() {
    build_with([broken("frontend"), broken("backend")], &["-q"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

error: building `taskflow-backend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> backend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/backend.log
hint: correct backend/Dockerfile and run `cargo xtask build backend` again

"#]]);
}

#[test]
fn one_after_the_other_stops_at_the_first_failure() {
    build_with([broken("frontend")], &["-q", "-j", "1"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: `taskflow-backend:1.0.0-main` was not started after the failure
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again
hint: pass `--keep-going` to build them all the same

"#]]);
    build_with([broken("frontend")], &["-q", "-j", "1", "--keep-going"])
        .code(1)
        .stdout("taskflow-backend:1.0.0-main\n")
        .stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: `taskflow-backend:1.0.0-main` was built
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}

#[test]
fn a_builder_that_says_nothing() {
    frontend_fails(
        build("frontend").exits(1),
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: the docker client ended with exit code 1 and printed nothing
note: full log: [ROOT]/target/xtask/logs/frontend.log

"#]],
    );
}

#[test]
fn a_builder_that_is_killed() {
    frontend_fails(
        build("frontend").does("kill -KILL $$"),
        str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: the docker client was ended by a signal
note: full log: [ROOT]/target/xtask/logs/frontend.log

"#]],
    );
}

#[test]
fn a_base_image_that_cannot_be_fetched() {
    let said = "\
#3 [internal] load metadata for docker.io/library/node:20-alpine
#3 ERROR: failed to do request: Head \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host
------
 > [internal] load metadata for docker.io/library/node:20-alpine:
------
Dockerfile:1
--------------------
   1 | >>> FROM node:20-alpine
--------------------
ERROR: failed to solve: node:20-alpine: failed to do request: no such host
";
    let missing = inspect("node:20-alpine", &[], true);
    let rules = [missing, build("frontend").says(said).exits(1)];
    build_with(rules, &["-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[internal] load metadata for docker.io/library/node:20-alpine`
  --> frontend/Dockerfile:1
caused by: failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example: no such host
note: full log: [ROOT]/target/xtask/logs/frontend.log
note: the engine does not have `node:20-alpine`, and no registry was reached
hint: run `cargo xtask bootstrap`, which provides the base images

"#]]);
}

#[test]
fn success_without_an_image_is_a_failure() {
    let missing = inspect(&reference("frontend"), &[], true);
    build_with([missing], &["-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: the builder reported success, but the engine has no such image

"#]]);
}

#[test]
fn an_answer_about_the_image_that_is_no_json() {
    let strange = inspect(&reference("frontend"), &[], false).says("Template parsing error");
    build_with([strange], &["-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed
caused by: cannot read the answer of `docker image inspect taskflow-frontend:1.0.0-main`, at line 1, column 1

"#]]);
}

#[test]
fn a_reader_of_the_result_who_goes_away_changes_nothing() {
    let sandbox = docker::sandbox();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = sandbox.command(&["build", "-q"]).stdout(writer).output().unwrap();
    sandbox.finished(&output).code(0).stderr("");
}

#[test]
fn a_step_of_the_classic_builder_that_fails() {
    let said = "\
Step 1/3 : FROM node:20-alpine
 ---> 1234567890ab
Step 2/3 : COPY . .
 ---> 34567890abcd
Step 3/3 : RUN npm ci
 ---> Running in 567890abcdef
npm error code EUSAGE
";
    let words = "The command '/bin/sh -c npm ci' returned a non-zero code: 7\n";
    let build = on("build * ./frontend").says(said).complains(words).exits(1);
    build_with([docker::no_buildx(), build], &["-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `Step 3/3 : RUN npm ci` (exit code 7)
  --> frontend/Dockerfile:3
caused by: npm error code EUSAGE
  The command '/bin/sh -c npm ci' returned a non-zero code: 7
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}

#[test]
fn a_value_that_looks_like_the_builders_words_does_not_hide_the_failure() {
    let sandbox = Sandbox::new();
    let args = "[component.frontend.build-args]\nLEVEL = { default = \"ERROR\" }\n";
    sandbox.write("taskflow.toml", &CONFIG.replace("[component.backend]", &format!("{args}[component.backend]")));
    sandbox.take_declared();
    sandbox.commit();
    let says = "echo '#6 [3/3] RUN npm ci'; echo '#6 ERROR: process: exit code: 3'; exit 1";
    sandbox.fake("docker", first([build("frontend").does(says)]));
    sandbox.xtask(&["build", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN npm ci` (exit code 3)
  --> frontend/Dockerfile:3
caused by: process: exit code: 3
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}
