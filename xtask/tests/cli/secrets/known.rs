//! The values that this machine knows: environment files by all their names, and their values as loaders read them.

use std::fmt::Write as _;

use snapbox::str;

use super::with_config;
use crate::harness::docker;
use crate::harness::images::{Image, engine};
use crate::harness::planted::{password, quiet};
use crate::harness::run::compare;
use crate::harness::samples::{Chance, expand};
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The rules and files of what a build of the backend is refused for.
fn refused_for(sandbox: &Sandbox) -> Vec<(String, String)> {
    sandbox.fake("docker", docker::builds_everything());
    let run = quiet(sandbox.xtask(&["build", "backend", "--dry-run", "--json"]));
    let problems = run.document()["error"]["problems"].as_array().cloned().unwrap_or_default();
    let text = |problem: &serde_json::Value, key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    problems.iter().map(|problem| (text(problem, "rule"), text(problem, "file"))).collect()
}

#[test]
fn environment_files_of_every_name_are_refused_with_a_password_in_them() {
    let sandbox = Sandbox::new();
    sandbox.write("backend/.dockerignore", ".dockerignore\nnode_modules\nREADME.md\n");
    let names = [
        ".env.server",
        ".env.e2e",
        ".envs/.production/.django",
        "deploy/prod.env",
        ".env~",
        ".env-prod",
        ".env_prod",
        "prod.env.local",
        "env.production",
        ".envrc",
        "app.env.bak",
        ".env copy",
        ".ENV",
        "env",
        "a/env.local",
    ];
    for name in names {
        let path = format!("backend/{name}");
        sandbox.write(&path, &format!("DB_PASSWORD={}\n", password()));
        let files: Vec<String> = refused_for(&sandbox).into_iter().map(|(_, file)| file).collect();
        assert!(!files.is_empty() && files.iter().all(|file| *file == path), "{name}: {files:?}");
        std::fs::remove_file(sandbox.root.join(path)).unwrap();
    }
    for name in [".env.e2e.example", ".env-example", "example.env", "env.sample"] {
        sandbox.write(&format!("backend/{name}"), "DB_PASSWORD=changeme\nAPI_TOKEN=\nPORT=3000\n");
    }
    assert_eq!(refused_for(&sandbox), []);
}

#[test]
fn the_lines_that_are_advised_keep_environment_files_out() {
    let sandbox = Sandbox::new();
    let names = [".env.server", "deploy/prod.env", ".env", ".envs/.production/.django", "env.production"];
    for name in names {
        sandbox.write(&format!("backend/{name}"), &format!("DB_PASSWORD={}\n", password()));
    }
    sandbox.fake("docker", docker::builds_everything());
    let run = quiet(sandbox.xtask(&["build", "backend", "--dry-run", "--json"]).code(2));
    let mut ignored = String::new();
    for problem in run.document()["error"]["problems"].as_array().unwrap() {
        let hint = problem["hints"][0].as_str().unwrap();
        let (_, rest) = hint.split_once("add `").unwrap();
        let (line, rest) = rest.split_once('`').unwrap();
        assert!(rest.starts_with(" to `backend/.dockerignore`"), "{hint}");
        writeln!(ignored, "{line}").unwrap();
    }
    sandbox.write("backend/.dockerignore", &ignored);
    assert_eq!(refused_for(&sandbox), []);
}

/// The value of a declared name in an environment file that is not sent is found where it stands in another file.
#[track_caller]
fn is_known(line: &str, elsewhere: &str) {
    let sandbox = Sandbox::new();
    sandbox.write("backend/.dockerignore", ".env*\n");
    sandbox.write("backend/.env.local", &format!("{line}\n"));
    sandbox.write("backend/x.ts", &format!("export const x = [{}];\n", serde_json::Value::from(elsewhere)));
    let found = refused_for(&sandbox);
    assert_eq!(found, [("known-value".to_owned(), "backend/x.ts".to_owned())], "{line}");
}

#[test]
fn the_value_of_an_environment_file_is_known_as_it_is_loaded_and_as_it_is_written() {
    let name = "BETTER_AUTH_SECRET";
    let mut chance = Chance::new(36);
    let (a, b) = (chance.text("0123456789abcdef", 12), chance.text("0123456789abcdef", 16));
    let rows = [
        (format!("{name}={a}{b}"), format!("{a}{b}")),
        (format!("{name}=\"{a}{b}\""), format!("{a}{b}")),
        (format!("{name}='{a}{b}'"), format!("{a}{b}")),
        (format!("{name}=\"{a}\\$K{b}\""), format!("{a}$K{b}")),
        (format!("{name}=\"{a}\\$K{b}\""), format!("{a}\\$K{b}")),
        (format!("{name}={a}\\$K{b}"), format!("{a}$K{b}")),
        (format!("{name}='{a}$K{b}'"), format!("{a}$K{b}")),
        (format!("{name}=\"{a}#{b}\""), format!("{a}#{b}")),
        (format!("{name}={a}{b} # of the test system"), format!("{a}{b}")),
        (format!("export {name}={a}{b}"), format!("{a}{b}")),
        (format!("{name}=`{a}\"{b}`"), format!("{a}\"{b}")),
        (format!("{name}={a}{b}\r"), format!("{a}{b}")),
        (format!("  {name} =  {a}{b}  "), format!("{a}{b}")),
        (format!("{name}=\"{a}\n{b}{b}\""), format!("{a}\n{b}{b}")),
    ];
    for (line, elsewhere) in rows {
        is_known(&line, &elsewhere);
    }
}

