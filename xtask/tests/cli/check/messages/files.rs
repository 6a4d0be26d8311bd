//! What is said of files: Dockerfiles that are not valid, ignore files, contexts, inputs, and manifests.

use snapbox::str;

use super::{DOCKERFILE, told};
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn dockerfiles_that_no_builder_takes() {
    let contract = "[component.frontend.contract]\nport = 3000\nignore = [\".env*\"]\nmax-context-mb = 1\n";
    for (dockerfile, expected) in [
        (
            "FROM node:20-alpine\nUSER node\nEXPOSE many\n",
            str![[r#"
error[dockerfile-valid]: `EXPOSE` has a value that is not a port
 --> frontend/Dockerfile:3:1
  |
3 | EXPOSE many
  | ^^^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write a number from 1 to 65535, with or without `/tcp` or `/udp`

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `port` of `frontend` is not decided: a port is not valid
note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 3 held, 2 broken, 3 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "FROM node:20-alpine AS a\nUSER node\nEXPOSE 3000\nCOPY --from=a /a /b\nENV A=${\n",
            str![[r#"
error[dockerfile-valid]: the stage copies from itself
 --> frontend/Dockerfile:4:1
  |
4 | COPY --from=a /a /b
  | ^^^^^^^^^^^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: copy from another stage, or with `RUN cp`

error[dockerfile-valid]: a substitution is not valid, or a quote is not closed
 --> frontend/Dockerfile:5:7
  |
5 | ENV A=${
  |       ^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write variables as `$NAME` or `${NAME:-default}`, and close quotes

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 4 held, 2 broken, 2 not decided
error: 3 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "ARG BASE\nFROM $BASE\nUSER node\nEXPOSE 3000\n",
            str![[r#"
error[dockerfile-valid]: the base image is empty: `ARG BASE` has no value before the first `FROM`
 --> frontend/Dockerfile:2:1
  |
2 | FROM $BASE
  | ^^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: give the `ARG` a default, as in `ARG BASE=node:20-alpine`

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `base-tag` of `frontend` is not decided: the image in line 2 depends on a build arg without a known value
note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 3 held, 2 broken, 3 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "FROM ${NONE}\nUSER node\nEXPOSE 3000\n",
            str![[r#"
error[dockerfile-valid]: the base image is empty: `ARG NONE` has no value before the first `FROM`
 --> frontend/Dockerfile:1:1
  |
1 | FROM ${NONE}
  | ^^^^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: give the `ARG` a default, as in `ARG BASE=node:20-alpine`

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `base-tag` of `frontend` is not decided: the image in line 1 depends on a build arg without a known value
note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 3 held, 2 broken, 3 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "FROM node:latest\nUSER node\nEXPOSE 3000\nCOPY --chown --link=maybe --chmod=1 --chmod=2 a b\n",
            str![[r#"
error[dockerfile-valid]: `--chown` has no value
 --> frontend/Dockerfile:4:6
  |
4 | COPY --chown --link=maybe --chmod=1 --chmod=2 a b
  |      ^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write `--chown` once, in the form that BuildKit documents

error[dockerfile-valid]: `--link` is neither `true` nor `false`
 --> frontend/Dockerfile:4:14
  |
4 | COPY --chown --link=maybe --chmod=1 --chmod=2 a b
  |              ^^^^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write `--link` once, in the form that BuildKit documents

error[dockerfile-valid]: `--chmod` is given twice
 --> frontend/Dockerfile:4:37
  |
4 | COPY --chown --link=maybe --chmod=1 --chmod=2 a b
  |                                     ^^^^^^^^^
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write `--chmod` once, in the form that BuildKit documents

error[base-tag]: `node:latest` is another image with every release
 --> frontend/Dockerfile:1:1
  |
1 | FROM node:latest
  | ^^^^^^^^^^^^^^^^
note: contract: Tag Naming, "NEVER in production"
hint: name the version that the image is built on: a tag, a digest, or both

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 3 held, 3 broken, 2 not decided
error: 5 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            "FROM node:20-alpine\nRUNN\n",
            str![[r#"
error[dockerfile-valid]: `frontend/Dockerfile` cannot be built: the line begins with no instruction
  --> frontend/Dockerfile:2
note: contract: Validation Checklist, "Docker build completes without errors"
hint: correct line 2 of `frontend/Dockerfile`

error[ignore-file-valid]: `frontend/.dockerignore` is not valid: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> frontend/.dockerignore:2
note: docker refuses the whole build for such a line
note: contract: .dockerignore Requirements
hint: correct the pattern in line 2 of `frontend/.dockerignore`, or remove it

note: `base-tag`, `port`, `exec-form`, and `non-root` of `frontend` are not decided: the Dockerfile is not valid
note: `ignore-entries` and `context-size` of `frontend` are not decided: the ignore file is not valid
     Checked 1 component in [TIME]: 0 held, 2 broken, 6 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
    ] {
        let files = [(DOCKERFILE, dockerfile), ("frontend/.dockerignore", ".env*\n[\n")];
        told(contract, &files, 1, expected);
    }
}

#[test]
fn ignore_files_and_contexts() {
    let contract =
        "[component.frontend.contract]\nport = 3000\nignore = [\".env*\", \"node_modules\"]\nmax-context-mb = 1\n";
    let dockerfile = (DOCKERFILE, "FROM node:20-alpine\nUSER node\nEXPOSE 3000\n");
    let large = "x".repeat(600_000);
    let files = [
        dockerfile,
        ("frontend/.dockerignore", ".env*\n!.env.production\n"),
        ("frontend/node_modules/a.js", "x\n"),
        ("frontend/large/a.bin", &large),
        ("frontend/large/b.bin", &large),
    ];
    told(
        contract,
        &files,
        1,
        str![[r#"
error[ignore-entries]: `.env.production` would be sent to the builder, and the contract excludes `.env*`
  --> frontend/.dockerignore:2
note: contract: .dockerignore Requirements, "Must exclude"
hint: remove the pattern in line 2, which includes it again

error[ignore-entries]: `node_modules/a.js` is sent to the builder, and the contract excludes `node_modules`
  --> taskflow.toml:15
note: contract: .dockerignore Requirements, "Must exclude"
hint: add the lines `node_modules` and `**/node_modules` to `frontend/.dockerignore`

error[context-size]: the build context has 1.2 MB, and the limit is 1 MB
  --> taskflow.toml:16
note: the heaviest of 5 files:
note:     0.6 MB  large/a.bin
note:     0.6 MB  large/b.bin
note:     0.0 MB  Dockerfile
note:     0.0 MB  .dockerignore
note:     0.0 MB  node_modules/a.js
note: contract: Build Context, "avoids uploading unnecessary files"
hint: exclude what the build does not need in `frontend/.dockerignore`

     Checked 1 component in [TIME]: 6 held, 2 broken, 0 not decided
error: 3 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let many = (0..1000).map(|number| format!("!a{number}")).collect::<Vec<_>>().join("\n");
    let excluded = format!(".env*\n**/.env*\nnode_modules\n**/node_modules\n{many}");
    told(
        contract,
        &[dockerfile, ("frontend/.dockerignore", &excluded)],
        0,
        str![[r#"
note: `ignore-entries` of `frontend` is not decided: the ignore file has more than 200 patterns with `!`
     Checked 1 component in [TIME]: 7 held, 0 broken, 1 not decided

"#]],
    );
    told(
        contract,
        &[dockerfile],
        1,
        str![[r#"
error[ignore-entries]: `.env` would be sent to the builder, and the contract excludes `.env*`
  --> taskflow.toml:15
note: contract: .dockerignore Requirements, "Must exclude"
hint: create `frontend/.dockerignore` with the lines `.env*` and `**/.env*`

error[ignore-entries]: `node_modules` would be sent to the builder, and the contract excludes `node_modules`
  --> taskflow.toml:15
note: contract: .dockerignore Requirements, "Must exclude"
hint: create `frontend/.dockerignore` with the lines `node_modules` and `**/node_modules`

     Checked 1 component in [TIME]: 7 held, 1 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
}

#[test]
fn inputs_that_the_dockerfile_does_not_have() {
    let more = "[component.frontend.build-args.API_URL]\n[component.frontend.build-secrets.note]\nenv = \"NOTE\"\n";
    told(
        more,
        &[(DOCKERFILE, "FROM node:20-alpine\nUSER node\n")],
        1,
        str![[r#"
error[declared-inputs]: `frontend/Dockerfile` has no `ARG API_URL`, so the build arg changes nothing
  --> taskflow.toml:13
note: contract: Build Arguments, "MAY include build-time configuration"
hint: add `ARG API_URL` to the stage that uses it, or remove the key

error[declared-inputs]: no step of `frontend/Dockerfile` mounts the build secret `note`
  --> taskflow.toml:7
note: contract: Build Arguments, "MAY include build-time configuration"
hint: mount it where it is needed: `RUN --mount=type=secret,id=note …`

     Checked 1 component in [TIME]: 5 held, 1 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let target = "[component.web]\ncontext = \"backend\"\ntarget = \"nosuch\"\n";
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{target}"));
    sandbox.commit();
    sandbox.xtask(&["check", "web"]).code(1).stdout("").stderr(str![[r#"
error[declared-inputs]: `backend/Dockerfile` has no stage `nosuch`, the target of `web`
  --> taskflow.toml:13
note: contract: Build Arguments, "MAY include build-time configuration"
hint: correct `target` under `[component.web]` in taskflow.toml

note: `exec-form` and `non-root` of `web` are not decided: the stage to build is missing
     Checked 1 component in [TIME]: 3 held, 1 broken, 2 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]]);
}

#[test]
fn manifests_of_the_repository() {
    let manifest = |image: &str, policy: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: {image}\n      imagePullPolicy: {policy}\n"
        )
    };
    let files = [
        (DOCKERFILE, "FROM node:20-alpine\nUSER node\n".to_owned()),
        ("k8s/a.yaml", manifest("taskflow-frontend:latest", "Always")),
        ("k8s/minikube/b.yaml", manifest("taskflow-frontend:1.0.0", "IfNotPresent")),
        (
            "k8s/minikube/c.yaml",
            manifest("taskflow-frontend:1.0.0", "Never").replace("      imagePullPolicy: Never\n", ""),
        ),
        ("k8s/d.yaml", manifest("taskflow-frontend", "Never")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    told(
        "",
        &files,
        1,
        str![[r#"
error[manifest-tag]: a manifest runs `taskflow-frontend:latest`, which does not say what runs
  --> k8s/a.yaml:5
note: contract: Tag Naming, "`latest` … NEVER in production"
hint: name the version, as in `image: taskflow-frontend:1.0.0`

error[manifest-tag]: a manifest runs `taskflow-frontend`, which does not say what runs
  --> k8s/d.yaml:5
note: contract: Tag Naming, "`latest` … NEVER in production"
hint: name the version, as in `image: taskflow-frontend:1.0.0`

error[manifest-pull-policy]: a manifest runs `taskflow-frontend:latest` with the pull policy `Always`
  --> k8s/a.yaml:6
note: contract: Image Pull Policy
hint: write `imagePullPolicy: Never` for Minikube, `imagePullPolicy: IfNotPresent` for the cloud

error[manifest-pull-policy]: a manifest runs `taskflow-frontend:1.0.0` with the pull policy `IfNotPresent`
  --> k8s/minikube/b.yaml:6
note: contract: Image Pull Policy
hint: write `imagePullPolicy: Never`

error[manifest-pull-policy]: a manifest runs `taskflow-frontend:1.0.0` without a pull policy
  --> k8s/minikube/c.yaml:5
note: contract: Image Pull Policy
hint: write `imagePullPolicy: Never`

     Checked 1 component in [TIME]: 5 held, 2 broken, 0 not decided
error: 5 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
}
