//! What is said of the user of the image, and of what cannot be decided.

use snapbox::str;

use super::{DOCKERFILE, told};

#[test]
fn the_user_of_the_image() {
    let contract = "[component.frontend.contract]\nuser = \"web\"\nuid = 1001\n";
    let user = |base: &str, step: &str, user: &str| format!("FROM {base}\nRUN {step}\nUSER {user}\n");
    for (dockerfile, expected) in [
        (
            user("node:20-alpine", "useradd -u 1001 web", "web"),
            str![[r#"
error[user-created]: `node:20-alpine` has no `useradd` without the package `shadow`
 --> frontend/Dockerfile:2:5
  |
2 | RUN useradd -u 1001 web
  |     ^^^^^^^^^^^^^^^^^^^
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN adduser -S web -u 1001`

     Checked 1 component in [TIME]: 6 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            user("python:3.13-slim", "adduser -S web -u 1001", "web"),
            str![[r#"
error[user-created]: Debian's `adduser` has no such options; they are those of BusyBox
 --> frontend/Dockerfile:2:5
  |
2 | RUN adduser -S web -u 1001
  |     ^^^^^^^^^^^^^^^^^^^^^^
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN useradd --uid 1001 web`

     Checked 1 component in [TIME]: 6 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            user("node:20-alpine", "adduser -S web -u 1002", "web"),
            str![[r#"
error[user-created]: the user `web` gets the ID 1002, and the contract wants 1001
 --> frontend/Dockerfile:2:5
  |
2 | RUN adduser -S web -u 1002
  |     ^^^^^^^^^^^^^^^^^^^^^^
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN adduser -S web -u 1001`

     Checked 1 component in [TIME]: 6 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            user("node:20-alpine", "adduser -S web", "other"),
            str![[r#"
error[user]: the image runs as `other`, and the contract wants `web` or 1001
 --> frontend/Dockerfile:3:1
  |
3 | USER other
  | ^^^^^^^^^^
note: contract: Non-Root User
hint: end the final stage with `USER web`

error[user-created]: the user `web` gets the next free ID, and the contract wants 1001
 --> frontend/Dockerfile:2:5
  |
2 | RUN adduser -S web
  |     ^^^^^^^^^^^^^^
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN adduser -S web -u 1001`

     Checked 1 component in [TIME]: 5 held, 2 broken, 0 not decided
error: 2 errors found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
        (
            user("python:3.13-slim", "adduser --system --uid 1001 web", "web"),
            str![[r#"
error[user-created]: `python:3.13-slim` has no `adduser` without the package `adduser`
 --> frontend/Dockerfile:2:5
  |
2 | RUN adduser --system --uid 1001 web
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: write `RUN useradd --uid 1001 web`

     Checked 1 component in [TIME]: 6 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
        ),
    ] {
        told(contract, &[(DOCKERFILE, &dockerfile)], 1, expected);
    }
    let name_only = "[component.frontend.contract]\nuser = \"web\"\n";
    told(
        name_only,
        &[(DOCKERFILE, "FROM node:20-alpine\nUSER web\n")],
        1,
        str![[r#"
error[user-created]: no step of the final stage creates the user `web`
  --> taskflow.toml:14
note: contract: Non-Root User, "adduser -S nextjs -u 1001"
hint: create the user `web` in the final stage

     Checked 1 component in [TIME]: 6 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    let uid_only = "[component.frontend.contract]\nuid = 1001\n";
    told(
        uid_only,
        &[(DOCKERFILE, "FROM node:20-alpine\nUSER 5\n")],
        1,
        str![[r#"
error[user]: the image runs as `5`, and the contract wants 1001
 --> frontend/Dockerfile:2:1
  |
2 | USER 5
  | ^^^^^^
note: contract: Non-Root User
hint: end the final stage with `USER 1001`

     Checked 1 component in [TIME]: 5 held, 1 broken, 0 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
    told(
        uid_only,
        &[(DOCKERFILE, "FROM node:20-alpine\nUSER web\n")],
        0,
        str![[r#"
note: `user` of `frontend` is not decided: the ID of user `web` is not known
     Checked 1 component in [TIME]: 5 held, 0 broken, 1 not decided

"#]],
    );
    told(
        uid_only,
        &[(DOCKERFILE, "FROM node:20-alpine\n")],
        1,
        str![[r#"
error[non-root]: no `USER` in the final stage, so the image runs as root
  --> taskflow.toml:14
note: contract: Non-Root User, "All containers MUST run as non-root user"
hint: end the final stage with `USER NAME`, after the steps that need root

note: `user` of `frontend` is not decided: the image runs as root
     Checked 1 component in [TIME]: 4 held, 1 broken, 1 not decided
error: 1 error found
hint: explain a rule with `cargo xtask check --explain RULE`

"#]],
    );
}

#[test]
fn what_cannot_be_decided() {
    let contract = "[component.frontend.build-args.A]\n[component.frontend.contract]\nbase-images = [\"node:20-alpine\"]\n\
                    workdir = \"/app\"\nuser = \"web\"\nuid = 1001\nstop-signal = \"SIGTERM\"\n\
                    [component.frontend.contract.env.PORT]\nfrom = \"image\"\ndefault = \"3000\"\n";
    let open =
        "FROM node:20-alpine\nARG A\nRUN adduser -S web -u $A\nWORKDIR $A\nENV PORT=$A\nSTOPSIGNAL $A\nUSER $A\n";
    told(
        contract,
        &[(DOCKERFILE, open)],
        0,
        str![[r#"
note: `workdir` of `frontend` is not decided: the working directory in line 4 depends on a build arg without a known value
note: `stop-signal` of `frontend` is not decided: the signal in line 6 depends on a build arg without a known value
note: `environment` of `frontend` is not decided: a variable in line 5 depends on a build arg without a known value
note: `non-root` and `user` of `frontend` are not decided: the user in line 7 depends on a build arg without a known value
note: `user-created` of `frontend` is not decided: the ID of user `web` depends on a variable
     Checked 1 component in [TIME]: 6 held, 0 broken, 6 not decided

"#]],
    );
    let base = "ARG A\nFROM $A\nWORKDIR /app\nENV PORT=3000\nCOPY passwd /etc/passwd\n";
    told(
        contract,
        &[(DOCKERFILE, base)],
        0,
        str![[r#"
note: `base-image` of `frontend` is not decided: the image in line 2 depends on a build arg without a known value
note: `non-root` and `user` of `frontend` are not decided: the user is that of the base image
note: `user-created` of `frontend` is not decided: line 5 copies a list of users
     Checked 1 component in [TIME]: 8 held, 0 broken, 4 not decided

"#]],
    );
    let written =
        "ARG A\nFROM node:20-alpine\nWORKDIR /app\nENV PORT=3000\nRUN sed -i 's/a/b/' /etc/passwd\nUSER web\n";
    told(
        contract,
        &[(DOCKERFILE, written)],
        0,
        str![[r#"
note: `user-created` of `frontend` is not decided: line 5 writes to the list of users
     Checked 1 component in [TIME]: 11 held, 0 broken, 1 not decided

"#]],
    );
    let none = "[component.frontend.contract]\nport = 3000\n";
    told(
        none,
        &[(DOCKERFILE, "FROM example.org/web:1\nRUN --later npm ci\nEXPOSE 3000\n")],
        0,
        str![[r#"
note: `dockerfile-valid` of `frontend` is not decided: `--later` in line 2 is a flag that xtask does not know
note: `non-root` of `frontend` is not decided: the user is that of `example.org/web:1`, which is not known
     Checked 1 component in [TIME]: 4 held, 0 broken, 2 not decided

"#]],
    );
}