#[test]
fn references_in_environment_files_are_followed() {
    let password = password();
    let address = |password: &str| format!("postgresql://app:{password}@db/app");
    let mut outside = Sandbox::new();
    outside.set("POSTGRES_PASSWORD", password.as_str());
    let inside = || Sandbox::new();
    let set = format!("POSTGRES_PASSWORD={password}");
    let rows: [(Sandbox, String); 7] = [
        (inside(), format!("DATABASE_URL={}", address(&password))),
        (inside(), format!("{set}\nDATABASE_URL={}", address("${POSTGRES_PASSWORD}"))),
        (inside(), format!("{set}\nDATABASE_URL={}", address("$POSTGRES_PASSWORD"))),
        (inside(), format!("DATABASE_URL=\"{}\"\nPOSTGRES_PASSWORD='{password}'", address("${POSTGRES_PASSWORD}"))),
        (inside(), format!("DATABASE_URL={}\n{set}", address("${POSTGRES_PASSWORD:-x}"))),
        (inside(), format!("DATABASE_URL={}", address(&format!("${{POSTGRES_PASSWORD:-{password}}}")))),
        (outside, format!("DATABASE_URL={}", address("${POSTGRES_PASSWORD}"))),
    ];
    for (sandbox, text) in rows {
        sandbox.write(".env", &text);
        sandbox.write("backend/seed.sql", &format!("INSERT INTO t VALUES (1, '{password}');\n"));
        let known = ("known-value".to_owned(), "backend/seed.sql".to_owned());
        assert!(refused_for(&sandbox).contains(&known), "{}", text.replace(&password, "PASSWORD"));
    }
    // The whole address, and a value of another file beside it.
    let sandbox = Sandbox::new();
    sandbox.write(".env", &set);
    sandbox.write(".env.local", &format!("DATABASE_URL={}", address("${POSTGRES_PASSWORD}")));
    sandbox.write("backend/seed.sql", &format!("url: {}\n", address(&password)));
    assert_eq!(refused_for(&sandbox), [("known-value".to_owned(), "backend/seed.sql".to_owned())]);
}

