//! Ignore files as people write them: what is said where one does not do what it seems to do, and that the advice works.

use std::fs;

use snapbox::str;

use super::{plan, sandbox, write};
use crate::harness::planted::password;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A sandbox with an environment file in the context.
fn with_settings(ignore_file: &str) -> Sandbox {
    let sandbox = sandbox();
    sandbox.write("frontend/.env", "PLAIN=text\n");
    sandbox.write("frontend/.dockerignore", ignore_file);
    sandbox
}

#[test]
fn a_comment_behind_a_pattern_is_told_with_its_line() {
    let sandbox = with_settings("node_modules\n.env # local\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
note: `.env # local` in line 2 of `frontend/.dockerignore` is one pattern: nothing behind a pattern is a comment
hint: replace line 2 of `frontend/.dockerignore` by `.env`

"#]]);
    sandbox.write("frontend/.dockerignore", "node_modules\n.env\n");
    plan(&sandbox).code(0);
}

#[test]
fn a_name_that_means_the_own_folder_only_is_told() {
    let sandbox = with_settings(".env\n");
    sandbox.write("frontend/config/.env", "PLAIN=text\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/config/.env`: it is an environment file
  --> frontend/config/.env
note: the file would be sent to the builder
note: `.env` in line 1 of `frontend/.dockerignore` means the build context's own folder, and no folder below it
hint: add `config/.env` to `frontend/.dockerignore`

"#]]);
    sandbox.write("frontend/.dockerignore", ".env\nconfig/.env\n");
    plan(&sandbox).code(0);
}

#[test]
fn a_path_from_the_root_of_the_repository_is_told() {
    let sandbox = with_settings("frontend/.env\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
note: `frontend/.env` in line 1 of `frontend/.dockerignore` begins at the root of the repository; patterns begin at the build context
hint: add `.env` to `frontend/.dockerignore`

"#]]);
    sandbox.write("frontend/.dockerignore", "frontend/.env\n.env\n");
    plan(&sandbox).code(0);
}

#[test]
fn the_ignore_file_that_applies_and_the_one_that_it_hides_are_told() {
    let sandbox = with_settings("**/.env*\n");
    fs::create_dir(sandbox.root.join("frontend/docker")).unwrap();
    fs::rename(sandbox.root.join("frontend/Dockerfile"), sandbox.root.join("frontend/docker/Image")).unwrap();
    let moved = "context = \"frontend\"\ndockerfile = \"frontend/docker/Image\"";
    sandbox.write("taskflow.toml", &CONFIG.replace("context = \"frontend\"", moved));
    plan(&sandbox).code(0);
    sandbox.write("frontend/docker/Image.dockerignore", "node_modules\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
note: the builder reads `frontend/docker/Image.dockerignore` instead of `frontend/.dockerignore`
hint: add `.env` to `frontend/docker/Image.dockerignore`

"#]]);
    sandbox.write("frontend/docker/Image.dockerignore", "node_modules\n.env\n");
    plan(&sandbox).code(0);
}

#[test]
fn ignore_files_that_nobody_reads_are_told() {
    let sandbox = sandbox();
    sandbox.write("frontend/.env", "PLAIN=text\n");
    sandbox.write("frontend/docker/.dockerignore", ".env\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/.env`: it is an environment file
  --> frontend/.env
note: the file would be sent to the builder
note: `frontend/docker/.dockerignore` is not read: the builder reads no ignore file in a folder of the build context
hint: add `.env` to `frontend/.dockerignore`

"#]]);
    sandbox.write("frontend/docker/.env", "PLAIN=text\n");
    sandbox.write("frontend/app/.dockerignore", ".env\n");
    sandbox.write("frontend/.dockerignore", "/.env\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `frontend/docker/.env`: it is an environment file
  --> frontend/docker/.env
note: the file would be sent to the builder
note: `frontend/docker/.dockerignore` is not read: the builder reads no ignore file in a folder of the build context
note: `.env` in line 1 of `frontend/.dockerignore` means the build context's own folder, and no folder below it
hint: add `docker/.env` to `frontend/.dockerignore`

"#]]);
    sandbox.write("frontend/.dockerignore", "/.env\ndocker/.env\n");
    plan(&sandbox).code(0);
}

#[test]
fn the_pattern_that_is_advised_excludes_a_file_of_any_name() {
    for name in [&b"caf\xe9.env"[..], b"a*b?[c].env", b"#x.env", b"!x.env", b" x .env", b"a\nb.env", br"a\b.env"] {
        let sandbox = sandbox();
        write(&sandbox, &[b"frontend/", name].concat(), format!("API_TOKEN={}\n", password()));
        let run = plan(&sandbox).code(2);
        let pattern = run.stderr.split("hint: add `").nth(1).and_then(|rest| rest.split("` to `").next()).unwrap();
        sandbox.write("frontend/.dockerignore", &format!("{pattern}\n"));
        plan(&sandbox).code(0);
    }
}

#[test]
fn variables_that_double_are_refused_at_their_line() {
    let sandbox = sandbox();
    let text = format!("FROM node:20-alpine\nENV A=aaaaaaaaaa\n{}", "ENV A=$A$A\n".repeat(40));
    sandbox.write("frontend/Dockerfile", &text);
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[dockerfile-valid]: `frontend/Dockerfile` cannot be built: its variables add more than 1 MiB to a value or 32 MiB to all values, or its patterns take too long
  --> frontend/Dockerfile:19
note: contract: Validation Checklist, "Docker build completes without errors"
hint: write the value of this line without variables

"#]]);
    let text = text.replace("ENV A=$A$A\n", "");
    sandbox.write("frontend/Dockerfile", &text);
    plan(&sandbox).code(0);
}
