//! The values that this machine knows: environment files by all their names, and their values as loaders read them.

use std::fmt::Write as _;

use snapbox::str;

use super::{password, quiet, with_config};
use crate::docker;
use crate::samples::{Chance, expand};
use crate::sandbox::Sandbox;

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