#[test]
fn references_that_double_are_told() {
    let sandbox = Sandbox::new();
    let mut text = "A0=0123456789\n".to_owned();
    for step in 1..40 {
        writeln!(text, "A{step}=$A{0}$A{0}", step - 1).unwrap();
    }
    sandbox.write(".env", &format!("{text}DATABASE_URL=$A39\n"));
    sandbox.xtask(&["secrets", "scan", "-q", "backend"]).code(0).stderr(str![[r#"
warning: `DATABASE_URL` in line 41 of `.env` refers to other variables for more than 64 KiB: its value is known as it is written, not as it is loaded

"#]]);
}

#[test]
fn more_values_than_can_be_looked_for_are_an_error() {
    let sandbox = with_config("");
    let text = (0..1001).fold(String::new(), |text, seed| text + "DATABASE_URL=" + &expand("{w24}", seed) + "\n");
    sandbox.write(".env", &text);
    sandbox.xtask(&["secrets", "scan", "backend"]).code(2).stdout("").stderr(str![[r#"
error: this machine has 1001 values of declared secrets, at most 1000 can be looked for
hint: remove the values that are not used any more from `.env`

"#]]);
}

/// A build of the backend whose `main.py` holds the value of a variable.
fn found_with(declared: &str, line: &str, elsewhere: &str) -> (Sandbox, String) {
    let sandbox = with_config(&format!("[secrets]\ndeclared = [{declared}]\n"));
    sandbox.write("backend/.dockerignore", ".env*\n");
    sandbox.write("backend/.env", &format!("{line}\n"));
    sandbox.write("backend/main.py", elsewhere);
    sandbox.fake("docker", docker::builds_everything());
    let stderr = sandbox.xtask(&["build", "-q", "backend", "--dry-run"]).stderr;
    (sandbox, stderr)
}

#[test]
fn a_value_that_stands_somewhere_by_chance_names_its_variable_and_a_way_on() {
    let (sandbox, stderr) = found_with("\"GATE_PIN\"", "GATE_PIN=40718263", "ORDER = 40718263\n");
    compare(
        &stderr,
        str![[r#"
error[known-value]: a secret in `backend/main.py`: the value of `GATE_PIN` on this machine, which is a word or a number that may occur by chance
  --> backend/main.py:1
note: the file would be sent to the builder
hint: let the program read `GATE_PIN` from its environment, where a Kubernetes Secret puts it
hint: give `GATE_PIN` a random value on this machine, or remove it from `declared` in taskflow.toml if it is no secret
hint: add `main.py` to `backend/.dockerignore`, or take the secret out of the file

"#]],
    );
    // Both ways help.
    sandbox.write("backend/.env", &format!("GATE_PIN={}\n", password()));
    sandbox.xtask(&["build", "-q", "backend", "--dry-run"]).code(0);
    let (_, stderr) = found_with("", "GATE_PIN=40718263", "ORDER = 40718263\n");
    assert!(!stderr.contains("known-value"), "{stderr}");
    // The contract's own secrets stay declared.
    let (_, stderr) = found_with("", "BETTER_AUTH_SECRET=Frankfurt24", "CITY = 'Frankfurt24'\n");
    compare(
        &stderr,
        str![[r#"
error[known-value]: a secret in `backend/main.py`: the value of `BETTER_AUTH_SECRET` on this machine, which is a word or a number that may occur by chance
  --> backend/main.py:1
note: the file would be sent to the builder
hint: let the program read `BETTER_AUTH_SECRET` from its environment, where a Kubernetes Secret puts it
hint: give `BETTER_AUTH_SECRET` a random value on this machine: a word or a number is guessed easily
hint: add `main.py` to `backend/.dockerignore`, or take the secret out of the file

"#]],
    );
}

#[test]
fn a_word_or_a_number_is_no_part_of_a_longer_one() {
    for (line, elsewhere) in [
        ("GATE_PIN=40718263", "ORDER = 9940718263\nHASH = 'a40718263f'\n"),
        ("GATE_PIN=Frankfurt24", "CITY = 'Frankfurt2400'\n"),
    ] {
        let (_, stderr) = found_with("\"GATE_PIN\"", line, elsewhere);
        assert!(!stderr.contains("known-value"), "{elsewhere}: {stderr}");
    }
    // What a machine has made is found in the middle of anything.
    let elsewhere = format!("x = 'a{}b'\n", password());
    let (_, stderr) = found_with("\"GATE_PIN\"", &format!("GATE_PIN={}", password()), &elsewhere);
    assert!(stderr.contains("the value of `GATE_PIN` on this machine\n"), "{stderr}");
}

#[test]
fn a_known_value_in_an_image_names_its_variable_and_a_way_on() {
    let key = expand("{b43}=", 32);
    let manifest = format!("{{\"node\":{{}},\"edge\":{{}},\"encryptionKey\":\"{key}\"}}");
    let image = Image::of("backend").layer(&[("app/.next/server/server-reference-manifest.json", &manifest)]);
    let mut sandbox = engine(&[image], []);
    let name = "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY";
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n[secrets]\ndeclared = [\"{name}\"]\n"));
    sandbox.commit();
    sandbox.set(name, key.as_str());
    let run = sandbox.xtask(&["build", "-q", "backend"]).code(1).stdout("").stderr(str![[r#"
error[known-value]: a secret in `/app/.next/server/server-reference-manifest.json` in a layer of `taskflow-backend:1.0.0-main`: the value of `NEXT_SERVER_ACTIONS_ENCRYPTION_KEY` on this machine
note: layer sha256:05e09492f2baa41ee6f1b6ebb30ccb8e168e657a6e7a7d0492a08322b9f42221, byte 38
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: give `NEXT_SERVER_ACTIONS_ENCRYPTION_KEY` to the container from a Kubernetes Secret at run time, and to no step of the build that writes it down
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    assert!(!run.stderr.contains(&key));
    let document = sandbox.xtask(&["build", "-q", "backend", "--json"]).code(1).document();
    assert_eq!(document["components"][0]["findings"][0]["variable"], name);
}

#[test]
fn a_known_value_that_is_a_number_leaves_documents_what_they_are() {
    let sandbox = with_config("[secrets]\ndeclared = [\"GATE_PIN\"]\n");
    // The image of the fake engine has this size.
    sandbox.write(".env", "GATE_PIN=123456789\n");
    sandbox.fake("docker", docker::builds_everything());
    let run = sandbox.xtask(&["build", "-q", "--tag", "1.0.0-main", "--json"]).code(0);
    assert_eq!(run.document()["ok"], true);
    assert_eq!(run.document()["components"].as_array().unwrap().len(), 2);
}
