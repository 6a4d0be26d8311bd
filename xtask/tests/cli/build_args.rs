//! Build args on the command line: which are refused, and that no value is ever seen.

use std::fs;

use snapbox::{IntoData, str};

use crate::harness::docker::{self, build, failure, first};
use crate::harness::run::compare;
use crate::harness::sandbox::{CONFIG, Call, Sandbox};

const PLANTED: &str = "pl4nted-v4lue";

/// The frontend declares two args.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let args = "[component.frontend.build-args]\nAPI_URL = {}\nNODE_ENV = { default = \"production\" }\n";
    sandbox.write("taskflow.toml", &CONFIG.replace("[component.backend]", &format!("{args}\n[component.backend]")));
    sandbox.take_declared();
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    sandbox
}

/// Refused before any tool is asked; the value is said nowhere.
#[track_caller]
fn refused(args: &[&str], expected: impl IntoData) {
    let sandbox = sandbox();
    let flags: Vec<&str> = args.iter().flat_map(|arg| ["--build-arg", *arg]).collect();
    let run = sandbox.xtask(&[&["build"], &flags[..]].concat()).code(2).stdout("").stderr(expected);
    assert!(!run.stderr.contains(PLANTED), "{}", run.stderr);
    let run = sandbox.xtask(&[&["build", "--json"], &flags[..]].concat()).code(2);
    assert_eq!(run.document()["ok"], false);
    assert!(!run.stdout.contains(PLANTED), "{}", run.stdout);
    assert_eq!(sandbox.transcript(), "");
}

#[test]
fn an_arg_that_no_component_declares() {
    refused(
        &["API_ULR=pl4nted-v4lue"],
        str![[r#"
error: refusing to build `frontend`: build arg `API_ULR` is not declared for it
note: declared for `frontend`: `API_URL` and `NODE_ENV`
hint: did you mean `API_URL`?
hint: declare it in taskflow.toml: `[component.frontend.build-args.API_ULR]`

"#]],
    );
    refused(
        &["COLOUR=pl4nted-v4lue"],
        str![[r#"
error: refusing to build `frontend`: build arg `COLOUR` is not declared for it
note: declared for `frontend`: `API_URL` and `NODE_ENV`
hint: declare it in taskflow.toml: `[component.frontend.build-args.COLOUR]`

"#]],
    );
}

#[test]
fn an_arg_that_the_selected_component_does_not_declare() {
    let sandbox = sandbox();
    let run = sandbox.xtask(&["build", "backend", "--build-arg", "API_URL=pl4nted-v4lue"]);
    run.code(2).stdout("").stderr(str![[r#"
error: refusing to build `backend`: build arg `API_URL` is not declared for it
hint: declare it in taskflow.toml: `[component.backend.build-args.API_URL]`

"#]]);
}

#[test]
fn a_secret_in_any_letter_case() {
    refused(
        &["DATABASE_URL=pl4nted-v4lue"],
        str![[r#"
error[declared-name]: refusing to build `frontend`: build arg `DATABASE_URL` is a secret: its name is declared as a secret
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `DATABASE_URL` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.database_url]` with `env = "DATABASE_URL"`, and read /run/secrets/database_url in `RUN --mount=type=secret,id=database_url …`

"#]],
    );
    refused(
        &["Database_Url=pl4nted-v4lue", "openai_api_key"],
        str![[r#"
error[declared-name]: refusing to build `frontend`: build arg `Database_Url` is a secret: its name is declared as a secret
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `Database_Url` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.database_url]` with `env = "Database_Url"`, and read /run/secrets/database_url in `RUN --mount=type=secret,id=database_url …`

error[declared-name]: refusing to build `frontend`: build arg `openai_api_key` is a secret: its name is declared as a secret
note: its value is taken from the environment; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `openai_api_key` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.openai_api_key]` with `env = "openai_api_key"`, and read /run/secrets/openai_api_key in `RUN --mount=type=secret,id=openai_api_key …`

"#]],
    );
}

#[test]
fn a_secret_that_the_file_adds() {
    let sandbox = sandbox();
    let config = sandbox.read("taskflow.toml");
    sandbox.write("taskflow.toml", &config.replace("[project]", "[secrets]\ndeclared = [\"STRIPE\"]\n\n[project]"));
    sandbox.xtask(&["build", "--build-arg", "stripe=pl4nted-v4lue"]).code(2).stdout("").stderr(str![[r#"
error[declared-name]: refusing to build `frontend`: build arg `stripe` is a secret: its name is declared as a secret
note: its value is given on the command line; it is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `stripe` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.stripe]` with `env = "stripe"`, and read /run/secrets/stripe in `RUN --mount=type=secret,id=stripe …`

"#]]);
}

#[test]
fn a_variable_of_the_client() {
    let sandbox = Sandbox::new();
    let arg = "[component.frontend.build-args.DOCKER_HOST]\ndefault = \"pl4nted-v4lue\"\n";
    sandbox.write("taskflow.toml", &format!("{CONFIG}{arg}"));
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: build arg `DOCKER_HOST` of component `frontend` would change the docker client itself
  --> taskflow.toml:12:32
note: values of build args travel in the environment of the docker client, never on its command line
hint: give the build arg another name in the Dockerfile and in taskflow.toml

"#]]);
}

#[test]
fn no_value_in_the_environment() {
    refused(
        &["API_URL"],
        str![[r#"
error: build arg `API_URL` has no value: no such variable in the environment
hint: set the variable, or pass `--build-arg API_URL=VALUE`

"#]],
    );
}

#[test]
fn malformed_args() {
    refused(
        &["pl4nted-v4lue"],
        str![[r#"
error: invalid `--build-arg`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
hint: the form is `--build-arg NAME=VALUE` or `--build-arg NAME`

"#]],
    );
    refused(
        &["=pl4nted-v4lue"],
        str![[r#"
error: invalid `--build-arg`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
hint: the form is `--build-arg NAME=VALUE` or `--build-arg NAME`

"#]],
    );
    refused(
        &["API-URL=pl4nted-v4lue"],
        str![[r#"
error: invalid `--build-arg`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
hint: the form is `--build-arg NAME=VALUE` or `--build-arg NAME`

"#]],
    );
    refused(
        &[""],
        str![[r#"
error: invalid `--build-arg`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
hint: the form is `--build-arg NAME=VALUE` or `--build-arg NAME`

"#]],
    );
}

/// Every place where a value could be seen, after a run.
fn seen(sandbox: &Sandbox, output: &std::process::Output) -> String {
    let mut seen = String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8_lossy(&output.stderr);
    let logs = fs::read_dir(sandbox.root.join("target/xtask/logs")).unwrap();
    seen.extend(logs.map(|log| fs::read_to_string(log.unwrap().path()).unwrap()));
    seen + &sandbox.transcript()
}

fn build_of(sandbox: &Sandbox, component: &str) -> Call {
    let context = format!("./{component}");
    sandbox.calls().into_iter().find(|call| call.argv.last() == Some(&context)).unwrap()
}

#[test]
fn a_value_travels_in_the_environment_and_is_seen_nowhere_else() {
    let broken = || build("frontend").says(failure("npm ci", "npm error")).exits(1);
    for (options, rules) in
        [(vec![], vec![]), (vec!["-v"], vec![]), (vec!["--json"], vec![]), (vec!["-v", "--json"], vec![broken()])]
    {
        let sandbox = sandbox();
        sandbox.fake("docker", first(rules));
        let args =
            [&["build", "--build-arg", "API_URL=pl4nted-v4lue", "--build-arg", "NODE_ENV=pl4nted-v4lue"], &options[..]];
        let output = sandbox.command(&args.concat()).output().unwrap();
        let seen = seen(&sandbox, &output);
        assert!(!seen.contains(PLANTED), "{seen}");
        let frontend = build_of(&sandbox, "frontend");
        assert_eq!(frontend.env, ["NODE_ENV=pl4nted-v4lue", "API_URL=pl4nted-v4lue"]);
        let at = frontend.argv.iter().position(|arg| arg == "--build-arg").unwrap();
        assert_eq!(frontend.argv[at..at + 4], ["--build-arg", "API_URL", "--build-arg", "NODE_ENV"]);
        let backend = build_of(&sandbox, "backend");
        assert!(backend.env.is_empty() && !backend.argv.contains(&"--build-arg".to_owned()), "{backend:?}");
    }
}

/// A repository with the configuration and the Dockerfile that this one ships.
fn shipped() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", include_str!("../../../taskflow.toml"));
    sandbox.write("frontend/Dockerfile", include_str!("../../../frontend/Dockerfile"));
    sandbox.write("frontend/.dockerignore", include_str!("../../../frontend/.dockerignore"));
    sandbox.write("backend/Dockerfile", include_str!("../../../backend/Dockerfile"));
    sandbox.write("backend/.dockerignore", include_str!("../../../backend/.dockerignore"));
    sandbox.commit();
    sandbox.fake("docker", docker::builds_everything());
    sandbox
}

#[test]
fn the_shipped_frontend_takes_the_arg_that_the_contract_names() {
    let cases: [(&[&str], &[&str]); 3] = [
        (&["--build-arg", "NODE_ENV=production"], &["NODE_ENV=production"]),
        // By name, its value from the environment.
        (&["--build-arg", "NODE_ENV"], &["NODE_ENV=production"]),
        // The Dockerfile's own default counts.
        (&[], &[]),
    ];
    for (args, env) in cases {
        let mut sandbox = shipped();
        if args.contains(&"NODE_ENV") {
            sandbox.set("NODE_ENV", "production");
        }
        let preview = sandbox.xtask(&[&["build", "--dry-run", "--json", "frontend"], args].concat()).code(0);
        let command = preview.document()["components"][0]["command"].as_str().unwrap().to_owned();
        assert_eq!(command.contains(" --build-arg NODE_ENV "), !args.is_empty(), "{command}");
        sandbox.xtask(&[&["build", "-q", "frontend"], args].concat()).code(0);
        assert_eq!(build_of(&sandbox, "frontend").env, env);
    }
}

/// What a step of a shipped Dockerfile says, and its exit code, with a value of a build arg.
fn step_says(dockerfile: &str, mark: &str, arg: (&str, &str)) -> (String, Option<i32>) {
    let step = dockerfile.lines().find(|line| line.starts_with("RUN ") && line.contains(mark)).unwrap();
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", step.trim_start_matches("RUN ")]).env_clear().env(arg.0, arg.1);
    let output = shell.output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

#[test]
fn the_shipped_frontend_says_which_value_of_the_arg_it_takes() {
    let dockerfile = include_str!("../../../frontend/Dockerfile");
    let with = |value| step_says(dockerfile, "$NODE_ENV", ("NODE_ENV", value));
    assert_eq!(with("production"), (String::new(), Some(0)));
    for value in ["development", "", "Production"] {
        let (said, code) = with(value);
        assert_eq!(code, Some(1), "{value}");
        compare(
            &said,
            str![[r#"
NODE_ENV must be 'production' to build the image

"#]],
        );
    }
}

#[test]
fn a_value_that_the_shipped_frontend_does_not_take_fails_with_its_own_words() {
    let sandbox = shipped();
    let step = "[ \"development\" = production ] || { echo \"NODE_ENV must be 'production' to build the image\" >&2; exit 1; }";
    let failure = failure(step, "NODE_ENV must be 'production' to build the image");
    sandbox.fake("docker", first([build("frontend").says(failure).exits(1)]));
    sandbox
        .xtask(&["build", "-q", "frontend", "--build-arg", "NODE_ENV=development"])
        .code(1)
        .stdout("")
        .stderr(str![[r#"
error: building `taskflow-frontend:1.0.0-main` failed in `[3/3] RUN [ "***" = production ] || { echo "NODE_ENV must be 'production' to build the image" >&2; exit 1; }` (exit code 7)
  --> frontend/Dockerfile:3
caused by: NODE_ENV must be 'production' to build the image
note: full log: [ROOT]/target/xtask/logs/frontend.log
hint: correct frontend/Dockerfile and run `cargo xtask build frontend` again

"#]]);
}

#[test]
fn the_shipped_components_take_no_arg_that_is_not_declared() {
    let refused = |args: &[&str]| {
        let sandbox = shipped();
        let run = sandbox.xtask(&[&["build"], args].concat()).code(2).stdout("");
        assert_eq!(sandbox.transcript(), "");
        run
    };
    refused(&["frontend", "--build-arg", "NODE_ENVIRONMENT=1"]).stderr(str![[r#"
error: refusing to build `frontend`: build arg `NODE_ENVIRONMENT` is not declared for it
note: declared for `frontend`: `NODE_ENV`
hint: declare it in taskflow.toml: `[component.frontend.build-args.NODE_ENVIRONMENT]`

"#]]);
    refused(&["backend", "--build-arg", "NODE_ENV=production"]).stderr(str![[r#"
error: refusing to build `backend`: build arg `NODE_ENV` is not declared for it
hint: declare it in taskflow.toml: `[component.backend.build-args.NODE_ENV]`

"#]]);
    refused(&["backend", "--build-arg", "COLOUR=1"]).stderr(str![[r#"
error: refusing to build `backend`: build arg `COLOUR` is not declared for it
hint: declare it in taskflow.toml: `[component.backend.build-args.COLOUR]`

"#]]);
}

#[test]
fn a_value_is_taken_from_the_environment_when_none_is_given() {
    let mut sandbox = sandbox();
    sandbox.set("API_URL", PLANTED);
    let output = sandbox.command(&["build", "--build-arg", "API_URL"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!seen(&sandbox, &output).contains(PLANTED));
    assert_eq!(build_of(&sandbox, "frontend").env, ["NODE_ENV=production", "API_URL=pl4nted-v4lue"]);
}

#[test]
fn the_last_of_two_values_counts() {
    let sandbox = sandbox();
    sandbox.xtask(&["build", "-q", "--build-arg", "API_URL=first", "--build-arg", "API_URL=last"]).code(0);
    assert_eq!(build_of(&sandbox, "frontend").env, ["NODE_ENV=production", "API_URL=last"]);
}

#[test]
fn a_value_that_the_builder_says_is_taken_out() {
    let sandbox = sandbox();
    let says = "echo \"#5 [2/2] RUN echo $API_URL\"; echo \"#5 0.1 $API_URL\"; echo \"#5 ERROR: process $API_URL: exit code: 3\"; exit 1";
    sandbox.fake("docker", first([build("frontend").does(says)]));
    for args in [&["build", "frontend"][..], &["build", "frontend", "-v"], &["build", "frontend", "--json"]] {
        let run = sandbox.xtask(&[args, &["--build-arg", "API_URL=pl4nted-v4lue"]].concat()).code(1);
        assert!(run.stderr.contains("RUN echo ***"), "{}", run.stderr);
        assert!(!run.stderr.contains(PLANTED) && !run.stdout.contains(PLANTED), "{}{}", run.stderr, run.stdout);
    }
    let log = sandbox.read("target/xtask/logs/frontend.log");
    assert!(log.contains("RUN echo ***") && !log.contains(PLANTED), "{log}");
}
